"""The rank of each pair of tokens: a filter that knows most pairs that are none, and a table of those that are.

Stage: asked by merging, at each merge for the two pairs that it makes.
Layout: one row of words, `entries`, for a table of `mask + 1` slots: first the filter, a bit at a place that the pair's hash gives, a word for eight slots; then the slots, `left << 42 | right << 21 | rank` each, -1 where empty.
Invariant: `find_rank` gives the rank with which a pair was entered, and `NONE` for any other pair; a set bit of the filter says nothing.

Most pairs that are asked for are none.
The filter is small enough to stay in the processor's cache, which the slots of a large vocabulary are not, and so these may be close together.
"""

from __future__ import annotations

from typing import Final

from librt.vecs import vec
from mypy_extensions import i64

#: Greater than every rank, and so small that it has room in 31 bits with a place behind it.
NONE: Final[i64] = 0x1FFFFFF

# subtle: constants of 2 ** 62 and more are boxed at every use, so the multiplier stays below.
_MULTIPLIER: Final[i64] = 0x1E3779B97F4A7C15

_LEAST: Final[i64] = 256


def slots_for(pairs: i64) -> i64:
    """Return how many slots a table of so many pairs has: at least a fifth of them stay empty."""
    size = _LEAST
    while size * 4 < pairs * 5:
        size *= 2
    return size


def empty_entries(size: i64) -> vec[i64]:
    """Return the row of a table of `size` slots, a power of two, without pairs."""
    entries = vec[i64]([i64(-1)] * ((size >> 3) + size))
    index: i64 = 0
    while index < size >> 3:
        entries[index] = 0
        index += 1
    return entries


def first_slot(mask: i64) -> i64:
    """Return where the slots begin."""
    return (mask >> 3) + 1


def find_rank(entries: vec[i64], mask: i64, left: i64, right: i64) -> i64:
    """Return the rank of a pair, or `NONE`."""
    mixed = _mix(left, right)
    if (entries[(mixed >> 6) & (mask >> 3)] >> (mixed & 63)) & 1 == 0:
        return NONE
    pair = left << 21 | right
    slot = (mixed >> 16) & mask
    while True:
        entry = entries[first_slot(mask) + slot]
        if entry >> 21 == pair:
            return entry & 0x1FFFFF
        if entry == -1:
            return NONE
        slot = (slot + 1) & mask


def insert_rank(entries: vec[i64], mask: i64, left: i64, right: i64, rank: i64) -> i64:
    """Enter a pair that is not in the table, which has a free slot; return how many taken ones were passed."""
    mixed = _mix(left, right)
    bit: i64 = 1
    bit <<= mixed & 63
    word = (mixed >> 6) & (mask >> 3)
    entries[word] = entries[word] | bit
    slot = (mixed >> 16) & mask
    steps: i64 = 0
    while entries[first_slot(mask) + slot] != -1:
        slot = (slot + 1) & mask
        steps += 1
    entries[first_slot(mask) + slot] = left << 42 | right << 21 | rank
    return steps


def _mix(left: i64, right: i64) -> i64:
    """Return a hash: six bits choose the bit of the filter, those from the sixth on its word, and those from the 16th on the slot."""
    return ((left << 21 | right) * _MULTIPLIER) >> 24
