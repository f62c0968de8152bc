"""What is known of each pair that training has met: its parts, its count, and where it begins.

Stage: training, between the row of ids and the queue.
Layout: pairs are numbered as they are met, and each property is an array by that number.
The places of a pair are `places[starts[pair] : stops[pair]]`, in text order.
Invariant: `counts[pair]` is the sum of the weights of the places at which the pair begins now (T10); the listed places are at least these.

A pair of which a step makes the result can begin nowhere new after that step (T4).
So all its places are known when the step ends, and stand side by side once and for all.
"""

from __future__ import annotations

from typing import Final, final

from librt.vecs import vec
from mypy_extensions import i32, i64

from bpe.engine.kernels.rows import copy_halves, copy_words, empty_halves, empty_words, grown

_LEAST: Final[i64] = 1 << 12


@final
class PairStatistics:
    """The pairs met so far, by number."""

    def __init__(self) -> None:
        self.size: i64 = 0
        self.counts: vec[i64] = empty_words(_LEAST)
        self.lefts: vec[i32] = empty_halves(_LEAST)
        self.rights: vec[i32] = empty_halves(_LEAST)
        self.starts: vec[i32] = empty_halves(_LEAST)
        self.stops: vec[i32] = empty_halves(_LEAST)
        self.places: vec[i32] = empty_halves(_LEAST)
        self.placed: i64 = 0

    def make_room(self, pairs: i64, places: i64) -> None:
        """See that so many pairs and places can be added by storing them."""
        if self.size + pairs > i64(len(self.counts)):
            room = grown(i64(len(self.counts)), self.size + pairs)
            self.counts = copy_words(self.counts, room)
            self.lefts = copy_halves(self.lefts, room)
            self.rights = copy_halves(self.rights, room)
            self.starts = copy_halves(self.starts, room)
            self.stops = copy_halves(self.stops, room)
        if self.placed + places > i64(len(self.places)):
            self.places = copy_halves(self.places, grown(i64(len(self.places)), self.placed + places))

    def begin(self, left: i64, right: i64) -> i64:
        """Enter a pair that has not been met before, and return its number; there is room."""
        pair = self.size
        self.size = pair + 1
        self.lefts[pair] = i32(left)
        self.rights[pair] = i32(right)
        self.counts[pair] = 0
        self.stops[pair] = 0
        return pair

    def highest_count(self) -> i64:
        """Return the count of the most frequent pair, or 0."""
        counts = self.counts
        highest: i64 = 0
        pair: i64 = 0
        while pair < self.size:
            highest = max(highest, counts[pair])
            pair += 1
        return highest

    def begin_lists(self, first: i64) -> None:
        """Give the pairs from `first` on room for as many places as `stops` says, and leave the lists empty."""
        starts = self.starts
        stops = self.stops
        at = self.placed
        pair = first
        while pair < self.size:
            room = i64(stops[pair])
            starts[pair] = i32(at)
            stops[pair] = i32(at)
            at += room
            pair += 1
        self.placed = at

    def first_place(self, pair: i64, pair_at: vec[i32]) -> i64:
        """Return where a pair that occurs begins for the first time, and forget the places before."""
        places = self.places
        index = i64(self.starts[pair])
        while i64(pair_at[i64(places[index])]) != pair:
            index += 1
        self.starts[pair] = i32(index)
        return i64(places[index])
