"""Growth on hostile text: the seconds for runs of 1 000 to 10 000 000 bytes, each encoded once.

A tool that does not come to an end is stopped, and what it did before remains.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.jobs import Job, Record
from benchmarks.peers import TOOLS
from benchmarks.texts import RUNS
from benchmarks.timing import digest, timed
from benchmarks.vocabularies import read_files

SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)


def measure(job: Job) -> Iterator[Record]:
    """Yield a line for each size up to the job's, smallest first, as soon as it is measured; `option` is the run."""
    encode = TOOLS[job.tool].open(read_files(job.files)).encode
    encode("Some words before.")
    for size in SIZES:
        if size <= job.size:
            taken, ids = timed(partial(encode, RUNS[job.option](size)))
            yield job.record(**taken, tokens=len(ids), digest=digest(ids)) | {"size": size}
