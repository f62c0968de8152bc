"""A trie of tokens: whether one begins here, and which is the longest that does.

Stage: special tokens in a text; long pre-tokens from left to right.
Layout: a node is what tokens may begin with; node `1 + b` is the byte b. `edges` is an open-addressing table, `node << 34 | byte << 26 | next node` in one word, -1 where empty; `token_at` has the number of the token that is a node, or -1.
Invariant: a walk along the bytes of a text has a next node exactly as long as some token begins with these bytes.
"""

from __future__ import annotations

from typing import Final, final

from librt.strings import read_i64_le
from librt.vecs import append, vec
from mypy_extensions import i32, i64

from bpe.engine.kernels.character_classes import PADDING

#: Tokens have fewer bytes than this, all together, so that the number of a node fits an edge: the first 257 stand for no byte and for each.
MOST_BYTES: Final = (1 << 26) - 257

_MULTIPLIER: Final[i64] = 0x1E3779B97F4A7C15
_NEXT: Final[i64] = (1 << 26) - 1


@final
class TokenTrie:
    """The tokens of a vocabulary, or some of them, numbered from 0 in the order given; none is empty."""

    def __init__(self, tokens: list[bytes]) -> None:
        self.edges: vec[i64] = vec[i64]([i64(-1)] * 64)
        self.mask: i64 = 63
        self.count: i64 = 0
        self.token_at: vec[i32] = vec[i32]([i32(-1)] * 257)
        text = b"".join(tokens) + PADDING  # one copy, not one for each token
        at: i64 = 0
        number: i64 = 0
        for token in tokens:
            stop: i64 = at + i64(len(token))
            self._enter(text, at, stop, number)
            at = stop
            number += 1

    def _enter(self, text: bytes, at: i64, stop: i64, number: i64) -> None:
        node = 1 + (read_i64_le(text, at) & 0xFF)
        at += 1
        while at < stop:
            key = node << 8 | (read_i64_le(text, at) & 0xFF)
            slot = self._slot(key)
            if self.edges[slot] == -1:
                node = i64(len(self.token_at))
                self.edges[slot] = key << 26 | node
                self.token_at = append(self.token_at, i32(-1))
                self.count += 1
                if 2 * self.count > self.mask:
                    self._grow()
            else:
                node = self.edges[slot] & _NEXT
            at += 1
        self.token_at[node] = i32(number)

    def _slot(self, key: i64) -> i64:
        """Return the slot of an edge, or the free one where it would be."""
        edges = self.edges
        slot = ((key * _MULTIPLIER) >> 34) & self.mask
        while edges[slot] != -1 and edges[slot] >> 26 != key:
            slot = (slot + 1) & self.mask
        return slot

    def _grow(self) -> None:
        old = self.edges
        size: i64 = 2 * i64(len(old))
        self.edges = vec[i64]([i64(-1)] * size)
        self.mask = size - 1
        for edge in old:
            if edge != -1:
                self.edges[self._slot(edge >> 26)] = edge


def next_node(edges: vec[i64], mask: i64, node: i64, byte: i64) -> i64:
    """Return where the edge of a byte leads from a node, or 0."""
    key = node << 8 | byte
    slot = ((key * _MULTIPLIER) >> 34) & mask
    while True:
        edge = edges[slot]
        if edge >> 26 == key:
            return edge & _NEXT
        if edge == -1:
            return 0
        slot = (slot + 1) & mask


def longest_token(text: bytes, at: i64, stop: i64, edges: vec[i64], mask: i64, token_at: vec[i32]) -> i64:
    """Return the longest token that a text begins with at a place, and how many bytes were looked at: `bytes << 32 | token`.

    The text ends at `stop`, after that place, and is padded; the byte at the place is a token.
    """
    start = at
    node = 1 + (read_i64_le(text, at) & 0xFF)
    longest = i64(token_at[node])
    at += 1
    while at < stop:
        node = next_node(edges, mask, node, read_i64_le(text, at) & 0xFF)
        if not node:
            break
        token = i64(token_at[node])
        if token >= 0:
            longest = token
        at += 1
    return (at - start) << 32 | longest
