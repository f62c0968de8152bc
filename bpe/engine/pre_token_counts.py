"""Counting pre-tokens, text by text, in blocks."""

from __future__ import annotations

from collections import Counter
from typing import Final

from bpe.engine.pre_split import compile_splitter
from bpe.engine.safe_cuts import blocks
from bpe.patterns import Pattern

#: Text is counted this many characters at a time, where safe cuts allow it.
BLOCK_LENGTH: Final = 1 << 18


class PreTokenCounter:
    """How often each pre-token occurs in the ordinary texts added so far, in the order of first appearance.

    Clauses: T12.
    Memory is that of the distinct pre-tokens and of one block.
    """

    def __init__(self, pattern: Pattern | None) -> None:
        self._pattern = pattern
        self._split = compile_splitter(pattern)
        self._counts: Counter[str] = Counter()

    def add(self, text: str) -> None:
        """Count the pre-tokens of a text that holds no special token."""
        for block in blocks(text, self._pattern, BLOCK_LENGTH):
            self._counts.update(self._split(block))

    def result(self) -> dict[str, int]:
        """Return the counts."""
        return dict(self._counts)


def start_counting(pattern: Pattern | None) -> PreTokenCounter:
    """Return a counter without texts.

    Clauses: T12.
    Raises `InvalidPatternError`; adding a text raises `PatternGapError` and `PatternTimeoutError`.

    >>> from bpe.patterns import resolve_pattern
    >>> counter = start_counting(resolve_pattern("gpt2"))
    >>> counter.add("a b a b")
    >>> counter.result()
    {'a': 1, ' b': 2, ' a': 1}
    """
    return PreTokenCounter(pattern)
