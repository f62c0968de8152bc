"""The pairs that may merge, the best first.

Stage: training, choosing the next merge.
Layout: a binary heap in one array, three words an entry: the count, a word that settles most ties (the lesser first), the number of the pair.
Invariant: an entry comes before its two children: the higher count first, then what the tie-break prefers (T2).

Entries are what was true when they were made, and the trainer puts a stale one back with what is true now.
Counts only fall and first places only move to the right (T4), so an entry is never too late.
"""

from __future__ import annotations

from typing import Final, final

from librt.strings import read_i64_be
from librt.vecs import append, vec
from mypy_extensions import i32, i64

from bpe.engine.kernels.pair_statistics import PairStatistics
from bpe.engine.kernels.rows import copy_words, empty_words, grown

SMALLEST_PAIR: Final[i64] = 0
FIRST_SEEN: Final[i64] = 1
LARGEST_BYTES: Final[i64] = 2

#: The number of each tie-break profile.
TIE_BREAKS: Final = {
    "smallest-pair": int(SMALLEST_PAIR),
    "first-seen": int(FIRST_SEEN),
    "largest-bytes": int(LARGEST_BYTES),
}

_WORDS: Final[i64] = 3


@final
class PairQueue:
    """The heap, and the bytes of every token, which settle the ties of `largest-bytes`."""

    def __init__(self, tie_break: i64, pairs: PairStatistics) -> None:
        self.tie_break: i64 = tie_break
        self.pairs: PairStatistics = pairs
        self.tokens: list[bytes] = []
        #: The first seven bytes of each token as a number, zeros behind the last; only `largest-bytes` looks at them.
        self.beginnings: vec[i64] = vec[i64]()
        self.entries: vec[i64] = empty_words(_WORDS * 1024)
        self.size: i64 = 0

    def add_token(self, token: bytes) -> None:
        """Make the next token known."""
        self.tokens.append(token)
        if self.tie_break == LARGEST_BYTES:
            self.beginnings = append(self.beginnings, read_i64_be(b"\0" + token[:7] + b"\0" * 7, 0))

    def tie_of(self, pair: i64, pair_at: vec[i32]) -> i64:
        """Return the word by which a pair that occurs stands among pairs of the same count."""
        if self.tie_break == FIRST_SEEN:
            return self.pairs.first_place(pair, pair_at)
        left = i64(self.pairs.lefts[pair])
        if self.tie_break == LARGEST_BYTES:
            return -self.beginnings[left]
        return left << 32 | i64(self.pairs.rights[pair])

    def push(self, count: i64, tie: i64, pair: i64) -> None:
        """Put in an entry."""
        if self.size * _WORDS == i64(len(self.entries)):
            self.entries = copy_words(self.entries, grown(self.size, 0) * _WORDS)
        hole = self.size
        self.size += 1
        entries = self.entries
        while hole:
            parent = (hole - 1) >> 1
            if not self._precedes(count, tie, pair, entries, parent):
                break
            _move(entries, parent, hole)
            hole = parent
        _store(entries, hole, count, tie, pair)

    def pop(self) -> None:
        """Take out the first entry."""
        self.size -= 1
        base = self.size * _WORDS
        entries = self.entries
        if self.size:
            self.replace(entries[base], entries[base + 1], entries[base + 2])

    def replace(self, count: i64, tie: i64, pair: i64) -> None:
        """Put an entry in the place of the first, and then where it belongs."""
        entries = self.entries
        size = self.size
        hole: i64 = 0
        child: i64 = 1
        while child < size:
            if child + 1 < size and self._comes_first(entries, child + 1, child):
                child += 1
            if not self._comes_first_of(entries, child, count, tie, pair):
                break
            _move(entries, child, hole)
            hole = child
            child = 2 * hole + 1
        _store(entries, hole, count, tie, pair)

    def _comes_first(self, entries: vec[i64], one: i64, other: i64) -> bool:
        base = other * _WORDS
        return self._comes_first_of(entries, one, entries[base], entries[base + 1], entries[base + 2])

    def _comes_first_of(self, entries: vec[i64], one: i64, count: i64, tie: i64, pair: i64) -> bool:
        base = one * _WORDS
        if entries[base] != count:
            return entries[base] > count
        if entries[base + 1] != tie:
            return entries[base + 1] < tie
        return self.tie_break == LARGEST_BYTES and self._has_greater_bytes(entries[base + 2], pair)

    def _precedes(self, count: i64, tie: i64, pair: i64, entries: vec[i64], other: i64) -> bool:
        base = other * _WORDS
        if entries[base] != count:
            return entries[base] < count
        if entries[base + 1] != tie:
            return entries[base + 1] > tie
        return self.tie_break == LARGEST_BYTES and self._has_greater_bytes(pair, entries[base + 2])

    def _has_greater_bytes(self, one: i64, other: i64) -> bool:
        lefts = self.pairs.lefts
        left, left_of_other = self.tokens[i64(lefts[one])], self.tokens[i64(lefts[other])]
        if left != left_of_other:
            return left > left_of_other
        rights = self.pairs.rights
        return self.tokens[i64(rights[one])] > self.tokens[i64(rights[other])]


def _move(entries: vec[i64], source: i64, target: i64) -> None:
    base = source * _WORDS
    _store(entries, target, entries[base], entries[base + 1], entries[base + 2])


def _store(entries: vec[i64], index: i64, count: i64, tie: i64, pair: i64) -> None:
    base = index * _WORDS
    entries[base] = count
    entries[base + 1] = tie
    entries[base + 2] = pair
