"""Whether a text holds any special token: one pass over its bytes, however many tokens there are.

Stage: text to special and ordinary spans; nearly every text is ordinary, and this is how that is found out.
Layout: a trie of the tokens' bytes, and for each byte whether a token begins with it.
Invariant: a text holds a token exactly if a walk from some byte of it comes to where one ends (S2, S3).

Only bytes with which a token begins are looked at; where all begin alike, eight at a time are passed over.
Where the walks come to many times the text, because a token is long and its beginnings are many, each token is searched for by itself, in linear time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, final

from librt.strings import read_i64_le
from librt.vecs import vec
from mypy_extensions import i64, u8

from bpe.engine.kernels.token_trie import TokenTrie, next_node
from bpe.engine.signals import let_signals_in

#: So many steps for each byte of the text, before each token is searched for by itself.
_MOST_STEPS: Final[i64] = 32


@final
class SpecialTokenFinder:
    """The trie of a vocabulary's special tokens."""

    def __init__(self, tokens: Iterable[bytes]) -> None:
        given = list(tokens)
        self.tokens: list[bytes] = given
        self.trie: TokenTrie = TokenTrie(given)
        self.starts: vec[u8] = vec[u8]([u8(0)] * 256)
        for token in given:
            self.starts[i64(token[0])] = 1
        first = {token[0] for token in given}
        #: The byte with which every token begins, or -1.
        self.start: i64 = i64(first.pop()) if len(first) == 1 else -1
        self.is_empty: bool = not given

    def occurs(self, text: bytes, stop: i64) -> bool:
        """Tell whether any token occurs in a padded text that ends at `stop`."""
        at: i64 = 0
        steps = _MOST_STEPS * (stop + 64)
        starts = self.starts
        while at < stop:
            at = self._next_start(text, at, stop) if self.start >= 0 else at
            if at >= stop:
                return False
            if starts[read_i64_le(text, at) & 0xFF]:
                walked = self._walk(text, at)
                if walked < 0:
                    return True
                steps -= walked
                if steps < 0:
                    return self._occurs_by_itself(text)
            at += 1
        return False

    def _occurs_by_itself(self, text: bytes) -> bool:
        for token in self.tokens:
            let_signals_in()
            if token in text:
                return True
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

    def _walk(self, text: bytes, at: i64) -> i64:
        """Return how many bytes from `at` on some token begins with, or -1 where a whole one stands."""
        start = at
        edges, mask, token_at = self.trie.edges, self.trie.mask, self.trie.token_at
        node = 1 + (read_i64_le(text, at) & 0xFF)
        while node:
            if token_at[node] >= 0:
                return -1
            at += 1
            node = next_node(edges, mask, node, read_i64_le(text, at) & 0xFF)
        return at - start
