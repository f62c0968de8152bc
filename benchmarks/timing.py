"""Interleaved timing: each contender runs once in every round, and ratios are taken within the round."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple


class Ratio(NamedTuple):
    """How many times as fast as the peer: the median over the rounds, the least and the greatest."""

    median: float
    least: float
    greatest: float

    def __str__(self) -> str:
        return f"{self.median:.2f}x ({self.least:.2f}-{self.greatest:.2f})"


def seconds(action: Callable[[], object]) -> float:
    """Return how long one call takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def ratios(contenders: Mapping[str, Callable[[], object]], peer: str, rounds: int = 5) -> dict[str, Ratio]:
    """Return each contender's speed as a multiple of the peer's in the same round."""
    measured: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        taken = {name: seconds(action) for name, action in contenders.items()}
        for name in contenders:
            measured[name].append(taken[peer] / taken[name])
    return {name: Ratio(statistics.median(row), min(row), max(row)) for name, row in measured.items()}
