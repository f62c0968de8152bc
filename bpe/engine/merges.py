"""Merging in O(n log n): a priority queue of pairs, and links between neighbours.

The definition looks at every pair again after each merge.
Here each pair that may merge is in the queue once, keyed by (rank, position); a merge adds at most two pairs and never searches.
Entries whose pair has changed since are *stale*, and are skipped when they come up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from heapq import heapify, heappop, heappush

from bpe.vocabulary import TokenId, Vocabulary

#: Merges one pre-token.
MergePiece = Callable[[bytes], list[TokenId]]

#: Up to this many bytes, looking at all pairs again costs less than keeping a queue.
_SHORT = 24

#: Queue keys are `rank << 32 | position`: ranks and positions both fit 32 bits.
_POSITION_BITS = 32
_POSITION_MASK = (1 << _POSITION_BITS) - 1


def compile_merger(vocabulary: Vocabulary) -> MergePiece:
    """Return the function that merges one pre-token under the vocabulary's semantics.

    Clauses: M3, M4, M6, E9, R1.
    Equals `reference.merges.merge_piece`.

    >>> from bpe.vocabulary import single_bytes
    >>> compile_merger(Vocabulary(single_bytes() | {256: b"aa"}))(b"aaa")
    [256, 97]
    """
    token_ids = vocabulary.token_ids
    byte_ids = [token_ids[bytes([value])] for value in range(256)]
    rank_of, result_of = _pair_functions(vocabulary)

    def merge_piece(piece: bytes) -> list[TokenId]:
        ids = [byte_ids[value] for value in piece]
        if len(ids) <= _SHORT:
            return _merge_short(ids, rank_of, result_of)
        return _merge_long(ids, rank_of, result_of)

    return merge_piece


RankOf = Callable[[TokenId, TokenId], int | None]
ResultOf = Callable[[int], TokenId]


def _pair_functions(vocabulary: Vocabulary) -> tuple[RankOf, ResultOf]:
    """Return what both semantics come down to: the rank of a pair of ids, and the id that a rank makes."""
    if vocabulary.merges is None:
        token_bytes, token_ids = dict(vocabulary.token_bytes), dict(vocabulary.token_ids)
        # The id is the rank, so the result of a rank is the rank itself.
        return lambda left, right: token_ids.get(token_bytes[left] + token_bytes[right]), TokenId
    ranks: Mapping[tuple[TokenId, TokenId], int] = {m.pair: rank for rank, m in enumerate(vocabulary.merges)}
    results = [merge.result for merge in vocabulary.merges]
    return lambda left, right: ranks.get((left, right)), results.__getitem__


def _merge_short(ids: list[TokenId], rank_of: RankOf, result_of: ResultOf) -> list[TokenId]:
    """Merge a short list in place: find the least rank, merge, and renew the ranks beside it."""
    none = 1 << 63  # greater than every rank
    ranks = [none if (rank := rank_of(ids[i], ids[i + 1])) is None else rank for i in range(len(ids) - 1)]
    while ranks and (least := min(ranks)) != none:
        index = ranks.index(least)  # the leftmost
        ids[index : index + 2] = [result_of(least)]
        del ranks[index]
        if index < len(ranks):
            rank = rank_of(ids[index], ids[index + 1])
            ranks[index] = none if rank is None else rank
        if index:
            rank = rank_of(ids[index - 1], ids[index])
            ranks[index - 1] = none if rank is None else rank
    return ids


def _merge_long(ids: list[TokenId], rank_of: RankOf, result_of: ResultOf) -> list[TokenId]:
    """Merge a list of any length: pairs in a queue, neighbours linked, absorbed positions marked by -1."""
    size = len(ids)
    following = list(range(1, size + 1))
    preceding = list(range(-1, size - 1))
    # The rank of the pair that begins at each position, or -1: tells a live entry of the queue from a stale one.
    ranks = [-1 if (rank := rank_of(ids[i], ids[i + 1])) is None else rank for i in range(size - 1)] + [-1]
    queue = [rank << _POSITION_BITS | position for position, rank in enumerate(ranks) if rank >= 0]
    heapify(queue)
    while queue:
        key = heappop(queue)
        rank, position = key >> _POSITION_BITS, key & _POSITION_MASK
        if ranks[position] != rank:
            continue
        absorbed = following[position]
        after = following[absorbed]
        ids[position] = result_of(rank)
        ids[absorbed] = TokenId(-1)
        ranks[absorbed] = -1
        following[position] = after
        ranks[position] = -1
        if after < size:
            preceding[after] = position
            new_rank = rank_of(ids[position], ids[after])
            if new_rank is not None:
                ranks[position] = new_rank
                heappush(queue, new_rank << _POSITION_BITS | position)
        before = preceding[position]
        if before >= 0:
            new_rank = rank_of(ids[before], ids[position])
            ranks[before] = -1 if new_rank is None else new_rank
            if new_rank is not None:
                heappush(queue, new_rank << _POSITION_BITS | before)
    return [token_id for token_id in ids if token_id >= 0]
