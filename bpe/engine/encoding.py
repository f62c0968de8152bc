"""Encoding and decoding in portable Python: one `PortableEncoder` for each vocabulary.

An encoder never changes what it answers.
It remembers the ids of pre-tokens that it has met, which most texts repeat; that memory is bounded, and only saves time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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


class PortableEncoder:
    """The encoding functions of one vocabulary, with its tables made ready.

    Clauses: E9, R1, R3, R5.
    Safe to share between threads: the only thing that changes is the memory, whose entries are always right.

    >>> from bpe.vocabulary import single_bytes
    >>> PortableEncoder(Vocabulary(single_bytes() | {256: b"aa"})).encode_ordinary("aaa")
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

    def encode_to_array(self, text: str, allowed_special: SpecialTokens, disallowed_special: SpecialTokens) -> object:
        """Return the ids as a list, which is what this engine has (clause E1)."""
        return self.encode(text, allowed_special, disallowed_special)

    def encode_piece(self, piece: bytes) -> list[TokenId]:
        """Equals `reference.encoding.encode_piece` (clauses M7, E9)."""
        whole = self._known.get(piece)
        return self._merge(piece) if whole is None else [whole]

    def encode_bytes(self, data: bytes) -> list[TokenId]:
        """Equals `reference.encoding.encode_bytes` (clauses E2, E9)."""
        ids: list[TokenId] = []
        for is_text, stretch in split_escapes(data):
            if is_text:
                self._extend(ids, stretch)
            else:
                ids += self.encode_piece(stretch.encode("utf-8", "surrogateescape"))
        return ids

    def encode_with_offsets(
        self, text: str, allowed_special: SpecialTokens, disallowed_special: SpecialTokens
    ) -> list[TokenSpan]:
        """Return each token with the bytes and characters of the text that it covers.

        Clauses: O1.
        Byte ranges tile the bytes.
        A token that holds part of a character covers that character; so do its neighbours that hold the rest.
        """
        return token_spans(self._pieces(self.spans(text, allowed_special, disallowed_special)), self._decoded)

    def count(
        self,
        text: str,
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
        return decode_row(as_row(ids), self._decoded, self.vocabulary)


def split_escapes(data: bytes) -> Iterator[tuple[bool, str]]:
    r"""Yield the well-formed stretches of bytes as text, `True`, and the runs of other bytes as surrogate escapes, `False`.

    Clauses: E2.
    Raises `InputTypeError`.

    >>> list(split_escapes(b"a\xff"))
    [(True, 'a'), (False, '\udcff'), (True, '')]
    """
    if not isinstance(data, bytes):
        raise InputTypeError(f"data must be bytes, not {type(data).__name__}: encode text with encode")
    # Splitting at one capture group yields well-formed text and runs of escaped bytes in turn.
    for index, stretch in enumerate(_ESCAPES.split(data.decode("utf-8", "surrogateescape"))):
        yield index % 2 == 0, stretch


def as_row(ids: Iterable[int]) -> list[int]:
    """Return ids, however they come, as a list.

    Raises `InputTypeError`.

    >>> as_row(range(2))
    [0, 1]
    """
    try:
        return list(ids)
    except TypeError:
        raise InputTypeError(f"ids must be a sequence of integers, not {type(ids).__name__}") from None


def decode_row(row: Sequence[int], token_bytes: Mapping[TokenId, bytes], vocabulary: Vocabulary) -> list[bytes]:
    """Return the bytes of each id.

    Clauses: D1, D2.

    >>> from bpe.vocabulary import single_bytes
    >>> decode_row([97], single_bytes(), Vocabulary(single_bytes()))
    [b'a']
    """
    try:
        plain = row if set(map(type, row)) <= {int} else list(map(as_token_id, row))  # 97.0 would find 97, True 1
        return list(map(token_bytes.__getitem__, plain))  # type: ignore[arg-type]
    except (KeyError, TokenIdTypeError):
        # Look again, with positions, for the refusal that names the first id at fault.
        return [token_to_bytes(value, vocabulary, position) for position, value in enumerate(row)]


def token_spans(
    pieces: Iterable[tuple[str, Sequence[TokenId]]], token_bytes: Mapping[TokenId, bytes]
) -> list[TokenSpan]:
    """Return where each token stands in a text, given its pieces with their ids.

    Clauses: O1.
    A token that is a whole piece may be an alias, whose bytes are the piece's and not the id's.

    >>> token_spans([("aaa", [TokenId(256), TokenId(97)])], {TokenId(256): b"aa", TokenId(97): b"a"})[1]
    TokenSpan(token_id=97, byte_start=2, byte_stop=3, char_start=2, char_stop=3)
    """
    tokens: list[TokenSpan] = []
    byte_start = char_start = 0
    for piece, ids in pieces:
        data = text_to_bytes(piece)
        lengths = [len(data)] if len(ids) == 1 else [len(token_bytes[token_id]) for token_id in ids]
        for token_id, (start, stop, first, last) in zip(ids, _ranges(data, lengths), strict=True):
            tokens.append(
                TokenSpan(token_id, byte_start + start, byte_start + stop, char_start + first, char_start + last)
            )
        byte_start += len(data)
        char_start += len(piece)
    return tokens


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
