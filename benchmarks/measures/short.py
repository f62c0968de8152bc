"""Short strings: the latency of one call on new chat turns of 20 to 2 000 bytes, by a tokenizer that has seen other text of the kind.

Every second turn is timed within one loop, which gives the mean; the others one by one, which gives percentiles, and includes the clock's own cost.
Then those of the loop are encoded twice more, and the last pass is timed, which flatters every tool with a cache, and the processor's own: new turns find little there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from time import perf_counter_ns

from benchmarks.jobs import Job, Record
from benchmarks.peers import TOOLS
from benchmarks.texts import TURN_SIZES, halves, turns
from benchmarks.timing import timed
from benchmarks.vocabularies import read_files


def measure(job: Job) -> Iterator[Record]:
    """Yield for each size the mean, the median and the 99th percentile of the seconds of a call on new turns, and the mean on the same once more."""
    encode = TOOLS[job.tool].open(read_files(job.files)).encode
    seen, _ = halves(job.text, job.limit)
    # Some tools refuse long texts: the turns are what is measured here.
    for piece in (seen[at : at + 500_000] for at in range(0, len(seen), 500_000)):
        encode(piece)
    for size in TURN_SIZES:
        pieces = turns(job.text, size, job.limit)
        looped, single = pieces[::2], pieces[1::2]
        taken, _ = timed(partial(encode_each, encode, looped), calls=len(looped))
        _, each = timed(partial(time_each, encode, single))
        yield job.record(calls=len(looped), **taken, **percentiles(each)) | {"size": size, "option": "new"}
        encode_each(encode, looped)
        again, _ = timed(partial(encode_each, encode, looped), calls=len(looped))
        yield job.record(calls=len(looped), **again) | {"size": size, "option": "again"}


def encode_each(encode: Callable[[str], object], pieces: Sequence[str]) -> None:
    """Encode each piece."""
    for piece in pieces:
        encode(piece)


def time_each(encode: Callable[[str], object], pieces: Sequence[str]) -> list[int]:
    """Return the nanoseconds that each piece takes."""
    taken = []
    for piece in pieces:
        started = perf_counter_ns()
        encode(piece)
        taken.append(perf_counter_ns() - started)
    return taken


def percentiles(nanoseconds: Sequence[int]) -> Record:
    """Return the median and the 99th percentile, in seconds.

    >>> percentiles([1_000, 2_000, 3_000])
    {'median': 2e-06, 'p99': 3e-06}
    """
    ordered = sorted(nanoseconds)
    return {name: ordered[int(share * len(ordered))] / 1e9 for name, share in (("median", 0.5), ("p99", 0.99))}
