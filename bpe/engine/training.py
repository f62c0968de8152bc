"""Training with pair counts kept up to date: each step costs what it changes, not what there is.

All distinct pre-tokens stand one after the other in one row of ids, with links from each id to its neighbours.
For each pair there is a count and the list of positions where it begins, in text order, so that runs such as `aaaa` merge from left to right.
A priority queue gives the next pair.
Its entries may be *stale*: the count has fallen since, or the pair's first occurrence has gone.
Both only ever move one way after the step that created the pair (T4), so a stale entry is at worst too early: it is put back with its present key, and what comes up unchanged is truly the best.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush, heapreplace
from itertools import islice
from typing import Any

from bpe.byte_order import ByteOrder
from bpe.byte_order import byte_order as byte_values
from bpe.reference.training import MergeStep, TieBreak
from bpe.reference.utf8 import text_to_bytes
from bpe.vocabulary import Merge, Pair, TokenId, single_bytes


def train_merges(
    pre_token_counts: Mapping[str, int],
    merges: int,
    *,
    tie_break: TieBreak = "smallest-pair",
    min_frequency: int = 1,
    byte_order: ByteOrder = "value",
    progress: Callable[[MergeStep], None] | None = None,
) -> tuple[MergeStep, ...]:
    """Return at most `merges` steps of training; `progress` is called after each.

    Clauses: T2, T10, T13.
    Equals `reference.training.train_merges`.

    >>> [step.merge.pair for step in train_merges({"aaabdaaabac": 1}, 3, tie_break="first-seen")]
    [(97, 97), (256, 97), (257, 98)]
    """
    steps = []
    for step in islice(_training_steps(pre_token_counts, tie_break, min_frequency, byte_order), merges):
        steps.append(step)
        if progress is not None:
            progress(step)
    return tuple(steps)


def train_untraced(
    pre_token_counts: Mapping[str, int],
    merges: int,
    *,
    tie_break: TieBreak = "smallest-pair",
    min_frequency: int = 1,
    byte_order: ByteOrder = "value",
) -> tuple[tuple[Merge, ...], list[bytes]]:
    """Return the merges that `train_merges` makes, and the bytes of what each makes.

    Clauses: T2, T10, T13.

    >>> train_untraced({"aaab": 2}, 2)[1]
    [b'aa', b'ab']
    """
    steps = train_merges(
        pre_token_counts, merges, tie_break=tie_break, min_frequency=min_frequency, byte_order=byte_order
    )
    return tuple(step.merge for step in steps), [step.token for step in steps]


def _training_steps(
    pre_token_counts: Mapping[str, int], tie_break: TieBreak, min_frequency: int, order: ByteOrder
) -> Iterator[MergeStep]:
    row = Row(pre_token_counts, order)
    token_bytes = single_bytes(byte_values(order))
    key_of = _key_function(tie_break, row, token_bytes)
    queue = [key_of(pair) for pair in row.counts]
    heapify(queue)
    while queue:
        pair: Pair = queue[0][-1]
        if row.counts.get(pair, 0) < max(min_frequency, 1):
            # Counts only fall, so this pair is done with for good; keys begin with the count, so
            # once a key that is true comes up here, all others are as rare.
            heappop(queue)
            continue
        key = key_of(pair)
        if key != queue[0]:
            heapreplace(queue, key)
            continue
        heappop(queue)
        count = row.counts[pair]
        merge = Merge(pair[0], pair[1], TokenId(len(token_bytes)))
        token_bytes[merge.result] = token_bytes[merge.left] + token_bytes[merge.right]
        for created in row.apply(merge):
            heappush(queue, key_of(created))
        yield MergeStep(merge, count, token_bytes[merge.result])


class Row:
    """All distinct pre-tokens as one row of ids with links, and the statistics of their pairs.

    Clauses: T4, T10, T11.

    >>> row = Row({"aaab": 2}, "value")
    >>> row.counts
    {(97, 97): 4, (97, 98): 2}
    >>> row.apply(Merge(97, 97, 256)), row.counts
    ([(256, 97)], {(97, 98): 2, (256, 97): 2})
    """

    def __init__(self, pre_token_counts: Mapping[str, int], order: ByteOrder) -> None:
        id_of_byte = bytes(sorted(range(256), key=byte_values(order).__getitem__))
        pieces = [text_to_bytes(pre_token) for pre_token in pre_token_counts]
        size = sum(map(len, pieces))
        #: The id at each position; -1 where it was absorbed by the id before it.
        self.ids = array("q", list(b"".join(pieces).translate(id_of_byte)))
        #: The position of the next and of the previous id in the same pre-token, or -1.
        self.following = array("q", range(1, size + 1))
        self.preceding = array("q", range(-1, size - 1))
        #: How often the pre-token at each position occurs.
        self.weights = _weights(pieces, pre_token_counts.values())
        #: The weighted count of each pair that occurs.
        self.counts: dict[Pair, int] = {}
        #: Where each pair begins, in text order; positions where it no longer does are still listed.
        self.positions: dict[Pair, array[int]] = {}
        #: The pairs whose count has come to 0 in this step.
        self._emptied: set[Pair] = set()
        start = 0
        for piece, count in zip(pieces, pre_token_counts.values(), strict=True):
            self._add_pre_token(start, len(piece), count)
            start += len(piece)

    def _add_pre_token(self, start: int, length: int, count: int) -> None:
        if not length:
            return
        end = start + length
        self.preceding[start] = -1
        self.following[end - 1] = -1
        ids = self.ids
        for position in range(start, end - 1):
            self._add_pair((TokenId(ids[position]), TokenId(ids[position + 1])), position, count)

    def _add_pair(self, pair: Pair, position: int, weight: int) -> None:
        if pair in self.counts:
            self.counts[pair] += weight
            self.positions[pair].append(position)
        else:
            self.counts[pair] = weight
            self.positions[pair] = array("q", [position])

    def _remove_pair(self, pair: Pair, weight: int) -> None:
        if weight:  # of a pre-token that occurs no time the pair may have been forgotten
            self.counts[pair] -= weight
            if not self.counts[pair]:
                self._emptied.add(pair)

    def _forget(self, pairs: Iterable[Pair]) -> None:
        """Forget those of these pairs that do not occur; not before a step ends, because until then they may come back."""
        for pair in pairs:
            if self.counts.get(pair) == 0:
                del self.counts[pair], self.positions[pair]
        self._emptied.clear()

    def begins_at(self, pair: Pair, position: int) -> bool:
        """Tell whether a pair begins at a position."""
        after = self.following[position]
        return self.ids[position] == pair[0] and after >= 0 and self.ids[after] == pair[1]

    def first_position(self, pair: Pair) -> int:
        """Return where a pair that occurs begins for the first time, and forget the positions before."""
        positions = self.positions[pair]
        index = next(index for index, position in enumerate(positions) if self.begins_at(pair, position))
        del positions[:index]
        return positions[0]

    def apply(self, merge: Merge) -> list[Pair]:
        """Merge a pair everywhere, left to right, and return the pairs that this created."""
        pair = merge.pair
        ids, following, preceding = self.ids, self.following, self.preceding
        created: set[Pair] = set()
        for position in self.positions[pair]:
            if not self.begins_at(pair, position):
                continue
            weight = self.weights[position]
            absorbed, before = following[position], preceding[position]
            after = following[absorbed]
            self._remove_pair(pair, weight)
            if before >= 0:
                left = TokenId(ids[before])
                self._remove_pair((left, merge.left), weight)
                self._add_pair((left, merge.result), before, weight)
                created.add((left, merge.result))
            if after >= 0:
                right = TokenId(ids[after])
                self._remove_pair((merge.right, right), weight)
                self._add_pair((merge.result, right), position, weight)
                created.add((merge.result, right))
                preceding[after] = position
            ids[position] = merge.result
            ids[absorbed] = -1
            following[position] = after
        self._forget(created | self._emptied)
        return sorted(new for new in created if new in self.counts)


def _weights(pieces: Iterable[bytes], counts: Iterable[int]) -> Sequence[int]:
    weights = [count for piece, count in zip(pieces, counts, strict=True) for _ in piece]
    try:
        return array("q", weights)
    except OverflowError:
        return weights


class _Greatest:
    """Orders pairs of byte strings the other way round, so that the least in a queue is the greatest."""

    __slots__ = ("parts",)

    def __init__(self, left: bytes, right: bytes) -> None:
        self.parts = (left, right)

    def __lt__(self, other: _Greatest) -> bool:
        return self.parts > other.parts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Greatest) and self.parts == other.parts

    __hash__ = None  # type: ignore[assignment]


def _key_function(
    tie_break: TieBreak, row: Row, token_bytes: Mapping[TokenId, bytes]
) -> Callable[[Pair], tuple[Any, ...]]:
    """Return the key of a pair in the queue: highest count first, then the profile, then the pair itself."""
    counts = row.counts
    if tie_break == "smallest-pair":
        return lambda pair: (-counts[pair], pair)
    if tie_break == "first-seen":
        return lambda pair: (-counts[pair], row.first_position(pair), pair)
    return lambda pair: (-counts[pair], _Greatest(token_bytes[pair[0]], token_bytes[pair[1]]), pair)
