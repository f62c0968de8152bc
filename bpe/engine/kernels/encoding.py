"""Encoding and decoding, compiled: one `Encoder` for each vocabulary, with the methods of the portable one.

Stage: text to ids and back, end to end.
Layout: tokens are numbered from 0 in the order of their ids; `ids` has the id of each, as the objects that lists of ids are made of.
Invariant: each method equals that of `bpe.engine.encoding.PortableEncoder`, and with it the definition (E9).

What is no hot loop is asked of the portable engine and of the definition: which special tokens a call allows, how a custom pattern cuts, what a refusal says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, final

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from bpe.engine.encoding import TokenSpan, as_row, decode_row, split_escapes, token_spans
from bpe.engine.kernels.character_classes import PADDING, CharacterClasses
from bpe.engine.kernels.decoding import MOST_IDS, Decoder
from bpe.engine.kernels.left_to_right import WORTHWHILE
from bpe.engine.kernels.pair_table import MOST_TOKENS, PairTable
from bpe.engine.kernels.pre_split import FAMILIES, WHOLE
from bpe.engine.kernels.pre_tokens import NO_LIMIT, PreTokenEncoder, TokenRow
from bpe.engine.kernels.safe_cuts import last_cut
from bpe.engine.kernels.special_tokens import SpecialTokenFinder
from bpe.engine.kernels.token_trie import MOST_BYTES
from bpe.engine.pre_split import compile_splitter
from bpe.engine.signals import let_signals_in
from bpe.engine.special_tokens import refuse_disallowed, split_special_tokens
from bpe.engine.utf8 import scalar_text
from bpe.reference.special_tokens import Span, resolve_special
from bpe.reference.utf8 import text_to_bytes
from bpe.vocabulary import TokenId, Vocabulary

#: Text is encoded this many characters at a time, where safe cuts allow it: what is read stays in the
#: processor's cache, and signals are let in between.
BLOCK: Final[i64] = 1 << 16

#: Up to so many tokens, copying them twice takes less than a view of them.
_FEW: Final[i64] = 64

#: Up to so many tokens, filling a copy of a blank list takes less than copying their numbers.
_BLANKS: Final[i64] = 16

#: The pattern is none of the named ones: `regex` cuts.
_CUSTOM: Final[i64] = -1

# What a call wants to know of the special tokens in its text.
_NOTHING: Final = 0
_ANY: Final = 1
_PARTICULARS: Final = 2


def fits(vocabulary: Vocabulary) -> bool:
    """Tell whether the tables of the kernels have room for a vocabulary."""
    merges = vocabulary.merges or ()
    special = sum(len(text.encode()) for text in vocabulary.special_tokens)
    return len(vocabulary.token_bytes) < MOST_TOKENS and len(merges) < MOST_TOKENS and special < MOST_BYTES


@final
class Encoder:
    """The encoding functions of one vocabulary, compiled."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        remembered: int = 1 << 18,
        block: int = int(BLOCK),
        worthwhile: int = int(WORTHWHILE),
    ) -> None:
        self.vocabulary = vocabulary
        self._block: i64 = block
        self._family: i64 = _family_of(vocabulary)
        self._split: Callable[[str], list[str]] = compile_splitter(vocabulary.pattern)
        pairs = PairTable(vocabulary)
        whole = pairs.unreachable() if vocabulary.whole_pre_token and not pairs.is_recovered else {}
        self._encoder = PreTokenEncoder(pairs, whole, remembered, worthwhile)
        self._row = TokenRow()
        self._ids: list[Any] = list(vocabulary.token_bytes)
        self._blank: list[Any] = [None] * int(_BLANKS)
        # Ids come in order, and no two are equal.
        self._is_dense: bool = self._ids[0] == 0 and self._ids[-1] == len(self._ids) - 1
        self._id_row: vec[i32] = vec[i32]() if self._is_dense else _row_of(self._ids)
        self._special_ids: dict[str, TokenId] = dict(vocabulary.special_tokens)
        self._finder = SpecialTokenFinder([text.encode() for text in self._special_ids])
        self._special_starts: list[str] = sorted({text[0] for text in self._special_ids})
        self._longest_special: i64 = max([len(text) for text in self._special_ids], default=0)
        self._decoder: Decoder | None = None
        self._token_bytes: dict[TokenId, bytes] = {}

    def memory_size(self) -> int:
        """Return how many bytes the memory of pre-tokens takes (clause R3)."""
        return int(self._encoder.table.size())

    # --- special tokens --------------------------------------------------------------------------

    def spans(self, text: Any, allowed_special: Any, disallowed_special: Any) -> list[Span]:
        """Return the special tokens of a text and the ordinary text between them, surrogates repaired."""
        scalar = scalar_text(text, self.vocabulary.errors)
        allowed, disallowed = resolve_special(self._special_ids.keys(), allowed_special, disallowed_special)
        refuse_disallowed(scalar, disallowed)
        return split_special_tokens(scalar, allowed)

    def _holds_special(self, text: str) -> bool:
        """Tell whether any special token occurs in a text of any length."""
        if not any(start in text for start in self._special_starts):
            return False  # most texts have none of the characters
        start: i64 = 0
        size: i64 = len(text)
        while start < size:
            # A token may lie across the end of a window, so each reaches into the next.
            window = text[start : start + self._block + self._longest_special].encode() + PADDING
            if self._finder.occurs(window, i64(len(window)) - i64(len(PADDING))):
                return True
            start += self._block
        return False

    def _is_ordinary(self, text: str, allowed_special: Any, disallowed_special: Any) -> bool:
        """Tell whether a call takes all of a text as ordinary, where that can be told at once."""
        wanted = _wanted(allowed_special, disallowed_special)
        if wanted == _NOTHING:
            return True
        if wanted == _PARTICULARS:
            return False
        return self._finder.is_empty or not self._holds_special(text)

    # --- ordinary text ---------------------------------------------------------------------------

    def _add(self, text: str, row: TokenRow, limit: i64) -> None:
        """Add the tokens of ordinary scalar text to a row, up to the pre-token with which there are more than `limit`."""
        if self._family == _CUSTOM:
            self._add_pieces(text, row, limit)
        elif i64(len(text)) <= self._block or self._family == WHOLE:
            self._add_block(text, row, limit)
        else:
            self._add_blocks(text, row, limit)

    def _add_block(self, text: str, row: TokenRow, limit: i64) -> None:
        data = text.encode()
        self._encoder.encode(data + PADDING, i64(len(data)), self._family, row, limit)

    def _add_blocks(self, text: str, row: TokenRow, limit: i64) -> None:
        tables = CharacterClasses.shared()
        start: i64 = 0
        stop: i64 = self._block
        size: i64 = len(text)
        while stop < size and row.total() <= limit:
            let_signals_in()
            # What lies before this window has been searched already.
            least = max(start + 1, stop - self._block)
            cut = last_cut(text, least, stop, self._family, tables.blocks, tables.classes)
            if cut:
                self._add_block(text[start:cut], row, limit)
                start = cut
                stop = cut
            stop += self._block
        if row.total() <= limit:
            self._add_block(text[start:], row, limit)

    def _add_pieces(self, text: str, row: TokenRow, limit: i64) -> None:
        if not text.isascii():
            text.encode()  # a surrogate is for the caller to repair or to refuse, before any pattern sees it
        for piece in self._split(text):
            data = piece.encode()
            self._encoder.encode(data + PADDING, i64(len(data)), WHOLE, row, limit)
            if row.total() > limit:
                break

    def _take_row(self) -> TokenRow:
        """Return a row for one call: the one that is kept, unless another call has it, in another thread or below this one."""
        row = self._row
        if row.is_taken:
            row = TokenRow()
        row.is_taken = True
        return row

    def _list_of(self, text: str) -> list[TokenId]:
        """Return the ids of ordinary scalar text."""
        row = self._take_row()
        try:
            self._add(text, row, NO_LIMIT)
            return self._ids_in(row)
        finally:
            row.give_back()

    def _ids_in(self, row: TokenRow) -> list[TokenId]:
        """Return the ids of the tokens in a row."""
        ids, tokens = self._ids, row.tokens
        count = row.filled
        if count > _BLANKS:
            return _look_up(ids, tokens[:count])
        found = self._blank[:count]
        index: i64 = 0
        while index < count:
            found[index] = ids[i64(tokens[index])]
            index += 1
        return found

    # --- encoding --------------------------------------------------------------------------------

    def encode(self, text: Any, allowed_special: Any = frozenset(), disallowed_special: Any = "all") -> list[TokenId]:
        """Equals `reference.encoding.encode` (clause E9)."""
        if isinstance(text, str):
            try:
                if self._is_ordinary(text, allowed_special, disallowed_special):
                    return self._list_of(text)
            except UnicodeEncodeError:  # a surrogate: refused or repaired below
                pass
        ids: list[TokenId] = []
        for span in self.spans(text, allowed_special, disallowed_special):
            ids += self._ids_of(span)
        return ids

    def encode_ordinary(self, text: Any) -> list[TokenId]:
        """Equals `reference.encoding.encode_ordinary` (clause E9)."""
        if isinstance(text, str):
            try:
                return self._list_of(text)
            except UnicodeEncodeError:
                pass
        return self._list_of(scalar_text(text, self.vocabulary.errors))

    def encode_to_array(self, text: Any, allowed_special: Any, disallowed_special: Any) -> Any:
        """Return the ids of a text as 32-bit unsigned integers in a buffer that can be written to, or as a list where special tokens are among them."""
        if isinstance(text, str):
            try:
                if self._is_ordinary(text, allowed_special, disallowed_special):
                    return self._array_of(text)
            except UnicodeEncodeError:  # a surrogate: refused or repaired below
                pass
        return self.encode(text, allowed_special, disallowed_special)

    def _array_of(self, text: str) -> bytearray:
        """Return the ids of ordinary scalar text, 32 bits each; those of 2 ** 31 and more as the same bits."""
        row = self._take_row()
        try:
            self._add(text, row, NO_LIMIT)
            filled = row.filled
            if self._is_dense and filled > _FEW:
                return bytearray(memoryview(row.tokens)[:filled])  # one copy
            tokens = row.tokens[:filled]
            if not self._is_dense:
                index: i64 = 0
                while index < filled:
                    tokens[index] = self._id_row[i64(tokens[index])]
                    index += 1
            return bytearray(tokens)
        finally:
            row.give_back()

    def encode_piece(self, piece: bytes) -> list[TokenId]:
        """Equals `reference.encoding.encode_piece` (clauses M7, E9)."""
        row = self._take_row()
        try:
            self._encoder.encode(piece + PADDING, i64(len(piece)), WHOLE, row, NO_LIMIT)
            return self._ids_in(row)
        finally:
            row.give_back()

    def encode_bytes(self, data: Any) -> list[TokenId]:
        """Equals `reference.encoding.encode_bytes` (clauses E2, E9)."""
        ids: list[TokenId] = []
        for is_text, stretch in split_escapes(data):
            ids += self._list_of(stretch) if is_text else self.encode_piece(stretch.encode("utf-8", "surrogateescape"))
        return ids

    def encode_with_offsets(self, text: Any, allowed_special: Any, disallowed_special: Any) -> list[TokenSpan]:
        """Return each token with the bytes and characters of the text that it covers (clause O1)."""
        spans = self.spans(text, allowed_special, disallowed_special)
        pieces = [(span.text, self._ids_of(span)) for span in spans]
        return token_spans(pieces, self._bytes_by_id())

    def _ids_of(self, span: Span) -> list[TokenId]:
        return [self._special_ids[span.text]] if span.is_special else self._list_of(span.text)

    def count(self, text: Any, allowed_special: Any, disallowed_special: Any, limit: int | None = None) -> int:
        """Return how many tokens a text has, or, once they exceed `limit`, some number greater than it (clause E8)."""
        most = NO_LIMIT if limit is None else i64(max(-1, min(limit, 1 << 60)))
        row = self._take_row()
        row.only_counts = True
        try:
            special: i64 = 0
            if isinstance(text, str) and self._counts_plainly(text, allowed_special, disallowed_special):
                self._add(text, row, most)
                return row.total()
            for span in self.spans(text, allowed_special, disallowed_special):
                if span.is_special:
                    special += 1
                else:
                    self._add(span.text, row, most - special)
                if row.total() + special > most:
                    break
            return row.total() + special
        finally:
            row.give_back()

    def _counts_plainly(self, text: str, allowed_special: Any, disallowed_special: Any) -> bool:
        try:
            return self._is_ordinary(text, allowed_special, disallowed_special) and (
                text.isascii() or bool(text.encode())
            )
        except UnicodeEncodeError:
            return False

    # --- decoding --------------------------------------------------------------------------------

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        """Equals `reference.encoding.decode_bytes` (clauses D1, D2, E9)."""
        row = ids if isinstance(ids, list) else as_row(ids)
        decoder = self._decoder
        if decoder is None and self.vocabulary.max_token_id < MOST_IDS:
            decoder = self._decoder = Decoder(self._make_bytes_by_id())
        if decoder is not None:
            try:
                data = decoder.decode(row)
                if data is not None:
                    return data
            except ValueError:  # an integer of more than 64 bits
                pass
        return b"".join(self.decode_each(row))

    def decode_each(self, ids: Iterable[int]) -> list[bytes]:
        """Return the bytes of each id (clauses D1, D2)."""
        return decode_row(as_row(ids), self._bytes_by_id(), self.vocabulary)

    def _bytes_by_id(self) -> dict[TokenId, bytes]:
        if not self._token_bytes:
            self._token_bytes = self._make_bytes_by_id()
        return self._token_bytes

    def _make_bytes_by_id(self) -> dict[TokenId, bytes]:
        special = {token_id: text_to_bytes(text) for token_id, text in self.vocabulary.special_texts.items()}
        return {**self.vocabulary.token_bytes, **special}


def _family_of(vocabulary: Vocabulary) -> i64:
    pattern = vocabulary.pattern
    if pattern is None:
        return WHOLE
    return FAMILIES[pattern.name] if pattern.name is not None else _CUSTOM


def _look_up(ids: list[Any], tokens: vec[i32]) -> list[Any]:
    # subtle: a row that is an argument is known to be there, and a 64-bit index needs no boxed integer.
    return [ids[i64(token)] for token in tokens]


def _row_of(ids: list[Any]) -> vec[i32]:
    row = vec[i32](capacity=len(ids))
    for token_id in ids:
        wide: i64 = token_id
        row = append(row, i32(wide - (wide >> 31 << 32)))
    return row


def _wanted(allowed_special: Any, disallowed_special: Any) -> int:
    """Return what a call wants to know: of any special token, of none, or of particular ones."""
    if isinstance(disallowed_special, str):
        return (
            _ANY
            if disallowed_special == "all" and (_is_empty(allowed_special) or _is_all(allowed_special))
            else _PARTICULARS
        )
    if not _is_empty(disallowed_special):
        return _PARTICULARS
    if _is_empty(allowed_special):
        return _NOTHING
    return _ANY if _is_all(allowed_special) else _PARTICULARS


def _is_all(given: Any) -> bool:
    return isinstance(given, str) and given == "all"


def _is_empty(given: Any) -> bool:
    return isinstance(given, (frozenset, set, tuple, list)) and len(given) == 0
