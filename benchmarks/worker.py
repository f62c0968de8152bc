"""The process that measures one job: `python -m benchmarks.worker JOB`, a JSON object; lines of results on stdout, told as they come."""

from __future__ import annotations

import json
import os
import sys

from benchmarks.jobs import Job, Record
from benchmarks.measures import MEASURES


def main() -> None:
    """Measure, and tell whatever goes wrong as a line of results too."""
    job = Job.from_json(sys.argv[1])
    if job.cores == 1:
        pin_to_one_core()
    try:
        for record in MEASURES[job.part](job):
            tell(record)
    except BaseException as fault:  # a panic in a compiled tool is no Exception
        if isinstance(fault, KeyboardInterrupt):
            raise
        tell(job.record(error=f"{type(fault).__name__}: {fault}"))


def pin_to_one_core() -> None:
    """Stay on the last core that this process may use, where the system knows such a thing; the first is the busiest."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def tell(record: Record) -> None:
    """Write one line of results, so that it is there even if the next thing ends this process."""
    print(json.dumps(record), flush=True)


if __name__ == "__main__":
    main()
