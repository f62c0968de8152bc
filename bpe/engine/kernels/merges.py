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

from bpe.engine.kernels.pair_ranks import NONE, find_rank
from bpe.engine.signals import let_signals_in

#: Up to this many bytes, at most as many as there are places, looking for the least rank costs less than keeping a queue.
SHORT: Final[i64] = 48

#: A *key* is a rank and behind it a place in a short pre-token, in so many bits: the least key is the leftmost pair of the least rank.
PLACE_BITS: Final[i64] = 6
_PLACE: Final[i64] = (1 << PLACE_BITS) - 1


def result_of(results: vec[i32], rank: i64) -> i64:
    """Return the token that the pair of a rank makes; where there are no results, it is the token of that number."""
    if len(results):
        return i64(results[rank])
    return rank


def merge_short(
    text: bytes,
    at: i64,
    size: i64,
    byte_ids: vec[i32],
    byte_pairs: vec[i32],
    entries: vec[i64],
    mask: i64,
    results: vec[i32],
    ids: vec[i32],
    keys: vec[i32],
) -> i64:
    """Merge the bytes from `at` on into `ids`, and return how many there are.

    `byte_pairs` has the rank of each two bytes, with room for a place behind it.
    `keys[i]` is the key of the pair that begins at `i`, and `ids` and `keys` have room for `size + 1`.
    """
    left = read_i64_le(text, at) & 0xFF
    ids[0] = byte_ids[left]
    index: i64 = 1
    while index < size:
        right = read_i64_le(text, at + index) & 0xFF
        ids[index] = byte_ids[right]
        keys[index - 1] = byte_pairs[left << 8 | right] | i32(index - 1)
        left = right
        index += 1
    count = size
    while count > 1:
        # subtle: one word to compare, so that the compiler needs no branch, which could not be foreseen.
        least = NONE << PLACE_BITS
        index = 0
        while index < count - 1:
            least = min(least, i64(keys[index]))
            index += 1
        if least == NONE << PLACE_BITS:
            break
        best = least & _PLACE
        merged = result_of(results, least >> PLACE_BITS)
        ids[best] = i32(merged)
        count -= 1
        index = best + 1
        while index < count:
            ids[index] = ids[index + 1]
            keys[index - 1] = keys[index] - 1
            index += 1
        if best < count - 1:
            keys[best] = i32(find_rank(entries, mask, merged, i64(ids[best + 1])) << PLACE_BITS | best)
        if best > 0:
            best -= 1
            keys[best] = i32(find_rank(entries, mask, i64(ids[best]), merged) << PLACE_BITS | best)
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

    Each position has four words that are used together and lie together: its id, the positions after and before it, and the rank of the pair that begins there.
    The queue holds `rank << 32 | position` of each pair that may merge; an entry whose pair has changed is *stale* and skipped.
    Each merge takes one entry and adds at most two, so the queue never holds more than `2 * size`.
    """
    nodes = vec[i32]([i32(0)] * (4 * size))
    queue = vec[i64]([i64(0)] * (2 * size))
    index: i64 = 0
    while index < size:
        node = 4 * index
        nodes[node] = byte_ids[read_i64_le(text, at + index) & 0xFF]
        nodes[node + 1] = i32(index + 1)
        nodes[node + 2] = i32(index - 1)
        nodes[node + 3] = i32(NONE)
        index += 1
    queued = _fill_queue(queue, nodes, size, entries, mask)
    steps: i64 = 0
    while queued:
        steps += 1
        if steps & 0xFFFFF == 0:
            let_signals_in()
        key = queue[0]
        queued -= 1
        if queued:
            _sift_down(queue, 0, queued, queue[queued])
        rank = key >> 32
        index = key & 0xFFFFFFFF
        node = 4 * index
        if i64(nodes[node + 3]) != rank:
            continue
        absorbed = 4 * i64(nodes[node + 1])
        after = i64(nodes[absorbed + 1])
        before = i64(nodes[node + 2])
        merged = result_of(results, rank)
        nodes[node] = i32(merged)
        nodes[node + 1] = i32(after)
        nodes[absorbed] = -1
        nodes[absorbed + 3] = i32(NONE)
        rank = NONE
        if after < size:
            nodes[4 * after + 2] = i32(index)
            rank = find_rank(entries, mask, merged, i64(nodes[4 * after]))
            if rank != NONE:
                _sift_up(queue, queued, rank << 32 | index)
                queued += 1
        nodes[node + 3] = i32(rank)
        if before >= 0:
            rank = find_rank(entries, mask, i64(nodes[4 * before]), merged)
            nodes[4 * before + 3] = i32(rank)
            if rank != NONE:
                _sift_up(queue, queued, rank << 32 | before)
                queued += 1
    return _collect(nodes, size, ids)


def _fill_queue(queue: vec[i64], nodes: vec[i32], size: i64, entries: vec[i64], mask: i64) -> i64:
    """Enter each pair of neighbours that may merge, make a heap of them, and return how many there are."""
    queued: i64 = 0
    index: i64 = 0
    while index < size - 1:
        rank = find_rank(entries, mask, i64(nodes[4 * index]), i64(nodes[4 * index + 4]))
        nodes[4 * index + 3] = i32(rank)
        if rank != NONE:
            queue[queued] = rank << 32 | index
            queued += 1
        index += 1
    index = (queued - 2) >> 2  # the last that has a child
    while index >= 0:
        _sift_down(queue, index, queued, queue[index])
        index -= 1
    return queued


def _collect(nodes: vec[i32], size: i64, ids: vec[i32]) -> i64:
    """Write the ids that are left, and return how many there are."""
    count: i64 = 0
    index: i64 = 0
    while index < size:
        if nodes[4 * index] >= 0:
            ids[count] = nodes[4 * index]
            count += 1
        index += 1
    return count


def _sift_down(queue: vec[i64], hole: i64, size: i64, key: i64) -> None:
    """Put a key into the heap of `size` entries, from `hole` downwards.

    Four children each: half the levels of two, and what is compared lies together.
    """
    child = 4 * hole + 1
    while child < size:
        last = min(child + 4, size)
        least = queue[child]
        best = child
        child += 1
        while child < last:
            if queue[child] < least:
                least = queue[child]
                best = child
            child += 1
        if key <= least:
            break
        queue[hole] = least
        hole = best
        child = 4 * hole + 1
    queue[hole] = key


def _sift_up(queue: vec[i64], hole: i64, key: i64) -> None:
    """Put a key into the heap, from `hole` upwards."""
    while hole:
        parent = (hole - 1) >> 2
        if queue[parent] <= key:
            break
        queue[hole] = queue[parent]
        hole = parent
    queue[hole] = key
