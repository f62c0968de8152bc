"""Decoding the ids of half a text, after the other half's: to bytes, and to text, since not every tool has both.

`option` is bytes or text.
"""

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
    """Yield the seconds of one call, after checking that the text comes back."""
    calls = TOOLS[job.tool].open(read_files(job.files))
    decode = decode_call(calls, job.option)
    first, second = halves(job.text, job.limit)
    decode(list(calls.encode(first)))
    ids = list(calls.encode(second))
    seconds, result = timed(partial(decode, ids))
    expected = second.encode() if job.option == "bytes" else second
    if result != expected:
        yield job.record(error="the text does not come back")
    else:
        yield job.record(seconds=seconds, bytes=len(second.encode()), tokens=len(ids))


def decode_call(calls: Calls, output: str) -> Callable[[list[int]], Any]:
    """Return the call that decodes to bytes or to text.

    Raises `LookupError` where there is none.
    """
    call = calls.decode_bytes if output == "bytes" else calls.decode_text
    if call is None:
        raise LookupError(f"no call decodes to {output}")
    return call
