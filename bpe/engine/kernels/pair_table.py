"""Which pairs of tokens merge, and into what: what both semantics come down to.

Stage: made once for each vocabulary.
Layout: tokens are numbered from 0 in the order of their ids. `entries` has the rank of each pair, as `pair_ranks` says; `results` the token that each rank makes, and nothing where that is the token of this number. `byte_pairs` has the rank of each two bytes at `first << 8 | second`, with room for a place behind it: every pre-token begins with these, and needs no search for them.
Invariant: `find_rank` gives the rank that the definition gives (M3, M4).

A list of merges says it all.
Ranks alone say it too: where each token has two parts, these are its merge, and the two semantics agree (M6).
Where some token has not, any two tokens whose joined bytes are a token are a pair.
"""

from __future__ import annotations

from typing import Final, final

from librt.vecs import append, vec
from mypy_extensions import i32, i64

from bpe.engine.kernels.character_classes import PADDING
from bpe.engine.kernels.merges import PLACE_BITS, SHORT, merge_long, merge_short
from bpe.engine.kernels.pair_ranks import NONE, empty_entries, insert_rank, slots_for
from bpe.engine.signals import let_signals_in
from bpe.vocabulary import Vocabulary

#: Tokens and ranks are below this, so that a pair and its rank fit one word.
MOST_TOKENS: Final = 1 << 20


#: Random pairs pass a few hundred taken slots at most in a table of a million that is as full as it may be, and less than two for each slot in all.
_MOST_STEPS: Final[i64] = 1024
_STEPS_A_SLOT: Final[i64] = 8


class CollidingPairsError(Exception):
    """Raised where so many pairs fall into the same slots that someone must have meant it."""


@final
class PairTable:
    """The pairs of a vocabulary, and the token of each byte."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.tokens: list[bytes] = list(vocabulary.token_bytes.values())
        self.byte_tokens: vec[i32] = vec[i32]([i32(0)] * 256)
        self.ids: vec[i32] = vec[i32]([i32(0)] * (SHORT + 1))
        self.keys: vec[i32] = vec[i32]([i32(0)] * (SHORT + 1))
        number: i64 = 0
        for token in self.tokens:
            if len(token) == 1:
                self.byte_tokens[i64(token[0])] = i32(number)
            number += 1
        self.results: vec[i32] = vec[i32]()
        #: Whether ranks have been turned into merges; each token's bytes, merged, are then that token (M7).
        self.is_recovered: bool = False
        merges = vocabulary.merges
        if merges is not None:
            self._start(len(merges))
            numbers = {token_id: number for number, token_id in enumerate(vocabulary.token_bytes)}
            for merge in merges:
                self._enter(numbers[merge.left], numbers[merge.right], numbers[merge.result])
            return
        self._start(len(self.tokens))
        self.is_recovered = self._recover()
        if not self.is_recovered:
            self._enter_all()

    def _start(self, pairs: int) -> None:
        size = slots_for(i64(pairs))
        self.entries: vec[i64] = empty_entries(size)
        self.mask: i64 = size - 1
        self.count: i64 = 0
        self.steps: i64 = 0
        self.byte_pairs: vec[i32] = vec[i32]([i32(NONE << PLACE_BITS)] * 65536)

    def _insert(self, left: i64, right: i64, rank: i64) -> None:
        """Enter a pair that is not in the table."""
        steps = insert_rank(self.entries, self.mask, left, right, rank)
        self.steps += steps
        if steps > _MOST_STEPS or self.steps > _STEPS_A_SLOT * (self.mask + 1):
            raise CollidingPairsError
        first, second = self.tokens[left], self.tokens[right]
        if len(first) == 1 and len(second) == 1:
            self.byte_pairs[i64(first[0]) << 8 | i64(second[0])] = i32(rank << PLACE_BITS)

    def _enter(self, left: int, right: int, result: int) -> None:
        self.results = append(self.results, i32(result))
        self._insert(left, right, self.count)
        self.count += 1

    def _recover(self) -> bool:
        """Enter each token's merge, which is of the parts that lower ranks leave of it; tell whether each has two."""
        text = b"".join(self.tokens) + PADDING  # one copy, not one for each token
        at: i64 = 0
        number: i64 = 0
        for token in self.tokens:
            size: i64 = len(token)
            if size > 1:
                if self._merge(text, at, size) != 2:
                    return False
                ids = self.ids
                self._insert(i64(ids[0]), i64(ids[1]), number)
            at += size
            number += 1
        return True

    def _merge(self, text: bytes, at: i64, size: i64) -> i64:
        """Merge bytes of a padded text by the pairs entered so far; leave what results in the scratch row, and say how many."""
        if i64(len(self.ids)) < size:
            self.ids = vec[i32]([i32(0)] * size)
        return self.merge(text, at, size, self.ids, self.keys)

    def merge(self, text: bytes, at: i64, size: i64, ids: vec[i32], keys: vec[i32]) -> i64:
        """Merge bytes of a padded text into `ids`, and return how many there are; both rows have room for what `merge_short` asks."""
        if size > SHORT:
            return merge_long(text, at, size, self.byte_tokens, self.entries, self.mask, self.results, ids)
        return merge_short(
            text, at, size, self.byte_tokens, self.byte_pairs, self.entries, self.mask, self.results, ids, keys
        )

    def _enter_all(self) -> None:
        """Enter every pair of tokens whose joined bytes are a token."""
        numbers = {token: number for number, token in enumerate(self.tokens)}
        pairs: vec[i64] = vec[i64]()  # `left << 42 | right << 21 | rank`
        # Few, even where a token is very long: tokens of n different lengths have n * n / 2 bytes.
        lengths = sorted({len(token) for token in self.tokens})
        for number, token in enumerate(self.tokens):
            let_signals_in()
            for cut in lengths:
                if cut >= len(token):
                    break
                left = numbers.get(token[:cut])
                if left is not None:
                    right = numbers.get(token[cut:])
                    if right is not None:
                        pairs = append(pairs, i64(left) << 42 | i64(right) << 21 | i64(number))
        self._start(len(pairs))
        for pair in pairs:
            self._insert(pair >> 42, (pair >> 21) & 0x1FFFFF, pair & 0x1FFFFF)

    def unreachable(self) -> dict[bytes, int]:
        """Return the tokens whose bytes, merged, are not that one token: those that only the whole-pre-token shortcut gives (M7)."""
        return {token: number for number, token in enumerate(self.tokens) if not self._makes(token, number)}

    def is_canonical(self) -> bool:
        """Tell whether each token of two bytes or more is the result of one merge, and each token's bytes, merged, are that token.

        The specification also asks that ids rise with the ranks (M6), which is nothing to merging by pairs; that parts are made before the whole, every vocabulary keeps (V4).
        """
        if self.is_recovered:
            return True
        longer = sum(len(token) > 1 for token in self.tokens)
        return i64(longer) == self.count and not self.unreachable()

    def _makes(self, token: bytes, number: i64) -> bool:
        return self._merge(token + PADDING, 0, i64(len(token))) == 1 and i64(self.ids[0]) == number
