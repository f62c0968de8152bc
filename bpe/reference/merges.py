"""Merging: from the bytes of one pre-token to its token ids.

There are two ways to say which pairs may merge.
*Pair semantics* (GPT-2): a list of pairs, the earlier the more urgent.
*Rank semantics* (tiktoken): two neighbours may merge if their joined bytes are a token; the least id is the most urgent.
Either way the rule is the same: lowest rank first, leftmost on ties, until nothing applies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from bpe.reference.pair_statistics import pairs_of
from bpe.vocabulary import Merge, TokenId, Vocabulary

Symbol = TypeVar("Symbol")


def apply_merge(ids: Sequence[TokenId], merge: Merge) -> list[TokenId]:
    """Replace every occurrence of a pair by the merged id, left to right without overlap.

    Clauses: M1, M2.

    >>> apply_merge([97, 97, 97], Merge(97, 97, 256))
    [256, 97]
    """
    merged: list[TokenId] = []
    position = 0
    while position < len(ids):
        if tuple(ids[position : position + 2]) == merge.pair:
            merged.append(merge.result)
            position += 2
        else:
            merged.append(ids[position])
            position += 1
    return merged


def merge_lowest_rank(
    symbols: Sequence[Symbol],
    rank_of: Callable[[Symbol, Symbol], int | None],
    join: Callable[[Symbol, Symbol], Symbol],
) -> list[Symbol]:
    """Merge the pair of lowest rank, leftmost on ties, and look again, until no pair has a rank.

    Clauses: M3, M4.

    >>> merge_lowest_rank("abab", lambda a, b: 0 if (a, b) == ("a", "b") else None, lambda a, b: a + b)
    ['ab', 'ab']
    """
    row = list(symbols)
    while True:
        ranked = [
            (rank, index) for index in range(len(row) - 1) if (rank := rank_of(row[index], row[index + 1])) is not None
        ]
        if not ranked:
            return row
        _, index = min(ranked)  # the lowest rank; among equals the least index, which is the leftmost
        row[index : index + 2] = [join(row[index], row[index + 1])]


def merge_by_pairs(piece: bytes, byte_ids: Mapping[bytes, TokenId], merges: Sequence[Merge]) -> list[TokenId]:
    """Return the ids of one pre-token under pair semantics.

    Clauses: M3, M4, M6.

    >>> merge_by_pairs(b"aaa", {b"a": 97}, [Merge(97, 97, 256)])
    [256, 97]
    """
    by_pair = {merge.pair: (rank, merge.result) for rank, merge in enumerate(merges)}
    return merge_lowest_rank(
        [byte_ids[bytes([value])] for value in piece],
        lambda left, right: by_pair.get((left, right), (None, None))[0],
        lambda left, right: by_pair[left, right][1],
    )


def merge_by_ranks(piece: bytes, token_ids: Mapping[bytes, TokenId]) -> list[TokenId]:
    """Return the ids of one pre-token under rank semantics, where the id is the rank.

    Clauses: M3, M4, M6.

    >>> merge_by_ranks(b"aaa", {b"a": 97, b"aa": 256})
    [256, 97]
    """
    parts = merge_lowest_rank(
        [bytes([value]) for value in piece],
        lambda left, right: token_ids.get(left + right),
        lambda left, right: left + right,
    )
    return [token_ids[part] for part in parts]


def merge_all_by_pairs(piece: bytes, byte_ids: Mapping[bytes, TokenId], merges: Sequence[Merge]) -> list[TokenId]:
    """Return the ids of one pre-token by applying each merge of the list once, everywhere, in rank order.

    Clauses: M5.
    On a well-founded list, in which each part ranks below the whole, this equals `merge_by_pairs`.

    >>> merge_all_by_pairs(b"aaa", {b"a": 97}, [Merge(97, 97, 256)])
    [256, 97]
    """
    ids = [byte_ids[bytes([value])] for value in piece]
    for merge in merges:
        ids = apply_merge(ids, merge)
    return ids


def merge_piece(piece: bytes, vocabulary: Vocabulary) -> list[TokenId]:
    """Return the ids of one pre-token by merging alone, under the vocabulary's semantics.

    Clauses: M3, M6.

    >>> from bpe.vocabulary import single_bytes
    >>> merge_piece(b"aa", Vocabulary(single_bytes() | {256: b"aa"}))
    [256]
    """
    if vocabulary.merges is None:
        return merge_by_ranks(piece, vocabulary.token_ids)
    return merge_by_pairs(piece, vocabulary.token_ids, vocabulary.merges)


def is_normal_form(ids: Sequence[TokenId], vocabulary: Vocabulary) -> bool:
    """Tell whether no two neighbours could merge.

    Clauses: M4.

    >>> from bpe.vocabulary import single_bytes
    >>> is_normal_form([97, 97], Vocabulary(single_bytes() | {256: b"aa"}))
    False
    """
    if vocabulary.merges is None:
        token_bytes = vocabulary.token_bytes
        return not any(token_bytes[left] + token_bytes[right] in vocabulary.token_ids for left, right in pairs_of(ids))
    mergeable = {merge.pair for merge in vocabulary.merges}
    return not any(pair in mergeable for pair in pairs_of(ids))
