"""Training on the compiled kernels, behind the signatures of the portable engine.

An interrupt is heard between two calls of the kernels, and, where one takes long, during it.
What does not fit their 64-bit counts goes to the portable engine, whose integers have no end.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from itertools import count
from typing import Final

from bpe.byte_order import ByteOrder
from bpe.byte_order import byte_order as byte_values
from bpe.engine import pre_token_counts as portable_counts
from bpe.engine import training as portable
from bpe.engine.kernels.pair_queue import TIE_BREAKS
from bpe.engine.kernels.pre_split import FAMILIES
from bpe.engine.kernels.pre_token_counts import PreTokenCounter as CompiledCounter
from bpe.engine.kernels.pre_token_counts import PreTokens, gather
from bpe.engine.kernels.training import MOST_POSITIONS, Trainer
from bpe.engine.safe_cuts import blocks
from bpe.patterns import Pattern
from bpe.reference.training import MergeStep, TieBreak
from bpe.reference.utf8 import text_to_bytes
from bpe.vocabulary import Merge

#: The kernel looks at about this many places before it returns.
WORK: Final = 1 << 16

#: Counts are below this, so sums of two fit 64 bits.
MOST_COUNTED: Final = 1 << 62


class PreTokenCounts(Mapping[str, int]):
    """Counts as the kernels have them, which become a dictionary when someone looks.

    >>> counts = PreTokenCounts(gather([b"a", b" b"], [1, 2]))
    >>> counts[" b"], dict(counts)
    (2, {'a': 1, ' b': 2})
    """

    def __init__(self, pre_tokens: PreTokens) -> None:
        self.pre_tokens = pre_tokens

    @cached_property
    def _as_dict(self) -> dict[str, int]:
        return self.pre_tokens.as_dict()

    def __getitem__(self, pre_token: str) -> int:
        return self._as_dict[pre_token]

    def __iter__(self) -> Iterator[str]:
        return iter(self._as_dict)

    def __len__(self) -> int:
        return len(self.pre_tokens.counts)


class NamedPatternCounter:
    """Counts with the scanner of a named pattern."""

    def __init__(self, pattern: Pattern, family: int) -> None:
        self._pattern = pattern
        self._counter = CompiledCounter(family, (secrets.randbits(60), secrets.randbits(60)))

    def add(self, text: str) -> None:
        """Count the pre-tokens of a text that holds no special token."""
        for block in blocks(text, self._pattern, portable_counts.BLOCK_LENGTH):
            self._counter.add(block)

    def result(self) -> PreTokenCounts:
        """Return the counts."""
        return PreTokenCounts(self._counter.result())


def start_counting(pattern: Pattern | None) -> NamedPatternCounter | portable_counts.PreTokenCounter:
    """Return a counter without texts.

    Clauses: T12.
    Equals `engine.pre_token_counts.start_counting`; a pattern that has no scanner is left to it.

    >>> from bpe.patterns import resolve_pattern
    >>> counter = start_counting(resolve_pattern("gpt2"))
    >>> counter.add("a b a b")
    >>> dict(counter.result())
    {'a': 1, ' b': 2, ' a': 1}
    """
    family = FAMILIES.get(pattern.name or "") if pattern is not None else None
    if pattern is None or family is None:
        return portable_counts.start_counting(pattern)
    return NamedPatternCounter(pattern, family)


def train_merges(
    pre_token_counts: Mapping[str, int],
    merges: int,
    *,
    tie_break: TieBreak = "smallest-pair",
    min_frequency: int = 1,
    byte_order: ByteOrder = "value",
    progress: Callable[[MergeStep], None] | None = None,
) -> tuple[MergeStep, ...]:
    """Return at most `merges` steps of training; `progress` is called after each.

    Clauses: T2, T10, T13.
    Equals `engine.training.train_merges` and `reference.training.train_merges`.

    >>> [step.merge.pair for step in train_merges({"aaabdaaabac": 1}, 3, tie_break="first-seen")]
    [(97, 97), (256, 97), (257, 98)]
    """
    trainer = start_training(pre_token_counts, merges, tie_break, min_frequency, byte_order)
    if trainer is None:
        return portable.train_merges(
            pre_token_counts,
            merges,
            tie_break=tie_break,
            min_frequency=min_frequency,
            byte_order=byte_order,
            progress=progress,
        )
    steps: list[MergeStep] = []
    for made in _batches(trainer):
        steps += made
        if progress is not None:
            for step in made:
                progress(step)
    return tuple(steps)


def train_untraced(
    pre_token_counts: Mapping[str, int],
    merges: int,
    *,
    tie_break: TieBreak = "smallest-pair",
    min_frequency: int = 1,
    byte_order: ByteOrder = "value",
) -> tuple[tuple[Merge, ...], list[bytes]]:
    """Return the merges that `train_merges` makes, and the bytes of what each makes.

    Clauses: T2, T10, T13.
    Equals `engine.training.train_untraced`.

    >>> train_untraced({"aaab": 2}, 2)[1]
    [b'aa', b'ab']
    """
    trainer = start_training(pre_token_counts, merges, tie_break, min_frequency, byte_order)
    if trainer is None:
        return portable.train_untraced(
            pre_token_counts, merges, tie_break=tie_break, min_frequency=min_frequency, byte_order=byte_order
        )
    while trainer.advance(WORK):
        pass  # An interrupt is heard here.
    lefts, rights, _, tokens = trainer.steps_from(0)
    return tuple(_merges(lefts, rights, 256)), tokens


def start_training(
    pre_token_counts: Mapping[str, int], merges: int, tie_break: TieBreak, min_frequency: int, order: ByteOrder
) -> Trainer | None:
    """Return the kernel before its first merge, or `None` where numbers are too great for it.

    Clauses: T10.

    >>> trainer = start_training({"aab": 2}, 1, "smallest-pair", 1, "value")
    >>> trainer.statistics() if trainer else None
    {(97, 97): 2, (97, 98): 2}
    """
    pre_tokens = _flatten(pre_token_counts)
    if pre_tokens is None:
        return None
    least = min(max(min_frequency, 1), MOST_COUNTED)
    return Trainer(pre_tokens, bytes(byte_values(order)), min(merges, MOST_POSITIONS), least, TIE_BREAKS[tie_break])


def _flatten(pre_token_counts: Mapping[str, int]) -> PreTokens | None:
    """Return counts as flat arrays if they fit."""
    if isinstance(pre_token_counts, PreTokenCounts):
        pre_tokens = pre_token_counts.pre_tokens
        return pre_tokens if len(pre_tokens.text) + len(pre_token_counts) < MOST_POSITIONS else None
    pieces = [text_to_bytes(pre_token) for pre_token in pre_token_counts]
    counts = list(pre_token_counts.values())
    if sum(map(len, pieces)) + len(pieces) >= MOST_POSITIONS or min(counts, default=0) < 0:
        return None
    counted = sum(count * len(piece) for piece, count in zip(pieces, counts, strict=True))
    return gather(pieces, counts) if counted < MOST_COUNTED and max(counts, default=0) < MOST_COUNTED else None


def _batches(trainer: Trainer) -> Iterator[list[MergeStep]]:
    made = 0
    more = True
    while more:
        more = trainer.advance(WORK)
        lefts, rights, counts, tokens = trainer.steps_from(made)
        yield list(map(MergeStep, _merges(lefts, rights, 256 + made), counts, tokens))
        made += len(tokens)


def _merges(lefts: list[int], rights: list[int], first: int) -> Iterator[Merge]:
    """Return merges of which the first makes the id `first`, and each the next."""
    # A tuple of three made a `Merge` at once costs half of what calling `Merge` does.
    return map(partial(tuple.__new__, Merge), zip(lefts, rights, count(first), strict=False))
