"""What the properties ask of a trainer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from bpe.conformance.model import Model, Training
from bpe.conformance.protocol import Loads, Merges

#: The count of each pair of ids.
PairCounts = Mapping[tuple[int, int], int]


@runtime_checkable
class Trains(Protocol):
    """Makes a model, with its merges in the order in which they were chosen."""

    def train(self, training: Training) -> Model:
        """Return what was trained: bare but for pattern and special tokens, which have the ids after the merges."""


@runtime_checkable
class TrainsAndLoads(Trains, Loads, Protocol):
    """Makes a model, and encodes with it."""


@runtime_checkable
class TrainsAndMerges(Trains, Merges, Protocol):
    """Makes a model, and merges with it alone."""


@runtime_checkable
class ShowsStatistics(Trains, Protocol):
    """Shows the pair counts before the first merge and after each one."""

    def pair_statistics(self, training: Training) -> Sequence[PairCounts]:
        """Return the counts before each merge, and after the last."""


@runtime_checkable
class CountsPreTokens(Protocol):
    """Counts pre-tokens, in the order in which they are first met, and adds such counts."""

    def count_pre_tokens(self, texts: Sequence[str], pattern: str | None) -> Mapping[str, int]:
        """Return how often each pre-token occurs."""

    def add_counts(self, first: Mapping[str, int], second: Mapping[str, int]) -> Mapping[str, int]:
        """Return the sum of two counts."""
