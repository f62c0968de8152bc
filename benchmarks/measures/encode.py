"""Encoding text not seen before: *cold*, with a new tokenizer, and *warm*, after other text of its kind.

The process is new: the first half of the text is encoded once (cold), then the second half once (warm on new text), then the second half again (seen).
The last flatters every tool with a cache, and is shown for that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any

from benchmarks.jobs import Job, Record
from benchmarks.peers import TOOLS, Calls
from benchmarks.texts import halves
from benchmarks.timing import digest, timed
from benchmarks.vocabularies import read_files

OUTPUTS = ("list", "array", "count")


def measure(job: Job) -> Iterator[Record]:
    """Yield what each of the three calls takes, in this order; `option` is the kind of output: list, array or count."""
    import_module("numpy")  # some import it in the first call that gives an array
    first, second = halves(job.text, job.limit)
    calls = TOOLS[job.tool].open(read_files(job.files))
    action = output_call(calls, job.option, counting=job.tool)
    for phase, part in (("cold", first), ("warm", second), ("seen", second)):
        taken, result = timed(partial(action, part))
        size = len(part.encode())
        yield job.record(phase=phase, bytes=size, **taken, **_result(result, job.option, phase))


def output_call(calls: Calls, output: str, *, counting: str) -> Callable[[str], Any]:
    """Return the call that gives this kind of output; without a call to count with, the length of a list."""
    if output == "array" and calls.to_array is not None:
        return calls.to_array
    if output == "count":
        return calls.count or (lambda text: len(calls.encode(text)))
    if output == "list":
        return calls.encode
    raise LookupError(f"{counting} has no call for {output}")


def _result(result: Any, output: str, phase: str) -> Record:
    if output == "count":
        return {"tokens": int(result)}
    return {"tokens": len(result)} | ({"digest": digest(result)} if phase == "warm" else {})
