"""Special tokens, merging and training in the plainest way: what the properties expect, by nothing that is under test.

Each function follows the sentence of a clause; speed is of no account, because cases are small.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import pairwise
from typing import Final

from bpe.conformance.model import IdMerge, Model, TieBreak
from bpe.conformance.protocol_training import PairCounts

_MERGED: Final = -1


# --- special tokens ------------------------------------------------------------------------------


def occurrences(text: str, tokens: Collection[str]) -> list[tuple[int, str]]:
    """Return every occurrence of every token, overlapping ones too: leftmost first, then longest.

    >>> occurrences("<a><a>", ["<a>", "><"])
    [(0, '<a>'), (2, '><'), (3, '<a>')]
    """
    found = [(index, token) for token in tokens for index in range(len(text)) if text.startswith(token, index)]
    return sorted(found, key=lambda occurrence: (occurrence[0], -len(occurrence[1])))


def scan(text: str, allowed: Collection[str]) -> list[tuple[bool, str]]:
    """Cut a text into the special tokens that the scan takes (`True`) and the text between them (`False`).

    >>> scan("a<b>c", ["<b>", "<"])
    [(False, 'a'), (True, '<b>'), (False, 'c')]
    """
    spans: list[tuple[bool, str]] = []
    position = 0
    for index, token in occurrences(text, allowed):
        if index >= position:
            spans += [(False, text[position:index]), (True, token)]
            position = index + len(token)
    spans.append((False, text[position:]))
    return [span for span in spans if span[1]]


# --- merging -------------------------------------------------------------------------------------


def merge_of(model: Model) -> Callable[[int, int], tuple[int, int] | None]:
    """Return the function that gives the rank and the result of the merge of two ids, or `None` where they have none.

    >>> from bpe.conformance.model import BYTES
    >>> merge = merge_of(Model(BYTES | {256: b"aa"}))
    >>> merge(97, 97), merge(97, 98)
    ((256, 256), None)
    """
    if model.merges is not None:
        ranks = {(left, right): (rank, result) for rank, (left, right, result) in enumerate(model.merges)}
        return lambda left, right: ranks.get((left, right))

    def by_bytes(left: int, right: int) -> tuple[int, int] | None:
        joined = model.ids.get(model.tokens[left] + model.tokens[right])
        return None if joined is None else (joined, joined)

    return by_bytes


def merge_alone(model: Model, piece: bytes) -> list[int]:
    """Return the ids of one pre-token by merging alone: lowest rank first, leftmost among equals, and look again.

    >>> from bpe.conformance.model import BYTES
    >>> merge_alone(Model(BYTES | {256: b"aa"}), b"aaa")
    [256, 97]
    """
    merge = merge_of(model)
    row = [model.ids[bytes([value])] for value in piece]
    while True:
        found = [(merged[0], index, merged[1]) for index, pair in enumerate(pairwise(row)) if (merged := merge(*pair))]
        if not found:
            return row
        _, index, result = min(found)
        row[index : index + 2] = [result]


def merge_everywhere(row: Sequence[int], merge: IdMerge) -> list[int]:
    """Return a row of ids with every occurrence of a pair merged at once, left to right without overlap.

    >>> merge_everywhere([1, 1, 1], (1, 1, 2))
    [2, 1]
    """
    left, right, result = merge
    merged: list[int] = []
    for token_id in row:
        if merged and merged[-1] == left and token_id == right:
            merged[-1] = _MERGED  # not the result yet, which could be a left part again
        else:
            merged.append(token_id)
    return [result if token_id == _MERGED else token_id for token_id in merged]


def boundaries(model: Model, ids: Sequence[int]) -> list[int]:
    """Return where tokens begin and end in the bytes, 0 and the length included.

    >>> from bpe.conformance.model import BYTES
    >>> boundaries(Model(BYTES), [97, 97])
    [0, 1, 2]
    """
    positions = [0]
    for token_id in ids:
        positions.append(positions[-1] + len(model.tokens[token_id]))
    return positions


# --- training ------------------------------------------------------------------------------------


def count_pairs(rows: Sequence[tuple[Sequence[int], int]]) -> dict[tuple[int, int], int]:
    """Return the weighted count of each pair, overlapping occurrences included, in the order of first occurrence.

    >>> count_pairs([([1, 1, 1], 2)])
    {(1, 1): 4}
    """
    counts: dict[tuple[int, int], int] = {}
    for row, weight in rows:
        for pair in pairwise(row):
            counts[pair] = counts.get(pair, 0) + weight
    return counts


def preferred_pair(counts: PairCounts, model: Model, tie_break: TieBreak) -> tuple[int, int]:
    """Return the pair of highest count that a tie-break prefers.

    >>> from bpe.conformance.model import BYTES
    >>> preferred_pair({(98, 98): 2, (97, 98): 2}, Model(BYTES), "smallest-pair")
    (97, 98)
    """
    best = [pair for pair, count in counts.items() if count == max(counts.values())]
    if tie_break == "smallest-pair":
        best.sort()
    if tie_break == "largest-bytes":
        best.sort(key=lambda pair: [model.tokens[part] for part in pair], reverse=True)
    return best[0]
