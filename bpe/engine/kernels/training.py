"""Training in place: each step costs what it changes, not what there is.

Stage: pre-token counts to merges; the algorithm of `bpe.engine.training` on flat arrays.
Layout: all distinct pre-tokens stand one after the other in one row of positions, a boundary before, between and behind them.
`ids` has at the first position of each token its id, and at the last position of a token of several bytes how many they are, negative; so the token before any position is found without links.
`pair_at` has the number of the pair that begins at a position, or `NONE`; `owners` the number of the pre-token, `weights` how often each occurs.
Invariant: before each merge the row is what the definition has, and the count of each pair is that of a recount (T10).

The queue's first entry may be stale, because counts only fall (T4): then it is put back with its present count.
What comes up unchanged is the pair that the definition selects (T13).
Only pairs that occur at least `floor` times are queued, and every such pair is: a rarer one cannot be the next, and most never are.
When the queue has run empty, the floor is lowered.
"""

from __future__ import annotations

from typing import Final, final

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from bpe.engine.kernels.pair_queue import PairQueue
from bpe.engine.kernels.pair_statistics import PairStatistics
from bpe.engine.kernels.pre_token_counts import PreTokens
from bpe.engine.kernels.rows import empty_halves, empty_words, grown
from bpe.engine.signals import let_signals_in

#: No row has more positions than this: the numbers of pairs and places, at most three for each, fit 31 bits.
MOST_POSITIONS: Final = 1 << 29

#: No pair begins here.
NONE: Final[i64] = -1
#: Stands in `ids` where no token does; lengths are -2 and less.
_BOUNDARY: Final[i64] = -1
#: So many places are looked at together, before the first of them is merged; a power of two.
_AHEAD: Final[i64] = 32

#: Signals are let in where the bits of this mask are zero in the number of places or pre-tokens.
_SIGNALS: Final[i64] = (1 << 20) - 1

#: No pair occurs so often.
_TOP: Final[i64] = 0x3FFFFFFFFFFFFFFF


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
        self.floor: i64 = _TOP
        self.lengths: vec[i32] = empty_halves(256 + self.most)
        #: The number of the pair that an id begins or ends together with the newest one; older numbers mean nothing.
        self.before_newest: vec[i32] = empty_halves(256 + self.most)
        self.after_newest: vec[i32] = empty_halves(256 + self.most)
        #: The first pair that the current step has created, and the places that it has found for such pairs, `pair << 32 | place`.
        self.first_new: i64 = 0
        self.found: vec[i64] = empty_words(1024)
        self.filled: i64 = 0
        #: The weights of the places that come next, each at its index's lowest bits.
        self.ahead: vec[i64] = empty_words(_AHEAD)
        self.touched: i64 = 0
        #: The merges: `left << 32 | right` of each, and how often its pair occurred.
        self.merges: vec[i64] = vec[i64]()
        self.counts: vec[i64] = vec[i64]()
        self._add_bytes(byte_values)
        self._fill_row(pre_tokens, byte_values)
        self._count_pairs()
        self._list_all_places()

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
            if owner & _SIGNALS == 0:
                let_signals_in()
            while read < end:
                ids[at] = id_of_byte[i64(pre_tokens.text[read])]
                owners[at] = i32(owner)
                read += 1
                at += 1
            ids[at] = i32(_BOUNDARY)
            at += 1
            owner += 1

    def _count_pairs(self) -> None:
        """Number the pairs of the row as they are met, and count them."""
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
                    pair = pairs.begin(left, right)
                    numbers[left << 8 | right] = i32(pair)
                pairs.counts[pair] += weights[i64(owners[at])]
                pairs.stops[pair] += 1
            pair_at[at] = i32(pair)
            at += 1
            if at & _SIGNALS == 0:
                let_signals_in()
        pair_at[last] = i32(NONE)

    def _list_all_places(self) -> None:
        """List the places of the pairs that have been counted."""
        pairs, pair_at = self.pairs, self.pair_at
        pairs.begin_lists(0)
        places, stops = pairs.places, pairs.stops
        at: i64 = 0
        for number in pair_at:
            pair = i64(number)
            if pair != NONE:
                places[i64(stops[pair])] = i32(at)
                stops[pair] += 1
            at += 1
            if at & _SIGNALS == 0:
                let_signals_in()

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
        queue, pairs = self.queue, self.pairs
        while queue.size > 0 or self._lower_floor():
            queued, tie, pair = queue.entries[0], queue.entries[1], queue.entries[2]
            count = pairs.counts[pair]
            if count < self.floor:
                queue.pop()
                continue
            now = queue.tie_of(pair, self.pair_at)
            if count == queued and now == tie:
                queue.pop()
                return pair
            queue.replace(count, now, pair)
        return NONE

    def _lower_floor(self) -> bool:
        """Queue the pairs that are now the most frequent, down to three quarters of that; tell whether any is frequent enough."""
        highest = self.pairs.highest_count()
        if highest < self.min_frequency:
            return False
        self.floor = max(highest - (highest >> 2), self.min_frequency)
        self._queue_from(0)
        return True

    def _queue_from(self, first: i64) -> None:
        """Queue the pairs from the number `first` on that are frequent enough now."""
        pairs, queue, counts, floor = self.pairs, self.queue, self.pairs.counts, self.floor
        pair = first
        while pair < pairs.size:
            if counts[pair] >= floor:
                queue.push(counts[pair], queue.tie_of(pair, self.pair_at), pair)
            pair += 1

    def _merge(self, pair: i64) -> None:
        """Merge a pair everywhere, and queue the pairs that this creates."""
        pairs, tokens = self.pairs, self.queue.tokens
        left, right = i64(pairs.lefts[pair]), i64(pairs.rights[pair])
        result = i64(len(tokens))
        self.lengths[result] = self.lengths[left] + self.lengths[right]
        self.queue.add_token(tokens[left] + tokens[right])
        self.merges = append(self.merges, left << 32 | right)
        self.counts = append(self.counts, pairs.counts[pair])
        self._make_room(2 * (i64(pairs.stops[pair]) - i64(pairs.starts[pair])))
        self._merge_places(pair, result, i64(self.lengths[left]))
        pairs.counts[pair] = 0
        self._list_places()
        self._queue_from(self.first_new)

    def _merge_places(self, pair: i64, result: i64, left_length: i64) -> None:
        """Merge at each place, from left to right."""
        pairs, ids, pair_at = self.pairs, self.ids, self.pair_at
        places, ahead = self.pairs.places, self.ahead
        length = i64(self.lengths[result])
        counts, stops, found = pairs.counts, pairs.stops, self.found  # there is room in them
        before_newest, after_newest = self.before_newest, self.after_newest
        first_new = pairs.size
        filled: i64 = 0
        index, stop = i64(pairs.starts[pair]), i64(stops[pair])
        ready = index
        while index < stop:
            if index == ready:
                ready = min(index + _AHEAD, stop)
                if index & _SIGNALS < _AHEAD:
                    let_signals_in()
                self._look_ahead(index, ready)
            at = i64(places[index])
            weight = ahead[index & (_AHEAD - 1)]
            index += 1
            if i64(pair_at[at]) != pair:
                continue
            before = position_before(ids, at)
            if before >= 0:
                neighbour = i64(ids[before])
                new = i64(before_newest[neighbour])
                if new < first_new:  # of another step
                    new = pairs.begin(neighbour, result)
                    before_newest[neighbour] = i32(new)
                counts[i64(pair_at[before])] -= weight
                counts[new] += weight
                stops[new] += 1
                found[filled] = new << 32 | before
                filled += 1
                pair_at[before] = i32(new)
            absorbed = at + left_length
            old = i64(pair_at[absorbed])
            new = NONE
            if old != NONE:
                neighbour = i64(ids[at + length])
                new = i64(after_newest[neighbour])
                if new < first_new:
                    new = pairs.begin(result, neighbour)
                    after_newest[neighbour] = i32(new)
                counts[old] -= weight
                counts[new] += weight
                stops[new] += 1
                found[filled] = new << 32 | at
                filled += 1
            pair_at[at] = i32(new)
            pair_at[absorbed] = i32(NONE)
            ids[at] = i32(result)
            ids[at + length - 1] = i32(-length)
        self.first_new = first_new
        self.filled = filled

    def _look_ahead(self, index: i64, stop: i64) -> None:
        """Note the weights of the next places.

        What merging will read there is read once before, and only touched.
        subtle: places lie far apart, and the processor fetches many of them in the time of one, if nothing hangs on what it finds.
        """
        places, ahead, weights = self.pairs.places, self.ahead, self.weights
        ids, pair_at, owners = self.ids, self.pair_at, self.owners
        touched: i64 = 0
        while index < stop:
            at = i64(places[index])
            ahead[index & (_AHEAD - 1)] = weights[i64(owners[at])]
            touched += i64(pair_at[at]) + i64(ids[at - 1])
            index += 1
        self.touched = touched  # or the compiler would leave it out

    def _make_room(self, places: i64) -> None:
        """Make room for what merging finds: at each place a pair on either side, at most two for each id."""
        most = min(places, 2 * i64(len(self.queue.tokens)))
        self.pairs.make_room(most, places)
        if i64(len(self.found)) < places:
            self.found = empty_words(grown(i64(len(self.found)), places))

    def _list_places(self) -> None:
        """List the places that were found under their pairs."""
        self.pairs.begin_lists(self.first_new)
        places, stops, found = self.pairs.places, self.pairs.stops, self.found
        index: i64 = 0
        while index < self.filled:
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
