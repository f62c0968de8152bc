"""Encoding and decoding with compiled parts: one `Encoder` for each vocabulary.

An encoder never changes what it answers.
It remembers the ids of pre-tokens that it has met, which most texts repeat; that memory is bounded, and only saves time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bpe.engine.merges import compile_merger
from bpe.engine.pre_split import compile_splitter
from bpe.engine.safe_cuts import blocks
from bpe.engine.special_tokens import refuse_disallowed, split_special_tokens
from bpe.engine.utf8 import scalar_text
from bpe.errors import InputTypeError, TokenIdTypeError
from bpe.reference.encoding import SpecialTokens, as_token_id, token_to_bytes
from bpe.reference.special_tokens import Span, resolve_special
from bpe.reference.utf8 import text_to_bytes
from bpe.vocabulary import TokenId, Vocabulary

#: How many pre-tokens an encoder remembers, and how long they may be, in characters.
MEMORY_PIECES = 1 << 16
MEMORY_PIECE_LENGTH = 64

#: Text is cut into pre-tokens this many characters at a time, where safe cuts allow it, so that
#: the pieces of a long text are not all in memory at once.
BLOCK_LENGTH = 1 << 18

_ESCAPES = re.compile("([\udc80-\udcff]+)")


class TokenSpan(NamedTuple):
    """A token of a text: its id, and the half-open ranges of bytes and of characters that it covers."""

    token_id: TokenId
    byte_start: int
    byte_stop: int
    char_start: int
    char_stop: int


class Encoder:
    """The encoding functions of one vocabulary, compiled.

    Clauses: E9, R1, R3, R5.
    Safe to share between threads: the only thing that changes is the memory, whose entries are always right.

    >>> from bpe.vocabulary import single_bytes
    >>> Encoder(Vocabulary(single_bytes() | {256: b"aa"})).encode_ordinary("aaa")
    [256, 97]
    """

    __slots__ = ("_decoded", "_known", "_memory", "_merge", "_split", "vocabulary")

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._split = compile_splitter(vocabulary.pattern)
        self._merge = compile_merger(vocabulary)
        self._known = dict(vocabulary.token_ids) if vocabulary.whole_pre_token else {}
        self._decoded = dict(vocabulary.token_bytes) | {
            token_id: text_to_bytes(text) for token_id, text in vocabulary.special_texts.items()
        }
        self._memory: dict[str, list[TokenId]] = {}

    # --- spans -----------------------------------------------------------------------------------

    def spans(self, text: str, allowed_special: SpecialTokens, disallowed_special: SpecialTokens) -> list[Span]:
        """Return the special tokens of a text and the ordinary text between them, surrogates repaired.

        Clauses: B4, S1, S2, S3, S9.
        """
        text = scalar_text(text, self.vocabulary.errors)
        allowed, disallowed = resolve_special(
            self.vocabulary.special_tokens.keys(), allowed_special, disallowed_special
        )
        refuse_disallowed(text, disallowed)
        return split_special_tokens(text, allowed)

    def _pieces(self, spans: Iterable[Span]) -> Iterator[tuple[str, Sequence[TokenId]]]:
        """Yield each special token and pre-token with its ids."""
        for span in spans:
            if span.is_special:
                yield span.text, (self.vocabulary.special_tokens[span.text],)
            else:
                for block in blocks(span.text, self.vocabulary.pattern, BLOCK_LENGTH):
                    for piece in self._split(block):
                        yield piece, self._encode_pre_token(piece)

    def _encode_pre_token(self, piece: str) -> list[TokenId]:
        ids = self._memory.get(piece)
        if ids is None:
            ids = self.encode_piece(text_to_bytes(piece))
            if len(piece) <= MEMORY_PIECE_LENGTH:
                if len(self._memory) >= MEMORY_PIECES:
                    # Starting again keeps the memory bounded, and useful after a flood of new words.
                    self._memory.clear()
                self._memory[piece] = ids
        return ids

    # --- encoding --------------------------------------------------------------------------------

    def encode(
        self,
        text: str,
        *,
        allowed_special: SpecialTokens = frozenset(),
        disallowed_special: SpecialTokens = "all",
    ) -> list[TokenId]:
        """Equals `reference.encoding.encode` (clause E9)."""
        ids: list[TokenId] = []
        for span in self.spans(text, allowed_special, disallowed_special):
            if span.is_special:
                ids.append(self.vocabulary.special_tokens[span.text])
            else:
                self._extend(ids, span.text)
        return ids

    def encode_ordinary(self, text: str) -> list[TokenId]:
        """Equals `reference.encoding.encode_ordinary` (clause E9)."""
        ids: list[TokenId] = []
        self._extend(ids, scalar_text(text, self.vocabulary.errors))
        return ids

    def _extend(self, ids: list[TokenId], text: str) -> None:
        memory = self._memory
        for block in blocks(text, self.vocabulary.pattern, BLOCK_LENGTH):
            for piece in self._split(block):
                ids += memory.get(piece) or self._encode_pre_token(piece)

    def encode_piece(self, piece: bytes) -> list[TokenId]:
        """Equals `reference.encoding.encode_piece` (clauses M7, E9)."""
        whole = self._known.get(piece)
        return self._merge(piece) if whole is None else [whole]

    def encode_bytes(self, data: bytes) -> list[TokenId]:
        """Equals `reference.encoding.encode_bytes` (clauses E2, E9)."""
        if not isinstance(data, bytes):
            raise InputTypeError(f"data must be bytes, not {type(data).__name__}: encode text with encode")
        ids: list[TokenId] = []
        # Splitting at one capture group yields well-formed text and runs of escaped bytes in turn.
        for index, stretch in enumerate(_ESCAPES.split(data.decode("utf-8", "surrogateescape"))):
            if index % 2:
                ids += self.encode_piece(stretch.encode("utf-8", "surrogateescape"))
            else:
                self._extend(ids, stretch)
        return ids

    def encode_with_offsets(
        self, text: str, allowed_special: SpecialTokens, disallowed_special: SpecialTokens
    ) -> list[TokenSpan]:
        """Return each token with the bytes and characters of the text that it covers.

        Clauses: O1.
        Byte ranges tile the bytes.
        A token that holds part of a character covers that character; so do its neighbours that hold the rest.
        """
        tokens: list[TokenSpan] = []
        byte_start = char_start = 0
        for piece, ids in self._pieces(self.spans(text, allowed_special, disallowed_special)):
            data = text_to_bytes(piece)
            lengths = [len(data)] if len(ids) == 1 else [len(self._decoded[token_id]) for token_id in ids]
            for token_id, (start, stop, first, last) in zip(ids, _ranges(data, lengths), strict=True):
                tokens.append(
                    TokenSpan(token_id, byte_start + start, byte_start + stop, char_start + first, char_start + last)
                )
            byte_start += len(data)
            char_start += len(piece)
        return tokens

    def count(
        self,
        text: str,
        *,
        allowed_special: SpecialTokens = frozenset(),
        disallowed_special: SpecialTokens = "all",
        limit: int | None = None,
    ) -> int:
        """Return how many tokens a text has, or, once they exceed `limit`, some number greater than it.

        Clauses: E8.
        """
        total = 0
        for _, ids in self._pieces(self.spans(text, allowed_special, disallowed_special)):
            total += len(ids)
            if limit is not None and total > limit:
                break
        return total

    # --- decoding --------------------------------------------------------------------------------

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        """Equals `reference.encoding.decode_bytes` (clauses D1, D2, E9)."""
        return b"".join(self.decode_each(ids))

    def decode_each(self, ids: Iterable[int]) -> list[bytes]:
        """Return the bytes of each id (clauses D1, D2)."""
        row = _as_row(ids)
        try:
            plain = row if set(map(type, row)) <= {int} else list(map(as_token_id, row))  # 97.0 would find 97, True 1
            return list(map(self._decoded.__getitem__, plain))  # type: ignore[arg-type]
        except (KeyError, TokenIdTypeError):
            # Look again, with positions, for the refusal that names the first id at fault.
            return [token_to_bytes(value, self.vocabulary, position) for position, value in enumerate(row)]


def _as_row(ids: Iterable[int]) -> list[int]:
    try:
        return list(ids)
    except TypeError:
        raise InputTypeError(f"ids must be a sequence of integers, not {type(ids).__name__}") from None


def _ranges(data: bytes, lengths: Sequence[int]) -> Iterator[tuple[int, int, int, int]]:
    """Yield for each token its byte range and character range within a piece."""
    start = 0
    begun = 0  # the characters that begin before the token
    for length in lengths:
        stop = start + length
        begins = sum(1 for value in data[start:stop] if not _continues(value))
        first = begun - 1 if start < len(data) and _continues(data[start]) else begun
        yield start, stop, first, begun + begins
        start, begun = stop, begun + begins


def _continues(value: int) -> bool:
    """Tell whether a byte continues a character."""
    return 0x80 <= value < 0xC0
