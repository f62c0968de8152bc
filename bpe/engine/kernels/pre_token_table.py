"""The pre-tokens met so far with their ids: a bounded table that answers exactly.

Stage: between the pre-split and merging; most pre-tokens of a text have been merged before.
Layout: a slot is four words of `slots`: bytes 0 to 7; bytes 8 to 14 with the length in the highest byte; `count << 60` and three ids of 20 bits; three more ids.
What a slot has no room for is in the `arena`, and the slot's third word is `IN_ARENA << 60 | index`: the length in bytes, the number of ids, the bytes where they are 16 or more, the ids, two a word.
Invariant: an entry answers only for the bytes that it holds whole, never for a hash (E9).

Bounds (R2, R3): the slots double up to `most`, at most three quarters full, and the arena holds four words for each; when either is full, both are emptied, and fill again.
A search looks at no more than `PROBES` slots; a pre-token that finds them taken is merged each time, so keys that collide cost what new words cost.
"""

from __future__ import annotations

from typing import Final, final

from librt.strings import read_i64_le
from librt.vecs import vec
from mypy_extensions import i32, i64

from bpe.engine.kernels.rows import copy_words

#: How many slots a search looks at.
PROBES: Final[i64] = 16

#: Stands for the count of ids where they are in the arena.
IN_ARENA: Final[i64] = 7

#: Stands in a slot's second word for the length of a pre-token of 16 bytes or more; the first word is then a hash.
LONG: Final[i64] = -1

#: The longest pre-token that is remembered, in bytes.
LONGEST: Final[i64] = 256

# subtle: the header of a row and that of a large allocation end 24 bytes before a multiple of 32, so slots
# that begin at the third word do not lie across two cache lines.
FIRST: Final[i64] = 3

_LEAST: Final[i64] = 1 << 12

# subtle: constants of 2 ** 62 and more are boxed at every use.
_MULTIPLIER: Final[i64] = 0x1E3779B97F4A7C15
_MULTIPLIER_2: Final[i64] = 0x2545F4914F6CDD1D


def hash_of(low: i64, high: i64) -> i64:
    """Return a hash of two words; its bits from 32 on are good."""
    mixed = low * _MULTIPLIER + high * _MULTIPLIER_2
    return (mixed ^ (mixed >> 29)) >> 32


def hash_bytes(text: bytes, at: i64, size: i64) -> i64:
    """Return a hash of 16 bytes or more."""
    mixed = size
    end = at + size - 8
    while at < end:
        mixed = (mixed ^ read_i64_le(text, at)) * _MULTIPLIER
        mixed ^= mixed >> 32
        at += 8
    mixed = (mixed ^ read_i64_le(text, end)) * _MULTIPLIER_2
    return mixed ^ (mixed >> 32)


def find(slots: vec[i64], mask: i64, low: i64, high: i64) -> i64:
    """Return where the slot of a pre-token of up to 15 bytes begins, or -1."""
    slot = hash_of(low, high) & mask
    tries = PROBES
    while tries:
        base = FIRST + slot * 4
        if slots[base + 1] == 0:
            return -1
        if slots[base] == low and slots[base + 1] == high:
            return base
        slot = (slot + 1) & mask
        tries -= 1
    return -1


@final
class PreTokenTable:
    """Slots and arena, and how full they are."""

    def __init__(self, most: int) -> None:
        self.most: i64 = max(_LEAST, i64(most))
        self.clear(_LEAST)

    def clear(self, size: i64) -> None:
        """Begin again with so many empty slots."""
        self.slots: vec[i64] = vec[i64]([i64(0)] * (size * 4 + 8))
        self.mask: i64 = size - 1
        self.used: i64 = 0
        self.arena: vec[i64] = vec[i64]([i64(0)] * 1024)
        self.arena_used: i64 = 0

    def size(self) -> i64:
        """Return how many bytes the table takes."""
        return 8 * (i64(len(self.slots)) + i64(len(self.arena)))

    def find_long(self, text: bytes, at: i64, size: i64, hashed: i64) -> i64:
        """Return where the arena has a pre-token of 16 bytes or more, or -1."""
        slots = self.slots
        slot = hash_of(hashed, LONG) & self.mask
        tries = PROBES
        while tries:
            base = FIRST + slot * 4
            if slots[base + 1] == 0:
                return -1
            if slots[base] == hashed and slots[base + 1] == LONG:
                index = slots[base + 2] & 0xFFFFFFFF
                if self._holds(index, text, at, size):
                    return index
            slot = (slot + 1) & self.mask
            tries -= 1
        return -1

    def _holds(self, index: i64, text: bytes, at: i64, size: i64) -> bool:
        arena = self.arena
        if arena[index] != size:
            return False
        index += 2
        end = at + size - 8
        while at < end:
            if arena[index] != read_i64_le(text, at):
                return False
            index += 1
            at += 8
        return arena[index] == read_i64_le(text, end)

    def insert(self, low: i64, high: i64, ids: vec[i32], count: i64) -> None:
        """Enter a pre-token of up to 15 bytes, which is not in the table."""
        self._make_room(2 + IN_ARENA + 1)
        if count < IN_ARENA:
            first = i64(ids[0])
            second: i64 = 0
            if count > 1:
                first |= i64(ids[1]) << 20
            if count > 2:
                first |= i64(ids[2]) << 40
                second = _three(ids, count)
            self._put(low, high, count << 60 | first, second)
        else:
            index = self._begin(0, count)
            self._write_ids(ids, count)
            self._put(low, high, IN_ARENA << 60 | index, 0)

    def insert_long(self, text: bytes, at: i64, size: i64, hashed: i64, ids: vec[i32], count: i64) -> None:
        """Enter a pre-token of 16 to `LONGEST` bytes, which is not in the table."""
        self._make_room(4 + (size >> 3) + (count >> 1))
        index = self._begin(size, count)
        end = at + size - 8
        while at < end:
            self._write(read_i64_le(text, at))
            at += 8
        self._write(read_i64_le(text, end))
        self._write_ids(ids, count)
        self._put(hashed, LONG, IN_ARENA << 60 | index, 0)

    def _put(self, low: i64, high: i64, first: i64, second: i64) -> None:
        """Take the first free slot; none, if `PROBES` are taken."""
        slots = self.slots
        slot = hash_of(low, high) & self.mask
        tries = PROBES
        while tries:
            base = FIRST + slot * 4
            if slots[base + 1] == 0:
                slots[base] = low
                slots[base + 1] = high
                slots[base + 2] = first
                slots[base + 3] = second
                self.used += 1
                return
            slot = (slot + 1) & self.mask
            tries -= 1

    def _begin(self, size: i64, count: i64) -> i64:
        index = self.arena_used
        self._write(size)
        self._write(count)
        return index

    def _write(self, word: i64) -> None:
        self.arena[self.arena_used] = word
        self.arena_used += 1

    def _write_ids(self, ids: vec[i32], count: i64) -> None:
        index: i64 = 0
        while index + 1 < count:
            self._write(i64(ids[index]) | i64(ids[index + 1]) << 32)
            index += 2
        if index < count:
            self._write(i64(ids[index]))

    def read_tokens(self, index: i64, words: i64, out: vec[i32], filled: i64) -> i64:
        """Write the tokens of an entry of the arena, which has so many words of bytes, and return how many are written then."""
        arena = self.arena
        stop = filled + arena[index + 1]
        index += 2 + words
        while filled < stop:
            pair = arena[index]
            out[filled] = i32(pair & 0xFFFFFFFF)
            out[filled + 1] = i32(pair >> 32)
            filled += 2
            index += 1
        return stop

    def _make_room(self, words: i64) -> None:
        """See that one more entry, and so many words of the arena, have room; begin again where they have none."""
        size = self.mask + 1
        if self.used * 2 >= size:
            if size < self.most:
                self._double(size)
            elif self.used * 4 >= size * 3:
                self.clear(size)
        if self.arena_used + words > i64(len(self.arena)):
            if i64(len(self.arena)) >= self.most * 4:
                self.clear(self.mask + 1)
            else:
                self._double_arena(words)

    def _double(self, size: i64) -> None:
        old = self.slots
        self.slots = vec[i64]([i64(0)] * (size * 8 + 8))
        self.mask = 2 * size - 1
        self.used = 0
        base = FIRST
        while base < FIRST + size * 4:
            if old[base + 1] != 0:
                self._put(old[base], old[base + 1], old[base + 2], old[base + 3])
            base += 4

    def _double_arena(self, words: i64) -> None:
        self.arena = copy_words(self.arena, 2 * i64(len(self.arena)) + words)


def _three(ids: vec[i32], count: i64) -> i64:
    second: i64 = 0
    if count > 3:
        second = i64(ids[3])
    if count > 4:
        second |= i64(ids[4]) << 20
    if count > 5:
        second |= i64(ids[5]) << 40
    return second
