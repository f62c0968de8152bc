"""The pre-tokens met so far with their ids: a bounded table that answers exactly.

Stage: between the pre-split and merging; most pre-tokens of a text have been merged before.
Layout: a slot is four words in one row: bytes 0 to 7; bytes 8 to 14 and the length in the highest byte; `count << 60` and three ids of 20 bits; three more ids.
A pre-token of 16 bytes or more, or of more than six ids, has its contents in the arena, and its slot says where.
Invariant: an entry answers only for the bytes that it holds whole, never for a hash (E9).

Bounds: the row doubles up to `most` slots, at most three quarters full; then table and arena are emptied, and fill again (R2, R3).
A search looks at no more than `PROBES` slots; a pre-token that finds them taken is merged each time, so keys that collide cost what unknown words cost.
"""

from __future__ import annotations

from typing import Final, final

from librt.vecs import vec
from mypy_extensions import i64

#: How many slots a search looks at.
PROBES: Final[i64] = 16

#: The table begins with this many slots.
_LEAST: Final[i64] = 1 << 12

# subtle: the header of a row and of a large allocation end 24 bytes before a multiple of 32, so slots that
# begin at the third word do not lie across two cache lines.
FIRST: Final[i64] = 3

_MULTIPLIER: Final[i64] = 0x1E3779B97F4A7C15
_MULTIPLIER_2: Final[i64] = 0x2545F4914F6CDD1D


def hash_of(low: i64, high: i64) -> i64:
    """Return a hash whose bits from 40 on are good."""
    mixed = low * _MULTIPLIER + high * _MULTIPLIER_2
    return mixed ^ (mixed >> 29)


@final
class PreTokenTable:
    """The slots, and how full they are."""

    def __init__(self, most: int) -> None:
        self.most: i64 = max(_LEAST, i64(most))
        self.slots: vec[i64] = _empty(_LEAST)
        self.mask: i64 = _LEAST - 1
        self.used: i64 = 0

    def insert(self, low: i64, high: i64, first: i64, second: i64) -> None:
        """Enter a pre-token that is not in the table; nothing happens where `PROBES` slots are taken."""
        if self.used * 4 >= self.mask * 2:
            self._make_room()
        if self._put(low, high, first, second):
            self.used += 1

    def _put(self, low: i64, high: i64, first: i64, second: i64) -> bool:
        slots = self.slots
        slot = (hash_of(low, high) >> 32) & self.mask
        tries = PROBES
        while tries:
            base = FIRST + slot * 4
            if slots[base + 1] == 0:
                slots[base] = low
                slots[base + 1] = high
                slots[base + 2] = first
                slots[base + 3] = second
                return True
            slot = (slot + 1) & self.mask
            tries -= 1
        return False

    def _make_room(self) -> None:
        size = self.mask + 1
        if size < self.most:
            self._double(size)
        elif self.used * 4 >= self.mask * 3:
            self.slots = _empty(size)
            self.used = 0

    def _double(self, size: i64) -> None:
        old = self.slots
        self.slots = _empty(2 * size)
        self.mask = 2 * size - 1
        self.used = 0
        base = FIRST
        while base < FIRST + size * 4:
            if old[base + 1] != 0 and self._put(old[base], old[base + 1], old[base + 2], old[base + 3]):
                self.used += 1
            base += 4


def _empty(slots: i64) -> vec[i64]:
    return vec[i64]([i64(0)] * (slots * 4 + 8))
