"""Pair statistics: how often each pair of neighbouring ids occurs.

Counts are of overlapping positions: in `a a a` the pair `(a, a)` occurs twice, although only one merge fits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from bpe.vocabulary import Pair, TokenId


def pairs_of(ids: Sequence[TokenId]) -> list[Pair]:
    """Return the pairs of neighbours, from left to right.

    Clauses: T11.

    >>> pairs_of([1, 2, 3])
    [(1, 2), (2, 3)]
    """
    return list(pairwise(ids))


def count_pairs(sequences: Iterable[tuple[Sequence[TokenId], int]]) -> dict[Pair, int]:
    """Return each pair's count over sequences of ids, each weighted by how often it occurs.

    Clauses: T2, T11.
    Pairs stand in the order in which they are first met.

    >>> count_pairs([([97, 97, 97, 98], 1), ([97, 97], 10)])
    {(97, 97): 12, (97, 98): 1}
    """
    counts: dict[Pair, int] = {}
    for ids, weight in sequences:
        for pair in pairs_of(ids):
            counts[pair] = counts.get(pair, 0) + weight
    return counts


def count_pre_tokens(texts: Iterable[Iterable[str]]) -> dict[str, int]:
    """Return how often each pre-token occurs in texts that are cut into pre-tokens.

    Clauses: T12.
    Pre-tokens stand in the order in which they are first met.
    Counting a list of texts is adding up the counts of its parts, however it is cut.

    >>> count_pre_tokens([["ab", " ab"], ["ab"]])
    {'ab': 2, ' ab': 1}
    """
    counts: dict[str, int] = {}
    for pre_tokens in texts:
        for pre_token in pre_tokens:
            counts[pre_token] = counts.get(pre_token, 0) + 1
    return counts


def add_counts(first: Mapping[str, int], second: Mapping[str, int]) -> dict[str, int]:
    """Return the sum of two pre-token counts.

    Clauses: T12.

    >>> add_counts({"a": 1}, {"b": 2, "a": 3})
    {'a': 4, 'b': 2}
    """
    total = dict(first)
    for pre_token, count in second.items():
        total[pre_token] = total.get(pre_token, 0) + count
    return total
