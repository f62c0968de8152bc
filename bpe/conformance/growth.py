"""How the time for a text grows with its length, on runs that slow algorithms are slow on (clause R1)."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bpe.conformance.faults import TargetFault, Unsupported, describe_exception
from bpe.conformance.model import BYTES, Model
from bpe.conformance.refusal import Refusal


def _letters(size: int) -> str:
    draw = random.Random(size)  # noqa: S311 - the same text each time, not a secret
    return "".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=size))


#: Runs by name, each a function of the length.
RUNS: Final[Mapping[str, Callable[[int], str]]] = {
    "a": lambda size: "a" * size,
    "space": lambda size: " " * size,
    "newline": lambda size: "\n" * size,
    "random letters": _letters,
    "ab": lambda size: "ab" * (size // 2),
    "space and a": lambda size: " a" * (size // 2),
}

#: For a target that takes any vocabulary: runs of 2, 4, … 1024 of the characters that `RUNS` repeats.
DOUBLING: Final = Model(
    BYTES | {256 + 4 * k + i: unit * 2**k for k in range(1, 11) for i, unit in enumerate((b"a", b" ", b"\n", b" a"))},
    pattern="gpt2",
)

#: Times below this say nothing about growth, in seconds.
NOISE: Final = 0.02

#: A text that takes less is timed several times, of which the least counts.
QUICK: Final = 0.5
REPEATS: Final = 3

#: From here on growth is not that of n log n: tenfold length takes more than 25 times as long.
SUPERLINEAR: Final = 1.4


@dataclass(frozen=True)
class Growth:
    """The times of one run at growing lengths, and the exponent of the last tenfold, where times are long enough."""

    run: str
    sizes: tuple[int, ...]
    seconds: tuple[float, ...]
    #: Why the run ended before its greatest length, if it did.
    stopped: str | None

    @property
    def exponent(self) -> float | None:
        """The slope of the last points on doubly logarithmic paper, or `None` where nothing took long enough."""
        points = [(s, t) for s, t in zip(self.sizes, self.seconds, strict=True) if t > NOISE]
        if len(points) < 2:
            return None
        (first, before), (last, after) = points[max(0, len(points) - 3)], points[-1]
        return math.log(after / before) / math.log(last / first)

    @property
    def is_superlinear(self) -> bool:
        """Whether the time grows faster than n log n."""
        return self.exponent is not None and self.exponent > SUPERLINEAR


def measure_growth(target: Any, *, largest: int, seconds: float) -> Iterator[Growth]:
    """Yield the growth of each run; a run ends at the greatest length, or once a text takes `seconds`.

    A target that has no vocabulary of its own is given `DOUBLING`.
    A run that seems to grow too fast is measured once more, and the slower growth counts: another process may have taken the time.
    """
    model = getattr(target, "model", None) or DOUBLING

    def measure(run: str) -> Growth:
        return _measure(lambda text: target.encode_ordinary(model, text), run, _sizes(largest), seconds)

    for run in RUNS:
        grown = measure(run)
        if grown.is_superlinear:
            grown = min(grown, measure(run), key=lambda each: each.exponent or 0.0)
        yield grown


def _sizes(largest: int) -> Sequence[int]:
    """Return lengths from a thousand on, two for each tenfold."""
    sizes: list[int] = []
    size = 1_000.0
    while size < largest * 1.001:
        sizes.append(round(size))
        size *= math.sqrt(10)
    return sizes


def _measure(encode: Callable[[str], object], name: str, sizes: Sequence[int], seconds: float) -> Growth:
    done: list[tuple[int, float]] = []
    stopped = None
    for size in sizes:
        text = RUNS[name](size)
        try:
            took = min(_times(encode, text))
        except Refusal as refusal:
            stopped = f"{size:,} characters are refused: {refusal.message[:200]}"
            break
        except Unsupported as fault:
            stopped = f"not asked: {fault.reason}"
            break
        except TargetFault as fault:
            stopped = f"{size:,} characters: {fault}"
            break
        except Exception as fault:  # noqa: BLE001 - whatever a target raises
            stopped = f"{size:,} characters: {describe_exception(fault)}"
            break
        done.append((size, took))
        if done[-1][1] > seconds:
            stopped = f"{size:,} characters took {done[-1][1]:.1f} s"
            break
    return Growth(name, tuple(size for size, _ in done), tuple(took for _, took in done), stopped)


def _times(encode: Callable[[str], object], text: str) -> Iterator[float]:
    """Yield how long a text takes, and once or twice more where that is soon known: on a busy machine the least counts."""
    for _ in range(REPEATS):
        start = time.perf_counter()
        encode(text)
        took = time.perf_counter() - start
        yield took
        if took > QUICK:
            return
