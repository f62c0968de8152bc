"""From UTF-8 to token numbers: pre-token by pre-token, each looked up, and merged where it is new.

Stage: bytes of ordinary text to tokens; the hot loop.
Layout: `out` is a flat row of token numbers, four bytes each, with room for one token a byte; text is UTF-8 with `PADDING` behind it.
Invariant: what is written is what merging each pre-token gives (E1, M3), whether the table knew it or not (E9).

A pre-token of up to 15 bytes is two words, `low` and `high`, which are its key and its contents at once.
"""

from __future__ import annotations

from typing import Final, final

from librt.strings import read_i64_le
from librt.vecs import vec
from mypy_extensions import i16, i32, i64, u8

from bpe.engine.kernels.character_classes import PADDING, CharacterClasses
from bpe.engine.kernels.left_to_right import LeftToRight, tables_of
from bpe.engine.kernels.merges import SHORT
from bpe.engine.kernels.pair_table import PairTable
from bpe.engine.kernels.pre_split import FAMILIES, next_end
from bpe.engine.kernels.pre_token_table import (
    FIRST,
    IN_ARENA,
    LONGEST,
    PreTokenTable,
    find,
    hash_bytes,
    hash_of,
)
from bpe.engine.kernels.rows import byte_masks, copy_halves
from bpe.engine.kernels.words import ascii_word_end

#: No limit to the number of tokens.
NO_LIMIT: Final[i64] = 1 << 60

#: A row with room for this many tokens is kept from one call to the next; a longer one is given back.
_KEPT: Final[i64] = 1 << 20


@final
class TokenRow:
    """Token numbers one after the other: `filled` of them, and room for more.

    A row that only counts forgets what it holds whenever more comes, and has `counted` it.
    """

    def __init__(self) -> None:
        self.tokens: vec[i32] = vec[i32]()
        self.filled: i64 = 0
        self.counted: i64 = 0
        self.only_counts: bool = False
        self.is_taken: bool = False

    def make_room(self, size: i64) -> None:
        """See that so many more tokens have room."""
        if self.only_counts:
            self.counted += self.filled
            self.filled = 0
        # Up to six tokens are written at once, of which not all may count.
        needed = self.filled + size + 8
        have = i64(len(self.tokens))
        if have < needed:
            self.tokens = copy_halves(self.tokens, max(needed, 2 * have))

    def total(self) -> i64:
        """Return how many tokens have come."""
        return self.counted + self.filled

    def give_back(self) -> None:
        """Let others take the row, without what is too long to keep."""
        self.filled = 0
        self.counted = 0
        self.only_counts = False
        self.is_taken = False
        if i64(len(self.tokens)) > _KEPT:
            self.tokens = vec[i32]()


@final
class PreTokenEncoder:
    """Encodes ordinary text of one vocabulary."""

    def __init__(self, pairs: PairTable, whole_tokens: dict[bytes, int], remembered: int, worthwhile: int) -> None:
        self.table: PreTokenTable = PreTokenTable(remembered)
        tables = CharacterClasses.shared()
        self.blocks: vec[i16] = tables.blocks
        self.classes: vec[u8] = tables.classes
        self.pairs: PairTable = pairs
        #: How many bytes very long pre-tokens have had, and from which number on there are tables to merge them from left to right.
        self.very_long: i64 = 0
        self.worthwhile: i64 = worthwhile
        self.tables: LeftToRight | None = None
        self.is_judged: bool = False
        self.whole_tokens: dict[bytes, int] = whole_tokens
        self.any_whole: bool = bool(whole_tokens)
        self.masks: vec[i64] = byte_masks()
        self.merged: vec[i32] = vec[i32]([i32(0)] * LONGEST)
        self.keys: vec[i32] = vec[i32]([i32(0)] * (SHORT + 1))

    def encode(self, text: bytes, stop: i64, family: i64, row: TokenRow, limit: i64) -> None:
        """Add to a row the tokens of a padded text that ends at `stop`.

        Stops after the pre-token with which the row has more than `limit`.
        """
        row.make_room(stop)
        limit -= row.counted
        out = row.tokens
        filled = row.filled
        blocks = self.blocks
        classes = self.classes
        masks = self.masks
        table = self.table
        slots = table.slots
        mask = table.mask
        at: i64 = 0
        while at < stop and filled <= limit:
            word = read_i64_le(text, at)
            end = ascii_word_end(text, at, word, family)
            if not end:
                end = next_end(text, at, stop, family, blocks, classes)
            size = end - at
            if size >= 16:
                filled = self._encode_long(text, at, size, out, filled)
                slots = table.slots
                mask = table.mask
                at = end
                continue
            if size < 8:
                low = word & masks[size]
                high = size << 56
            else:
                low = word
                high = (read_i64_le(text, at + 8) & masks[size - 8]) | size << 56
            base = FIRST + (hash_of(low, high) & mask) * 4
            if slots[base] != low or slots[base + 1] != high:
                base = find(slots, mask, low, high)
                if base < 0:
                    filled = self._encode_new(text, at, size, low, high, out, filled)
                    slots = table.slots
                    mask = table.mask
                    at = end
                    continue
            value = slots[base + 2]
            count = value >> 60
            out[filled] = i32(value & 0xFFFFF)
            if count == 1:
                filled += 1
            elif count < IN_ARENA:
                out[filled + 1] = i32((value >> 20) & 0xFFFFF)
                if count > 2:
                    out[filled + 2] = i32((value >> 40) & 0xFFFFF)
                    value = slots[base + 3]
                    out[filled + 3] = i32(value & 0xFFFFF)
                    out[filled + 4] = i32((value >> 20) & 0xFFFFF)
                    out[filled + 5] = i32((value >> 40) & 0xFFFFF)
                filled += count
            else:
                filled = table.read_tokens(value & 0xFFFFFFFF, 0, out, filled)
            at = end
        row.filled = filled

    def _encode_new(self, text: bytes, at: i64, size: i64, low: i64, high: i64, out: vec[i32], filled: i64) -> i64:
        """Merge and remember a pre-token of up to 15 bytes."""
        count = self._merge(text, at, size)
        self.table.insert(low, high, self.merged, count)
        return copy(self.merged, count, out, filled)

    def _encode_long(self, text: bytes, at: i64, size: i64, out: vec[i32], filled: i64) -> i64:
        """Look up or merge a pre-token of 16 bytes or more."""
        if size > LONGEST:
            return self._encode_very_long(text, at, size, out, filled)
        hashed = hash_bytes(text, at, size)
        index = self.table.find_long(text, at, size, hashed)
        if index >= 0:
            return self.table.read_tokens(index, (size + 7) >> 3, out, filled)
        count = self._merge(text, at, size)
        self.table.insert_long(text, at, size, hashed, self.merged, count)
        return copy(self.merged, count, out, filled)

    def _encode_very_long(self, text: bytes, at: i64, size: i64, out: vec[i32], filled: i64) -> i64:
        """Merge a pre-token that is not remembered."""
        if self.any_whole:
            whole = self.whole_tokens.get(text[at : at + size])
            if whole is not None:
                out[filled] = i32(whole)
                return filled + 1
        left_to_right = self._left_to_right(size)
        if left_to_right is not None:
            end = left_to_right.merge(text, at, size, out, filled)
            if end >= 0:
                return end
        # subtle: a row of its own, because signals are let in on the way, and other threads with them.
        merged = vec[i32]([i32(0)] * size)
        count = self.pairs.merge(text, at, size, merged, self.keys)
        return copy(merged, count, out, filled)

    def _left_to_right(self, size: i64) -> LeftToRight | None:
        """Return the tables for going from left to right, once they are worthwhile, and if the vocabulary allows it."""
        self.very_long += size
        if self.very_long >= self.worthwhile and not self.is_judged:
            self.is_judged = True
            self.tables = tables_of(self.pairs)
        return self.tables

    def _merge(self, text: bytes, at: i64, size: i64) -> i64:
        """Merge a pre-token into `merged`, and return how many tokens there are."""
        if self.any_whole:
            whole = self.whole_tokens.get(text[at : at + size])
            if whole is not None:
                self.merged[0] = i32(whole)
                return 1
        return self.pairs.merge(text, at, size, self.merged, self.keys)


def copy(tokens: vec[i32], count: i64, out: vec[i32], filled: i64) -> i64:
    """Write the first tokens of one row behind those of another, and return how many it has then."""
    index: i64 = 0
    while index < count:
        out[filled + index] = tokens[index]
        index += 1
    return filled + count


def split(text: str, pattern_name: str) -> list[str]:
    """Return the pre-tokens of a text under a named pattern, found as the encoder finds them (clauses P1, P6).

    >>> split("as one does", "gpt2")
    ['as', ' one', ' does']
    """
    family: i64 = FAMILIES[pattern_name]
    tables = CharacterClasses.shared()
    data = text.encode()
    stop: i64 = len(data)
    padded = data + PADDING
    pieces: list[str] = []
    at: i64 = 0
    while at < stop:
        end = ascii_word_end(padded, at, read_i64_le(padded, at), family)
        if not end:
            end = next_end(padded, at, stop, family, tables.blocks, tables.classes)
        pieces.append(data[at:end].decode())
        at = end
    return pieces
