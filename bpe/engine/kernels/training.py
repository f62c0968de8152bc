"""Training in place: each step costs what it changes, not what there is.

Stage: pre-token counts to merges; the algorithm of `bpe.engine.training` on flat arrays.
Layout: all distinct pre-tokens stand one after the other in one row of positions, a boundary before, between and behind them.
`ids` has at the first position of each token its id, and at the last position of a token of several bytes how many they are, negative; so the token before any position is found without links.
`pair_at` has the number of the pair that begins at a position, or `NONE`; `owners` the number of the pre-token, `weights` how often each occurs.
Invariant: before each merge the row is what the definition has, and the count of each pair is that of a recount (T10).

The queue's first entry may be stale, because counts only fall (T4): then it is put back with its present count.
What comes up unchanged is the pair that the definition selects (T13).
"""

from __future__ import annotations

from typing import Final, final

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from bpe.engine.kernels.pair_queue import PairQueue
from bpe.engine.kernels.pair_statistics import PairStatistics, empty_halves, empty_words, grown
from bpe.engine.kernels.pre_token_counts import PreTokens

#: No row has more positions than this: the numbers of pairs and places, at most three for each, fit 31 bits.
MOST_POSITIONS: Final = 1 << 29

#: No pair begins here.
NONE: Final[i64] = -1
#: Stands in `ids` where no token does; lengths are -2 and less.
_BOUNDARY: Final[i64] = -1


@final
class Trainer:
    """The row, its pairs, the queue, and the merges made so far."""

    def __init__(
        self, pre_tokens: PreTokens, byte_values: bytes, most: int, min_frequency: int, tie_break: int
    ) -> None:
        self.min_frequency: i64 = min_frequency
        size: i64 = len(pre_tokens.text) + len(pre_tokens.counts) + 1
        self.most: i64 = min(i64(most), size)
        self.ids: vec[i32] = empty_halves(size)
        self.pair_at: vec[i32] = empty_halves(size)
        self.owners: vec[i32] = empty_halves(size)
        self.weights: vec[i64] = pre_tokens.counts
        self.pairs = PairStatistics()
        self.queue = PairQueue(tie_break, self.pairs)
        self.lengths: vec[i32] = empty_halves(256 + self.most)
        #: The number of the pair that an id begins or ends together with the newest one; older numbers mean nothing.
        self.before_newest: vec[i32] = empty_halves(256 + self.most)
        self.after_newest: vec[i32] = empty_halves(256 + self.most)
        #: Places that the current step has found for new pairs, `pair << 32 | place`.
        self.found: vec[i64] = empty_words(1024)
        #: The merges: `left << 32 | right` of each, and how often its pair occurred.
        self.merges: vec[i64] = vec[i64]()
        self.counts: vec[i64] = vec[i64]()
        self._add_bytes(byte_values)
        self._fill_row(pre_tokens, byte_values)
        self._count_pairs()

    # --- before the first merge ------------------------------------------------------------------

    def _add_bytes(self, byte_values: bytes) -> None:
        for token_id in range(256):
            self.lengths[token_id] = 1
            self.queue.add_token(byte_values[token_id : token_id + 1])

    def _fill_row(self, pre_tokens: PreTokens, byte_values: bytes) -> None:
        id_of_byte = empty_halves(256)
        for token_id in range(256):
            id_of_byte[i64(byte_values[token_id])] = i32(token_id)
        ids, owners = self.ids, self.owners
        ids[0] = i32(_BOUNDARY)
        owner: i64 = 0
        read: i64 = 0
        at: i64 = 1
        for end in pre_tokens.ends:
            while read < end:
                ids[at] = id_of_byte[i64(pre_tokens.text[read])]
                owners[at] = i32(owner)
                read += 1
                at += 1
            ids[at] = i32(_BOUNDARY)
            at += 1
            owner += 1

    def _count_pairs(self) -> None:
        """Number the pairs of the row as they are met, count them, and list their places."""
        pairs, ids, pair_at, owners, weights = self.pairs, self.ids, self.pair_at, self.owners, self.weights
        numbers = vec[i32]([i32(NONE)] * 65536)
        last = i64(len(ids)) - 1
        pairs.make_room(65536, last)
        at: i64 = 0
        while at < last:
            left, right = i64(ids[at]), i64(ids[at + 1])
            pair = NONE
            if left != _BOUNDARY and right != _BOUNDARY:
                pair = i64(numbers[left << 8 | right])
                if pair == NONE:
                    pair = pairs.size
                    numbers[left << 8 | right] = i32(pair)
                    pairs.size += 1
                    begin_pair(pairs, pair, left, right)
                pairs.counts[pair] += weights[i64(owners[at])]
                pairs.stops[pair] += 1
            pair_at[at] = i32(pair)
            at += 1
        pair_at[last] = i32(NONE)
        pairs.begin_lists(0)
        places, stops = pairs.places, pairs.stops
        at = 0
        while at < last:
            pair = i64(pair_at[at])
            if pair != NONE:
                places[i64(stops[pair])] = i32(at)
                stops[pair] += 1
            at += 1
        self._queue_from(0)

    def _queue_from(self, first: i64) -> None:
        """Queue the pairs from the number `first` on that are frequent enough."""
        pairs, queue = self.pairs, self.queue
        pair = first
        while pair < pairs.size:
            if pairs.counts[pair] >= self.min_frequency:
                queue.push(pairs.counts[pair], queue.tie_of(pair, self.pair_at), pair)
            pair += 1

    # --- merging ---------------------------------------------------------------------------------

    def advance(self, work: int) -> bool:
        """Make merges until about so many places have been looked at; return whether there may be more."""
        left: i64 = work
        while left > 0:
            if i64(len(self.merges)) >= self.most:
                return False
            pair = self._select()
            if pair == NONE:
                return False
            left -= 64 + i64(self.pairs.stops[pair]) - i64(self.pairs.starts[pair])
            self._merge(pair)
        return True

    def _select(self) -> i64:
        """Take the pair that is to merge next out of the queue; `NONE` where none is frequent enough."""
        queue, counts = self.queue, self.pairs.counts
        while queue.size:
            queued, tie, pair = queue.entries[0], queue.entries[1], queue.entries[2]
            count = counts[pair]
            if count < self.min_frequency:
                queue.pop()
                continue
            now = queue.tie_of(pair, self.pair_at)
            if count == queued and now == tie:
                queue.pop()
                return pair
            queue.replace(count, now, pair)
        return NONE

    def _merge(self, pair: i64) -> None:
        """Merge a pair everywhere, and queue the pairs that this creates."""
        pairs, tokens = self.pairs, self.queue.tokens
        left, right = i64(pairs.lefts[pair]), i64(pairs.rights[pair])
        result = i64(len(tokens))
        self.lengths[result] = self.lengths[left] + self.lengths[right]
        self.queue.add_token(tokens[left] + tokens[right])
        self.merges = append(self.merges, left << 32 | right)
        self.counts = append(self.counts, pairs.counts[pair])
        first = pairs.size
        found = self._merge_places(pair, result, i64(self.lengths[left]), i64(self.lengths[result]))
        pairs.counts[pair] = 0
        self._list_places(first, found)
        self._queue_from(first)

    def _merge_places(self, pair: i64, result: i64, left_length: i64, length: i64) -> i64:
        """Merge at each place from left to right, and return how many places of new pairs this found."""
        pairs = self.pairs
        index, stop = i64(pairs.starts[pair]), i64(pairs.stops[pair])
        self._make_room(2 * (stop - index))
        ids, pair_at, owners, weights = self.ids, self.pair_at, self.owners, self.weights
        counts, stops, places = pairs.counts, pairs.stops, pairs.places
        before_newest, after_newest, found = self.before_newest, self.after_newest, self.found
        filled: i64 = 0
        first = pairs.size
        size = first
        while index < stop:
            at = i64(places[index])
            index += 1
            if i64(pair_at[at]) != pair:
                continue
            weight = weights[i64(owners[at])]
            before = position_before(ids, at)
            if before >= 0:
                counts[i64(pair_at[before])] -= weight
                neighbour = i64(ids[before])
                new = i64(before_newest[neighbour])
                if new < first:
                    new = size
                    size += 1
                    before_newest[neighbour] = i32(new)
                    begin_pair(pairs, new, neighbour, result)
                counts[new] += weight
                stops[new] += 1
                pair_at[before] = i32(new)
                found[filled] = new << 32 | before
                filled += 1
            absorbed = at + left_length
            new = NONE
            old = i64(pair_at[absorbed])
            if old != NONE:
                counts[old] -= weight
                neighbour = i64(ids[at + length])
                new = i64(after_newest[neighbour])
                if new < first:
                    new = size
                    size += 1
                    after_newest[neighbour] = i32(new)
                    begin_pair(pairs, new, result, neighbour)
                counts[new] += weight
                stops[new] += 1
                found[filled] = new << 32 | at
                filled += 1
            pair_at[at] = i32(new)
            pair_at[absorbed] = i32(NONE)
            ids[at] = i32(result)
            ids[at + length - 1] = i32(-length)
        pairs.size = size
        return filled

    def _make_room(self, places: i64) -> None:
        """Make room for what merging finds: at each place a pair on either side, at most two for each id."""
        most = min(places, 2 * i64(len(self.queue.tokens)))
        self.pairs.make_room(most, places)
        if i64(len(self.found)) < places:
            self.found = empty_words(grown(i64(len(self.found)), places))

    def _list_places(self, first: i64, filled: i64) -> None:
        """List the places that were found under their pairs."""
        self.pairs.begin_lists(first)
        places, stops, found = self.pairs.places, self.pairs.stops, self.found
        index: i64 = 0
        while index < filled:
            pair = found[index] >> 32
            stop = i64(stops[pair])
            places[stop] = i32(found[index] & 0xFFFFFFFF)
            stops[pair] = i32(stop + 1)
            index += 1

    # --- what came of it -------------------------------------------------------------------------

    def steps_from(self, first: int) -> tuple[list[int], list[int], list[int], list[bytes]]:
        """Return the left parts, right parts, counts and tokens of the merges from the index `first` on."""
        merges, counts = self.merges, self.counts
        made = range(first, len(merges))
        lefts = [int(merges[index] >> 32) for index in made]
        rights = [int(merges[index] & 0xFFFFFFFF) for index in made]
        return lefts, rights, [int(counts[index]) for index in made], self.queue.tokens[256 + first :]

    def statistics(self) -> dict[tuple[int, int], int]:
        """Return the count of each pair that occurs now."""
        pairs = self.pairs
        return {
            (int(pairs.lefts[pair]), int(pairs.rights[pair])): pairs.counts[pair]
            for pair in range(pairs.size)
            if pairs.counts[pair]
        }


def position_before(ids: vec[i32], at: i64) -> i64:
    """Return where the token before a position begins, or -1."""
    value = i64(ids[at - 1])
    if value >= 0:
        return at - 1
    return at + value if value != _BOUNDARY else -1


def begin_pair(pairs: PairStatistics, pair: i64, left: i64, right: i64) -> None:
    """Enter a pair that has not been met before."""
    pairs.lefts[pair] = i32(left)
    pairs.rights[pair] = i32(right)
    pairs.counts[pair] = 0
    pairs.stops[pair] = 0
