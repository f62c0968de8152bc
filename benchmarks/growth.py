"""How the time to encode grows with hostile input: runs of one character, and letters without a space.

For each kind of input it fits the exponent of n over the measured sizes: 1 is linear, n log n shows as a little more, 2 would be quadratic.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

import bpe
from benchmarks.timing import seconds
from bpe.tokenizer import Tokenizer

SIZES = (1_000, 10_000, 100_000, 1_000_000)


def random_letters(size: int) -> str:
    """Return letters without a space."""
    return "".join(random.Random(0).choices("abcdefghijklmnopqrstuvwxyz", k=size))


INPUTS: dict[str, Callable[[int], str]] = {
    "a": lambda size: "a" * size,
    "space": lambda size: " " * size,
    "newline": lambda size: "\n" * size,
    "letters without a space": random_letters,
    "漢": lambda size: "漢" * (size // 3),
    "^": lambda size: "^" * size,
    "ab": lambda size: "ab" * (size // 2),
    "digits": lambda size: "7" * size,
}


def exponent(sizes: tuple[int, ...], taken: list[float]) -> float:
    """Return the slope of the least-squares line through the logarithms."""
    x = [math.log(size) for size in sizes]
    y = [math.log(value) for value in taken]
    middle_x, middle_y = sum(x) / len(x), sum(y) / len(y)
    rise = sum((a - middle_x) * (b - middle_y) for a, b in zip(x, y, strict=True))
    return rise / sum((a - middle_x) ** 2 for a in x)


def measure(tokenizer: Tokenizer, text: str) -> float:
    """Return the seconds that a tokenizer without memory takes; check that the text comes back."""
    fresh = Tokenizer.from_vocabulary(tokenizer.vocabulary)
    ids: list[int] = []
    taken = seconds(lambda: ids.extend(fresh.encode_ordinary(text)))
    if fresh.decode(ids) != text:
        raise SystemExit("a text did not come back")
    return taken


def main() -> None:
    """Print a table for each encoding that is named, or cl100k_base."""
    console = Console(width=120)
    for name in sys.argv[1:] or ["cl100k_base"]:
        tokenizer = bpe.get_encoding(name)
        table = Table(title=f"{name}: seconds to encode, and the exponent over the last three sizes")
        for heading in ("input", *(f"{size:,} bytes" for size in SIZES), "exponent"):
            table.add_column(heading, justify="right")
        for kind, make in INPUTS.items():
            taken = [measure(tokenizer, make(size)) for size in SIZES]
            fitted = exponent(SIZES[1:], taken[1:])
            table.add_row(kind, *(f"{value:.4f}" for value in taken), f"{fitted:.2f}")
        console.print(table)


if __name__ == "__main__":
    main()
