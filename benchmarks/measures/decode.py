"""Decoding the ids of half a text, after the other half's: to bytes, and to text, since not every tool has both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from benchmarks.jobs import Job, Record
from benchmarks.peers import TOOLS, Calls
from benchmarks.texts import halves
from benchmarks.timing import timed
from benchmarks.vocabularies import read_files

OUTPUTS = ("bytes", "text")


def measure(job: Job) -> Iterator[Record]:
    """Yield what one call takes for each kind of output that the tool has, after checking that the text comes back."""
    calls = TOOLS[job.tool].open(read_files(job.files))
    first, second = halves(job.text, job.limit)
    before, ids = list(calls.encode(first)), list(calls.encode(second))
    for output, decode in decode_calls(calls).items():
        decode(before)
        taken, result = timed(partial(decode, ids))
        if result == (second.encode() if output == "bytes" else second):
            yield job.record(**taken, bytes=len(second.encode()), tokens=len(ids)) | {"option": output}
        else:
            yield job.record(error="the text does not come back") | {"option": output}


def decode_calls(calls: Calls) -> dict[str, Callable[[list[int]], Any]]:
    """Return the calls that decode, by what they give."""
    found = zip(OUTPUTS, (calls.decode_bytes, calls.decode_text), strict=True)
    return {output: call for output, call in found if call is not None}
