"""Merging one pre-token: short ones by looking for the least rank, long ones with a priority queue.

Stage: bytes of a pre-token to ids.
Layout: the tables of `pair_table`; ids are numbers of tokens, from 0 on without gaps.
Invariant: after each step the ids are those of the definition after as many merges (M3, M4): the least rank first, the leftmost of equals.
"""

from __future__ import annotations

from typing import Final

from librt.strings import read_i64_le
from librt.vecs import vec
from mypy_extensions import i32, i64

from bpe.engine.signals import let_signals_in

#: Up to this many bytes, looking for the least rank costs less than keeping a queue.
SHORT: Final[i64] = 48

# subtle: constants of 2 ** 62 and more are boxed at every use, so the multiplier stays below.
_MULTIPLIER: Final[i64] = 0x1E3779B97F4A7C15

#: Greater than every rank.
NONE: Final[i64] = 0x7FFFFFFF


def slot_of(left: i64, right: i64, mask: i64) -> i64:
    """Return the slot where the search for a pair begins."""
    return (((left << 21 | right) * _MULTIPLIER) >> 40) & mask


def find_rank(entries: vec[i64], mask: i64, left: i64, right: i64) -> i64:
    """Return the rank of a pair, or `NONE`."""
    key = left << 21 | right
    slot = slot_of(left, right, mask)
    while True:
        entry = entries[slot]
        if entry >> 21 == key:
            return entry & 0x1FFFFF
        if entry == -1:
            return NONE
        slot = (slot + 1) & mask


def merge_short(
    text: bytes,
    at: i64,
    size: i64,
    byte_ids: vec[i32],
    entries: vec[i64],
    mask: i64,
    results: vec[i32],
    ids: vec[i32],
    ranks: vec[i32],
) -> i64:
    """Merge the bytes from `at` on into `ids`, and return how many there are.

    `ranks[i]` is the rank of the pair that begins at `i`, and `ids` and `ranks` have room for `size + 1`.
    """
    left = i64(byte_ids[read_i64_le(text, at) & 0xFF])
    ids[0] = i32(left)
    index: i64 = 1
    while index < size:
        right = i64(byte_ids[read_i64_le(text, at + index) & 0xFF])
        ids[index] = i32(right)
        ranks[index - 1] = i32(find_rank(entries, mask, left, right))
        left = right
        index += 1
    count = size
    while count > 1:
        least = NONE
        best: i64 = 0
        index = 0
        while index < count - 1:
            rank = i64(ranks[index])
            if rank < least:
                least = rank
                best = index
            index += 1
        if least == NONE:
            break
        merged = i64(results[least])
        ids[best] = i32(merged)
        count -= 1
        index = best + 1
        while index < count:
            ids[index] = ids[index + 1]
            ranks[index - 1] = ranks[index]
            index += 1
        if best < count - 1:
            ranks[best] = i32(find_rank(entries, mask, merged, i64(ids[best + 1])))
        if best > 0:
            ranks[best - 1] = i32(find_rank(entries, mask, i64(ids[best - 1]), merged))
    return count


def merge_long(
    text: bytes,
    at: i64,
    size: i64,
    byte_ids: vec[i32],
    entries: vec[i64],
    mask: i64,
    results: vec[i32],
    ids: vec[i32],
) -> i64:
    """Merge the bytes from `at` on into `ids`, in O(n log n), and return how many there are.

    The queue holds `rank << 32 | position` of each pair that may merge; an entry whose pair has changed is *stale* and skipped.
    Each merge takes one entry and adds at most two, so the queue never holds more than `2 * size`.
    """
    following = vec[i32]([i32(0)] * size)
    preceding = vec[i32]([i32(0)] * size)
    ranks = vec[i32]([i32(0)] * size)
    queue = vec[i64]([i64(0)] * (2 * size))
    queued: i64 = 0
    index: i64 = 0
    while index < size:
        ids[index] = byte_ids[read_i64_le(text, at + index) & 0xFF]
        following[index] = i32(index + 1)
        preceding[index] = i32(index - 1)
        index += 1
    index = 0
    while index < size - 1:
        rank = find_rank(entries, mask, i64(ids[index]), i64(ids[index + 1]))
        ranks[index] = i32(rank)
        if rank != NONE:
            queue[queued] = rank << 32 | index
            queued += 1
        index += 1
    ranks[size - 1] = i32(NONE)
    index = queued // 2 - 1
    while index >= 0:
        _sift_down(queue, index, queued, queue[index])
        index -= 1
    steps: i64 = 0
    while queued:
        steps += 1
        if steps & 0xFFFFF == 0:
            let_signals_in()
        key = queue[0]
        rank = key >> 32
        index = key & 0xFFFFFFFF
        queued -= 1
        if queued:
            _sift_down(queue, 0, queued, queue[queued])
        if i64(ranks[index]) != rank:
            continue
        absorbed = i64(following[index])
        after = i64(following[absorbed])
        merged = i64(results[rank])
        ids[index] = i32(merged)
        ids[absorbed] = -1
        ranks[absorbed] = i32(NONE)
        following[index] = i32(after)
        rank = NONE
        if after < size:
            preceding[after] = i32(index)
            rank = find_rank(entries, mask, merged, i64(ids[after]))
            if rank != NONE:
                _sift_up(queue, queued, rank << 32 | index)
                queued += 1
        ranks[index] = i32(rank)
        before = i64(preceding[index])
        if before >= 0:
            rank = find_rank(entries, mask, i64(ids[before]), merged)
            ranks[before] = i32(rank)
            if rank != NONE:
                _sift_up(queue, queued, rank << 32 | before)
                queued += 1
    count: i64 = 0
    index = 0
    while index < size:
        if ids[index] >= 0:
            ids[count] = ids[index]
            count += 1
        index += 1
    return count


def _sift_down(queue: vec[i64], hole: i64, size: i64, key: i64) -> None:
    """Put a key into the heap of `size` entries, from `hole` downwards."""
    child = 2 * hole + 1
    while child < size:
        least = queue[child]
        if child + 1 < size and queue[child + 1] < least:
            child += 1
            least = queue[child]
        if key <= least:
            break
        queue[hole] = least
        hole = child
        child = 2 * hole + 1
    queue[hole] = key


def _sift_up(queue: vec[i64], hole: i64, key: i64) -> None:
    """Put a key into the heap, from `hole` upwards."""
    while hole:
        parent = (hole - 1) >> 1
        if queue[parent] <= key:
            break
        queue[hole] = queue[parent]
        hole = parent
    queue[hole] = key
