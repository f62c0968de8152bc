"""What one process measures, by part: each function takes a job and yields lines of results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from benchmarks.jobs import Job, Record
from benchmarks.measures import agreement, batch, decode, encode, growth, leak, load, short, train

#: The parts, in the order in which they run and are shown.
MEASURES: Final[dict[str, Callable[[Job], Iterator[Record]]]] = {
    "agreement": agreement.measure,
    "encode": encode.measure,
    "short": short.measure,
    "batch": batch.measure,
    "decode": decode.measure,
    "load": load.measure,
    "train": train.measure,
    "growth": growth.measure,
    "leak": leak.measure,
}
