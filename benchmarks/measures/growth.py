"""Growth on hostile text: the seconds for runs of 1 000 to 10 000 000 bytes, each encoded once.

`option` is the run, `size` the greatest number of bytes.
Each size is a line of its own, told at once: a tool that does not come to an end is stopped, and what it told before remains.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.jobs import Job, Record
from benchmarks.peers import TOOLS
from benchmarks.texts import RUNS
from benchmarks.timing import timed
from benchmarks.vocabularies import read_files

SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)


def measure(job: Job) -> Iterator[Record]:
    """Yield the seconds for each size, smallest first."""
    encode = TOOLS[job.tool].open(read_files(job.files)).encode
    encode("Some words before.")
    for size in SIZES:
        if size <= job.size:
            seconds, ids = timed(partial(encode, RUNS[job.option](size)))
            yield job.record(size=size, seconds=seconds, ids=len(ids))
