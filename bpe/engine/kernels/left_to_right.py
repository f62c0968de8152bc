"""Merging a very long pre-token from left to right, in time linear in its length, where the vocabulary is canonical.

Stage: bytes of a pre-token to tokens; what `merges` does for shorter ones and for other vocabularies.
Layout: of each token, by number: `lengths`, in bytes; `ranks`, of the merge that makes it, -1 for a single byte; `lefts` and `rights`, the parts of that merge; `shorter`, the longest token that it begins with, itself apart, -1 where there is none.
Invariant: the tokens chosen so far are what merging gives for the bytes that they cover.

Tokens are what merging gives for their bytes exactly when each two neighbours are (M10).
So the first tokens of a text can be chosen one by one: the longest that may stand beside the one before it, and where nothing can follow, the next shorter one instead.
What merging gives for the bytes before a place is one row of tokens, so no place is come to in two ways, and none twice.

Whether two tokens are what merging gives for their bytes is seen by undoing merges, the latest first, and looking at what touches the border.
`TwoTokens.v` of the proofs shows that this tells.
A merge across the border happens if some pair that touches it has a rank below that of the merge which takes its left token away, and not above that of the one which takes its right token away: of equal ranks the leftmost goes first (M3).
"""

from __future__ import annotations

from typing import Final, final

from librt.vecs import vec
from mypy_extensions import i32, i64

from bpe.engine.kernels.character_classes import PADDING
from bpe.engine.kernels.merges import result_of
from bpe.engine.kernels.pair_ranks import NONE, find_rank, first_slot
from bpe.engine.kernels.pair_table import PairTable
from bpe.engine.kernels.token_trie import TokenTrie, longest_token
from bpe.engine.signals import let_signals_in

#: The tables are made when very long pre-tokens of so many bytes have come: merging these with a queue costs about as much.
WORTHWHILE: Final[i64] = 1 << 18

#: So many steps for each byte are taken at most: vocabularies in use need fewer on all that was tried, and where one needs more, a queue is quicker.
MOST_STEPS: Final[i64] = 32

#: The tokens of a vocabulary that has these tables have fewer bytes than this, all together.
_MOST_BYTES: Final = 1 << 23

#: Signals are let in after so many steps.
_PAUSE: Final[i64] = 1 << 20


@final
class LeftToRight:
    """The tables of one canonical vocabulary."""

    def __init__(self, pairs: PairTable) -> None:
        tokens = pairs.tokens
        self.entries: vec[i64] = pairs.entries
        self.mask: i64 = pairs.mask
        self.trie: TokenTrie = TokenTrie(tokens)
        size: i64 = len(tokens)
        self.lengths: vec[i32] = vec[i32]([i32(0)] * size)
        self.ranks: vec[i32] = vec[i32]([i32(-1)] * size)
        self.lefts: vec[i32] = vec[i32]([i32(-1)] * size)
        self.rights: vec[i32] = vec[i32]([i32(-1)] * size)
        self.shorter: vec[i32] = vec[i32]([i32(-1)] * size)
        for entry in pairs.entries[first_slot(pairs.mask) :]:
            if entry != -1:
                rank = entry & 0x1FFFFF
                token = result_of(pairs.results, rank)
                self.ranks[token] = i32(rank)
                self.lefts[token] = i32(entry >> 42)
                self.rights[token] = i32((entry >> 21) & 0x1FFFFF)
        self._measure(b"".join(tokens) + PADDING, tokens)

    def _measure(self, text: bytes, tokens: list[bytes]) -> None:
        """Note how long each token is, and which shorter one it begins with; the text is that of all tokens, padded."""
        trie = self.trie
        at: i64 = 0
        number: i64 = 0
        for token in tokens:
            length: i64 = len(token)
            self.lengths[number] = i32(length)
            if length > 1:
                found = longest_token(text, at, at + length - 1, trie.edges, trie.mask, trie.token_at)
                self.shorter[number] = i32(found & 0xFFFFFFFF)
            at += length
            number += 1

    def merge(self, text: bytes, at: i64, size: i64, out: vec[i32], filled: i64) -> i64:
        """Write the tokens of the bytes from `at` on behind the first `filled` of a row, and return how many it has then, or -1 where that takes too many steps.

        The text is padded, `size` is not 0, and the row has room for so many tokens more.
        """
        trie, lengths, shorter = self.trie, self.lengths, self.shorter
        edges, mask, token_at = trie.edges, trie.mask, trie.token_at
        stop = at + size
        first = filled
        place: i64 = 0
        found = longest_token(text, at, stop, edges, mask, token_at)
        token = found & 0xFFFFFFFF
        steps = found >> 32
        most = MOST_STEPS * size
        pause = min(_PAUSE, most)
        while True:
            # Of the tokens that begin here, the longest that may stand beside the last one.
            while token != -1:
                if steps > pause:
                    if steps > most:
                        return -1
                    pause = min(steps + _PAUSE, most)
                    let_signals_in()
                if filled == first:
                    break
                looks = self._looks_across(i64(out[filled - 1]), token)
                if looks > 0:
                    steps += looks
                    break
                steps -= looks
                token = i64(shorter[token])
            if token != -1:
                out[filled] = i32(token)
                filled += 1
                place += i64(lengths[token])
                if place == size:
                    return filled
                found = longest_token(text, at + place, stop, edges, mask, token_at)
                token = found & 0xFFFFFFFF
                steps += found >> 32
            else:
                filled -= 1
                place -= i64(lengths[i64(out[filled])])
                token = i64(shorter[i64(out[filled])])

    def merge_piece(self, piece: bytes) -> list[int] | None:
        """Return the numbers of a piece's tokens, or `None` where that takes too many steps: `merge` for those who look on from outside."""
        row = vec[i32]([i32(0)] * len(piece))
        count = self.merge(piece + PADDING, 0, i64(len(piece)), row, 0)
        return None if count < 0 else [int(token) for token in row[:count]]

    def _looks_across(self, left: i64, right: i64) -> i64:
        """Tell whether two tokens are what merging gives for their bytes: return how many pairs were looked up to see it, and where they are not, that many below zero."""
        entries, mask, ranks = self.entries, self.mask, self.ranks
        until_left = NONE  # the rank of the merge that takes the left token away
        until_right = NONE
        looks: i64 = 0
        while True:
            looks += 1
            rank = find_rank(entries, mask, left, right)
            if rank < until_left and rank <= until_right and rank != NONE:
                return -looks
            rank_left = i64(ranks[left])
            rank_right = i64(ranks[right])
            if rank_left > rank_right:
                until_left = rank_left
                left = i64(self.rights[left])
            elif rank_right >= 0:
                until_right = rank_right
                right = i64(self.lefts[right])
            else:
                return looks


def tables_of(pairs: PairTable) -> LeftToRight | None:
    """Return the tables of a vocabulary, or `None` where it is not canonical, or too large."""
    if sum(map(len, pairs.tokens)) >= _MOST_BYTES or not pairs.is_canonical():
        return None
    return LeftToRight(pairs)
