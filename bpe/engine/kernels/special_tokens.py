"""Whether a text holds any special token: one pass over its bytes, however many tokens there are.

Stage: text to special and ordinary spans; nearly every text is ordinary, and this is how that is found out.
Layout: a trie of the tokens' bytes; `edges` is an open-addressing table, `node << 8 | byte` in one word and the next node in the word after it; `ends` tells at which nodes a token ends.
Invariant: a text holds a token exactly if a walk from some byte of it comes to such a node (S2, S3).

Only bytes with which a token begins are looked at; where all begin alike, eight at a time are passed over.
Time is that of the text, or at worst its length times that of the longest token.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, final

from librt.strings import read_i64_le
from librt.vecs import append, vec
from mypy_extensions import i64, u8

_MULTIPLIER: Final[i64] = 0x1E3779B97F4A7C15


@final
class SpecialTokenFinder:
    """The trie of a vocabulary's special tokens."""

    def __init__(self, tokens: Iterable[bytes]) -> None:
        given = list(tokens)
        size: i64 = 64
        while size < 4 * sum(len(token) for token in given):
            size *= 2
        self.edges: vec[i64] = vec[i64]([i64(-1)] * (2 * size))
        self.mask: i64 = size - 1
        self.ends: vec[u8] = vec[u8]([0])
        self.starts: vec[u8] = vec[u8]([u8(0)] * 256)
        for token in given:
            self._enter(token)
        first = {token[0] for token in given}
        #: The byte with which every token begins, or -1.
        self.start: i64 = i64(first.pop()) if len(first) == 1 else -1
        self.is_empty: bool = not given

    def _enter(self, token: bytes) -> None:
        self.starts[i64(token[0])] = 1
        node: i64 = 0
        for value in token:
            slot = self._slot(node, i64(value))
            if self.edges[slot] == -1:
                self.edges[slot] = node << 8 | i64(value)
                self.edges[slot + 1] = i64(len(self.ends))
                self.ends = append(self.ends, 0)
            node = self.edges[slot + 1]
        self.ends[node] = 1

    def _slot(self, node: i64, value: i64) -> i64:
        """Return the slot of an edge, or the free one where it would be."""
        edges = self.edges
        key = node << 8 | value
        slot = ((key * _MULTIPLIER) >> 40) & self.mask
        while edges[2 * slot] != key and edges[2 * slot] != -1:
            slot = (slot + 1) & self.mask
        return 2 * slot

    def occurs(self, text: bytes, stop: i64) -> bool:
        """Tell whether any token occurs in a padded text that ends at `stop`."""
        at: i64 = 0
        starts = self.starts
        while at < stop:
            at = self._next_start(text, at, stop) if self.start >= 0 else at
            if at >= stop:
                return False
            if starts[read_i64_le(text, at) & 0xFF] and self._begins_at(text, at):
                return True
            at += 1
        return False

    def _next_start(self, text: bytes, at: i64, stop: i64) -> i64:
        """Pass over words of eight bytes in which no token begins."""
        ones: i64 = 0x0101010101010101
        half: i64 = 0x2020202020202020
        pattern = ones * self.start
        while at < stop:
            differing = read_i64_le(text, at) ^ pattern
            # The lowest byte that is zero, and none below it, sets its high bit.
            if (differing - ones) & ~differing & (half << 2):
                while read_i64_le(text, at) & 0xFF != self.start:
                    at += 1
                return at
            at += 8
        return stop

    def _begins_at(self, text: bytes, at: i64) -> bool:
        node: i64 = 0
        while True:
            slot = self._slot(node, read_i64_le(text, at) & 0xFF)
            if self.edges[slot] == -1:
                return False
            node = self.edges[slot + 1]
            if self.ends[node]:
                return True
            at += 1
