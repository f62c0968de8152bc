"""How many requests a second the pipe carries, to the template of an adapter in Python.

On a machine that does other things besides, the figure by processor time, of both ends together, is the one to compare.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from bpe.conformance.model import Model  # noqa: E402 - the project is found first
from bpe.conformance.pipe import open_pipe  # noqa: E402

TEMPLATE: Final = PROJECT / "adapters" / "python" / "template.py"


def processor_seconds() -> float:
    """Return what this process and the children that have ended have taken."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def measure(requests: int, text: str) -> tuple[float, float]:
    """Return the seconds that so many requests take, by the clock and of processor time."""
    target, model = open_pipe([sys.executable, str(TEMPLATE)]), Model({})
    target.encode(model, text)  # type: ignore[attr-defined]  # the program says what it can do
    clock, processor = time.perf_counter(), processor_seconds()
    for _ in range(requests):
        target.encode(model, text)  # type: ignore[attr-defined]
    clock = time.perf_counter() - clock
    target.close()
    return clock, processor_seconds() - processor


def main() -> None:
    """Measure, and print both figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    options = parser.parse_args()
    clock, processor = measure(options.requests, "Hello, tokenizers! 😀")
    print(f"{options.requests:,} requests in {clock:.2f} s, of which {processor:.2f} s of processor time at both ends:")
    print(
        f"{options.requests / clock:,.0f} a second by the clock; {options.requests / processor:,.0f} by processor time"
    )


if __name__ == "__main__":
    main()
