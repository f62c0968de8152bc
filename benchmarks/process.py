"""Starting the process of a job, and collecting what it tells."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Final

from benchmarks.jobs import Job, Record
from benchmarks.texts import PROJECT

#: One thread where one core is measured: a pool of threads on one core only gets in its own way.
ONE_THREAD: Final = {
    "RAYON_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "FASTOKENS_BPE_THREADS": "1",
}


def run_job(job: Job, limit: float) -> Iterator[Record]:
    """Yield the lines of a job; if it takes more than `limit` seconds or dies, a line that says so comes last."""
    command = [sys.executable, "-m", "benchmarks.worker", job.to_json()]
    try:
        done = subprocess.run(
            command, cwd=PROJECT, env=_environment(job), capture_output=True, timeout=limit, check=False, text=True
        )
    except subprocess.TimeoutExpired as late:
        yield from _lines(late.stdout)
        yield job.record(error=f"stopped after {limit:.0f} s")
        return
    yield from _lines(done.stdout)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [""]
        yield job.record(error=f"ended with {done.returncode}: {last[0][:200]}")


def _environment(job: Job) -> Mapping[str, str]:
    return os.environ | (ONE_THREAD if job.cores == 1 else {"TOKENIZERS_PARALLELISM": "true"})


def _lines(output: str | bytes | None) -> Iterator[Record]:
    text = output.decode("utf-8", "replace") if isinstance(output, bytes) else output or ""
    for line in text.splitlines():
        # A line that was cut short by the end of the process is none; whatever else a tool prints is none either.
        if line.startswith("{") and line.endswith("}"):
            yield json.loads(line)
