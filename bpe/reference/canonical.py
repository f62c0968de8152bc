"""Canonical vocabularies: those on which ranks and merges say the same.

Under rank semantics, the *parts* of a token are what merging leaves of its bytes when only tokens with lesser ids may be made.
Where each token has two parts, these and the token are a merge, and all of them by the ids of their tokens are the list that is *recovered*.
A vocabulary is *canonical* if there is such a list and, under pair semantics, it is its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bpe.reference.merges import merge_by_ranks, merge_piece
from bpe.vocabulary import Merge, TokenId, Vocabulary


def is_well_founded(merges: Sequence[Merge]) -> bool:
    """Tell whether each merge makes an id of its own, after all merges that make its parts.

    Clauses: M5, V4.

    >>> is_well_founded([Merge(97, 98, 256), Merge(256, 97, 257)]), is_well_founded([Merge(256, 97, 257), Merge(97, 98, 256)])
    (True, False)
    """
    made_at = {merge.result: rank for rank, merge in enumerate(merges)}
    if len(made_at) < len(merges):
        return False
    return all(made_at.get(part, -1) < rank for rank, merge in enumerate(merges) for part in merge.pair)


def is_self_encoding(token_id: TokenId, vocabulary: Vocabulary) -> bool:
    """Tell whether a token's bytes, merged alone, give that token.

    Clauses: M7, M10, T8.

    >>> from bpe.vocabulary import single_bytes
    >>> v = Vocabulary(single_bytes() | {256: b"aab"})  # neither aa nor ab is a token: nothing leads to aab
    >>> is_self_encoding(97, v), is_self_encoding(256, v)
    (True, False)
    """
    return merge_piece(vocabulary.token_bytes[token_id], vocabulary) == [token_id]


def parts_of(token_id: TokenId, token_bytes: Mapping[TokenId, bytes]) -> list[TokenId]:
    """Return what merging leaves of a token's bytes when only tokens with lesser ids may be made.

    Clauses: M6.

    >>> parts_of(257, {97: b"a", 98: b"b", 256: b"aa", 257: b"aab"})
    [256, 98]
    """
    allowed = {token: number for number, token in token_bytes.items() if number < token_id or len(token) == 1}
    return merge_by_ranks(token_bytes[token_id], allowed)


def recovered_merges(token_bytes: Mapping[TokenId, bytes]) -> tuple[Merge, ...] | None:
    """Return the list of merges that the ranks imply, by the ids of the tokens, or `None` where a token has other than two parts.

    Clauses: M6, F3.

    >>> recovered_merges({97: b"a", 98: b"b", 256: b"ab", 257: b"aab"})
    (Merge(left=97, right=98, result=256), Merge(left=97, right=256, result=257))
    >>> recovered_merges({97: b"a", 98: b"b", 256: b"aab"}) is None
    True
    """
    longer = sorted(token_id for token_id, token in token_bytes.items() if len(token) > 1)
    parts = [parts_of(token_id, token_bytes) for token_id in longer]
    if any(len(row) != 2 for row in parts):
        return None
    return tuple(Merge(left, right, token_id) for token_id, (left, right) in zip(longer, parts, strict=True))


def is_canonical_vocabulary(vocabulary: Vocabulary) -> bool:
    """Tell whether ranks and merges say the same: whether there is a list to recover, and it is the vocabulary's own.

    Clauses: M6, M7, T8.
    That every token encodes to itself is not enough, because a token can have two merges.

    >>> from bpe.vocabulary import single_bytes
    >>> is_canonical_vocabulary(Vocabulary(single_bytes() | {256: b"aa"}, (Merge(97, 97, 256),)))
    True
    >>> is_canonical_vocabulary(Vocabulary(single_bytes() | {256: b"aa"}, ()))
    False
    """
    recovered = recovered_merges(vocabulary.token_bytes)
    return recovered is not None and vocabulary.merges in (None, recovered)
