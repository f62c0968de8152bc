"""How often each pre-token occurs: a table that is exact, in the order of first appearance.

Stage: texts to pre-token counts, for the named patterns.
Layout: a slot is four words in one row: bytes 0 to 7; bytes 8 to 14 and the length in the highest byte; how often; the how-manieth.
A pre-token of 16 bytes or more has a hash in its first word, `-1 - place` in its second, and at that place of the arena its length and its contents, eight bytes a word.
Invariant: a slot counts only what has the bytes that it holds, never what merely has their hash (T12).

The row doubles when it is three quarters full, so memory is bounded by the distinct pre-tokens.
Hashes are seeded anew for each table, so no text is slow to count by its making.
"""

from __future__ import annotations

from typing import Final, final

from librt.strings import BytesWriter, read_i64_le, write_i64_le
from librt.vecs import vec
from mypy_extensions import i64

from bpe.engine.kernels.character_classes import PADDING, CharacterClasses
from bpe.engine.kernels.pre_split import next_end
from bpe.engine.kernels.rows import byte_masks, copy_words, empty_words, grown
from bpe.engine.kernels.words import ascii_word_end

_LEAST: Final[i64] = 1 << 12

# subtle: the items of a large allocation begin 24 bytes before a multiple of 32, so slots that begin at the third
# word do not lie across two cache lines.
_FIRST: Final[i64] = 3

_MULTIPLIER: Final[i64] = 0x1E3779B97F4A7C15

#: In the place of a slot's second word: a pre-token of 16 bytes or more, before it has a place in the arena.
NOWHERE: Final[i64] = -1


@final
class PreTokens:
    """Distinct pre-tokens, one after the other; where each ends; and how often it occurs."""

    def __init__(self, text: bytes, ends: vec[i64], counts: vec[i64]) -> None:
        self.text = text
        self.ends = ends
        self.counts = counts

    def as_dict(self) -> dict[str, int]:
        """Return the count of each, in order."""
        counts: dict[str, int] = {}
        start: i64 = 0
        index: i64 = 0
        for end in self.ends:
            counts[self.text[start:end].decode()] = self.counts[index]
            start = end
            index += 1
        return counts


def gather(pieces: list[bytes], counts: list[int]) -> PreTokens:
    """Return given pre-tokens and counts as flat arrays."""
    ends = empty_words(i64(len(pieces)))
    end: i64 = 0
    index: i64 = 0
    for piece in pieces:
        end += i64(len(piece))
        ends[index] = end
        index += 1
    return PreTokens(b"".join(pieces), ends, vec[i64](counts))


@final
class PreTokenCounter:
    """The table, and the pattern's scanner with which it is filled; `seeds` are any two numbers below 2 ** 61."""

    def __init__(self, family: int, seeds: tuple[int, int]) -> None:
        classes = CharacterClasses.shared()
        self.family: i64 = family
        self.blocks = classes.blocks
        self.classes = classes.classes
        self.seed: i64 = i64(seeds[0]) | 1
        self.seed_2: i64 = i64(seeds[1]) | 1
        self.slots: vec[i64] = empty_words(_LEAST * 4 + 8)
        self.mask: i64 = _LEAST - 1
        self.used: i64 = 0
        self.arena: vec[i64] = empty_words(1024)
        self.filled: i64 = 0
        self.masks: vec[i64] = byte_masks()

    def add(self, text: str) -> None:
        """Count the pre-tokens of a text."""
        data = text.encode() + PADDING
        stop = i64(len(data) - len(PADDING))
        family, blocks, classes, masks = self.family, self.blocks, self.classes, self.masks
        slots = self.slots
        at: i64 = 0
        while at < stop:
            word = read_i64_le(data, at)
            end = ascii_word_end(data, at, word, family)
            if not end:
                end = next_end(data, at, stop, family, blocks, classes)
            size = end - at
            if size < 8:
                high = size << 56
                word &= masks[size]
                base = seek(slots, self.mask, word, high, self.seed, self.seed_2)
            elif size < 16:
                high = read_i64_le(data, at + 8) & masks[size - 8] | size << 56
                base = seek(slots, self.mask, word, high, self.seed, self.seed_2)
            else:
                high = NOWHERE
                word = self._hash_long(data, at, size)
                base = self._seek_long(word, data, at, size)
            if slots[base + 2] == 0:
                self._enter(base, word, high if high != NOWHERE else -1 - self._store(data, at, size))
                slots = self.slots
            else:
                slots[base + 2] += 1
            at = end

    def _seek_long(self, hashed: i64, data: bytes, at: i64, size: i64) -> i64:
        """Return where the slot of a pre-token of 16 bytes or more begins, or the empty one where it belongs."""
        slots, mask = self.slots, self.mask
        slot = mix(hashed * self.seed) & mask
        while True:
            base = _FIRST + slot * 4
            if slots[base + 2] == 0:
                return base
            if slots[base] == hashed and slots[base + 1] < 0 and self._holds(-1 - slots[base + 1], data, at, size):
                return base
            slot = (slot + 1) & mask

    def _enter(self, base: i64, low: i64, high: i64) -> None:
        slots = self.slots
        slots[base] = low
        slots[base + 1] = high
        slots[base + 2] = 1
        slots[base + 3] = self.used
        self.used += 1
        if self.used * 4 > self.mask * 3:
            self._double()

    def _double(self) -> None:
        old = self.slots
        mask = self.mask * 2 + 1
        slots = empty_words((mask + 1) * 4 + 8)
        source = _FIRST
        while source < _FIRST + (self.mask + 1) * 4:
            if old[source + 2]:
                slot = self._hash_of_slot(old[source], old[source + 1]) & mask
                while slots[_FIRST + slot * 4 + 2]:
                    slot = (slot + 1) & mask
                base = _FIRST + slot * 4
                slots[base] = old[source]
                slots[base + 1] = old[source + 1]
                slots[base + 2] = old[source + 2]
                slots[base + 3] = old[source + 3]
            source += 4
        self.slots = slots
        self.mask = mask

    def _hash_of_slot(self, low: i64, high: i64) -> i64:
        return mix(low * self.seed + high * self.seed_2 if high >= 0 else low * self.seed)

    # --- pre-tokens of 16 bytes or more ----------------------------------------------------------

    def _hash_long(self, data: bytes, at: i64, size: i64) -> i64:
        seed = self.seed
        value = size * self.seed_2
        index: i64 = 0
        while index < size:
            value = mix((value ^ word_of(data, at + index, size - index, self.masks)) * seed)
            index += 8
        return value

    def _holds(self, place: i64, data: bytes, at: i64, size: i64) -> bool:
        arena = self.arena
        if arena[place] != size:
            return False
        index: i64 = 0
        while index < size:
            place += 1
            if arena[place] != word_of(data, at + index, size - index, self.masks):
                return False
            index += 8
        return True

    def _store(self, data: bytes, at: i64, size: i64) -> i64:
        place = self.filled
        self.filled += 1 + (size + 7) // 8
        if self.filled > i64(len(self.arena)):
            self.arena = copy_words(self.arena, grown(i64(len(self.arena)), self.filled))
        arena = self.arena
        arena[place] = size
        index: i64 = 0
        while index < size:
            arena[place + 1 + (index >> 3)] = word_of(data, at + index, size - index, self.masks)
            index += 8
        return place

    # --- what came of it -------------------------------------------------------------------------

    def result(self) -> PreTokens:
        """Return what has been counted, in the order in which it was first met."""
        bases = self._bases()
        slots = self.slots
        ends, counts = empty_words(self.used), empty_words(self.used)
        writer = BytesWriter()
        end: i64 = 0
        index: i64 = 0
        for base in bases:
            end += self._write(writer, slots[base], slots[base + 1])
            writer.truncate(end)
            ends[index] = end
            counts[index] = slots[base + 2]
            index += 1
        return PreTokens(writer.getvalue(), ends, counts)

    def _bases(self) -> vec[i64]:
        """Return where each pre-token's slot begins."""
        slots = self.slots
        bases = empty_words(self.used)
        base = _FIRST
        while base < _FIRST + (self.mask + 1) * 4:
            if slots[base + 2]:
                bases[slots[base + 3]] = base
            base += 4
        return bases

    def _write(self, writer: BytesWriter, low: i64, high: i64) -> i64:
        """Write a pre-token and some zeros, and return its length."""
        if high >= 0:
            write_i64_le(writer, low)
            write_i64_le(writer, high)
            return high >> 56
        arena = self.arena
        place = -1 - high
        size = arena[place]
        index: i64 = 0
        while index < size:
            place += 1
            write_i64_le(writer, arena[place])
            index += 8
        return size


def seek(slots: vec[i64], mask: i64, low: i64, high: i64, seed: i64, seed_2: i64) -> i64:
    """Return where the slot of a pre-token of up to 15 bytes begins, or the empty one where it belongs."""
    slot = mix(low * seed + high * seed_2) & mask
    base = _FIRST + slot * 4
    while (slots[base] != low or slots[base + 1] != high) and slots[base + 2] != 0:
        slot = (slot + 1) & mask
        base = _FIRST + slot * 4
    return base


def mix(value: i64) -> i64:
    """Return a number whose lower 32 bits depend on all bits of the given one."""
    value = (value ^ (value >> 32)) * _MULTIPLIER
    return (value >> 32) ^ value >> 17


def word_of(data: bytes, at: i64, size: i64, masks: vec[i64]) -> i64:
    """Return the word at a position, with only its first `size` bytes where `size` is less than 8."""
    word = read_i64_le(data, at)
    return word if size >= 8 else word & masks[size]
