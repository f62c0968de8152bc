"""From rank semantics to pair semantics and back, where the two agree.

A rank file says which tokens there are; it does not say which two tokens each was made of.
On a canonical vocabulary that follows: the last merge inside a token joins the two parts that merging by lower ranks leaves of it.
Where any token leaves more than two, there is no such list to recover, and the conversion is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heappop, heappush

from bpe.errors import CannotExpressError
from bpe.vocabulary import Merge, TokenId, Vocabulary


def recover_merges(vocabulary: Vocabulary) -> Vocabulary:
    """Return the vocabulary under pair semantics: each token's merge is of the parts that lower ranks leave of it.

    Clauses: M6, M7, F3.
    A vocabulary that has merges already is returned as it is.
    Raises `CannotExpressError` where a token is not made from two older tokens.

    >>> from bpe.vocabulary import single_bytes
    >>> ranks = Vocabulary(single_bytes() | {256: b"aa", 257: b"aab"}, whole_pre_token=True)
    >>> recover_merges(ranks).merges
    (Merge(left=97, right=97, result=256), Merge(left=256, right=98, result=257))
    """
    if vocabulary.merges is not None:
        return vocabulary
    ranks = dict(vocabulary.token_ids)
    merges: list[Merge] = []
    stuck: list[TokenId] = []
    for token_id, token in vocabulary.token_bytes.items():
        if len(token) == 1:
            continue
        parts = split_by_lower_ranks(token, ranks)
        if len(parts) == 2:
            merges.append(Merge(ranks[parts[0]], ranks[parts[1]], token_id))
        else:
            stuck.append(token_id)
    if stuck:
        raise _not_canonical(vocabulary, stuck)
    return vocabulary.with_changes(merges=tuple(merges), whole_pre_token=False)


def forget_merges(vocabulary: Vocabulary) -> Vocabulary:
    """Return the vocabulary under rank semantics with the whole-pre-token shortcut, as tiktoken has it.

    Clauses: M6, M7, F3.
    The inverse of `recover_merges`; a vocabulary without merges is returned as it is.
    Raises `CannotExpressError` where the ranks alone would merge differently.

    >>> from bpe.vocabulary import single_bytes
    >>> pairs = Vocabulary(single_bytes() | {256: b"aa"}, merges=(Merge(97, 97, 256),))
    >>> forget_merges(pairs).merges is None, recover_merges(forget_merges(pairs)) == pairs
    (True, True)
    """
    if vocabulary.merges is None:
        return vocabulary
    ranks_only = vocabulary.with_changes(merges=None, whole_pre_token=True)
    recovered = recover_merges(ranks_only).merges or ()
    if recovered != vocabulary.merges:
        raise _other_merges(vocabulary, vocabulary.merges, recovered)
    return ranks_only


def split_by_lower_ranks(token: bytes, ranks: Mapping[bytes, TokenId]) -> list[bytes]:
    """Return the parts that merging leaves of a token when only lower ranks than its own may merge.

    Clauses: M3, M6, R1.
    Takes O(n log n) steps for n bytes.

    >>> split_by_lower_ranks(b"aab", {b"aa": TokenId(256), b"ab": TokenId(257), b"aab": TokenId(258)})
    [b'aa', b'b']
    """
    size, limit = len(token), ranks[token]
    # Each part is known by where it starts: where it stops, and where the part before it starts; -1 marks no part.
    stops, before = list(range(1, size + 1)), list(range(-1, size - 1))
    queue: list[tuple[TokenId, int, int]] = []

    def offer(start: int, stop: int) -> None:
        rank = ranks.get(token[start:stop])
        if rank is not None and rank < limit:
            heappush(queue, (rank, start, stop))

    for start in range(size - 1):
        offer(start, start + 2)
    while queue:
        _, start, stop = heappop(queue)
        middle = stops[start]
        # subtle: an entry is stale unless two neighbouring parts still span it, whichever two they are.
        if middle in (-1, size) or stops[middle] != stop:
            continue
        stops[start], stops[middle] = stop, -1
        if stop < size:
            before[stop] = start
            offer(start, stops[stop])
        if start > 0:
            offer(before[start], stop)
    return [token[start:stop] for start, stop in enumerate(stops) if stop != -1]


def _not_canonical(vocabulary: Vocabulary, stuck: list[TokenId]) -> CannotExpressError:
    first = stuck[0]
    token = vocabulary.token_bytes[first]
    parts = split_by_lower_ranks(token, vocabulary.token_ids)
    return CannotExpressError(
        f"{len(stuck)} of {len(vocabulary.token_bytes)} tokens are not made from two older ones, "
        f"so ranks and merges do not agree on this vocabulary; the first is token {first}, {token!r}, "
        f"of which lower ranks leave {len(parts)} parts: {_shorten(parts)}",
        token=first,
    )


def _other_merges(
    vocabulary: Vocabulary, merges: tuple[Merge, ...], recovered: tuple[Merge, ...]
) -> CannotExpressError:
    rank = next((i for i, (a, b) in enumerate(zip(merges, recovered, strict=False)) if a != b), len(merges))
    has = _describe_merge(vocabulary, merges, rank)
    would_have = _describe_merge(vocabulary, recovered, rank)
    return CannotExpressError(
        f"the ids alone do not say how this vocabulary merges: merge {rank} is {has}, and would become {would_have}",
        rank=rank,
    )


def _describe_merge(vocabulary: Vocabulary, merges: tuple[Merge, ...], rank: int) -> str:
    if rank >= len(merges):
        return "none"
    merge = merges[rank]
    left, right = (vocabulary.token_bytes[part] for part in merge.pair)
    return f"{left!r} + {right!r} -> {merge.result}"


def _shorten(parts: list[bytes]) -> str:
    return ", ".join(repr(part) for part in parts[:8]) + (", …" if len(parts) > 8 else "")
