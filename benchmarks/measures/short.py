"""Short strings: the latency of one call on new chat turns of 20 to 2 000 bytes, by a tokenizer that has seen other text of the kind.

Every second turn is timed within one loop, which gives the mean; the others one by one, which gives percentiles, and includes the clock's own cost.
Then those of the loop are encoded twice more, and the last pass is timed, which flatters every tool with a cache.
Last, a few of them are encoded many times in a row each: all that a call touches is then in the processor's own cache, and what is left is the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain, repeat
from time import perf_counter_ns
from typing import Final

from benchmarks.jobs import Job, Record
from benchmarks.peers import TOOLS
from benchmarks.texts import TURN_SIZES, halves, turns
from benchmarks.timing import timed
from benchmarks.vocabularies import read_files

#: Which turns a call is timed on, as the option of a record, in the order in which they are.
NEW: Final = "new"
AGAIN: Final = "again"
IN_A_ROW: Final = "in a row"

#: How many turns are encoded in a row, and how many times each.
_TURNS_IN_A_ROW: Final = 20
_TIMES_IN_A_ROW: Final = 100


def measure(job: Job) -> Iterator[Record]:
    """Yield for each size the mean, the median and the 99th percentile of the seconds of a call on new turns, then the mean on the same again, and on some many times in a row."""
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
        yield job.record(calls=len(looped), **taken, **percentiles(each)) | {"size": size, "option": NEW}
        encode_each(encode, looped)
        for option, calls in ((AGAIN, looped), (IN_A_ROW, in_a_row(looped))):
            taken, _ = timed(partial(encode_each, encode, calls), calls=len(calls))
            yield job.record(calls=len(calls), **taken) | {"size": size, "option": option}


def in_a_row(pieces: Sequence[str]) -> list[str]:
    """Return some of the pieces, from all along, each many times in a row.

    >>> len(in_a_row([str(number) for number in range(50)])), len(in_a_row(["a"]))
    (1700, 100)
    """
    some = pieces[:: -(-len(pieces) // _TURNS_IN_A_ROW)]
    return list(chain.from_iterable(repeat(piece, _TIMES_IN_A_ROW) for piece in some))


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
