"""Batches: new documents of about 2 000 bytes in one call, on all cores, after a batch of other documents.

A tool without a batch call is measured on a loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.jobs import Job, Record
from benchmarks.measures.short import encode_each
from benchmarks.peers import TOOLS
from benchmarks.texts import DOCUMENT_SIZE, cut, halves
from benchmarks.timing import timed
from benchmarks.vocabularies import read_files


def measure(job: Job) -> Iterator[Record]:
    """Yield the seconds that the second half's documents take."""
    calls = TOOLS[job.tool].open(read_files(job.files))
    encode = calls.batch or partial(encode_each, calls.encode)
    seen, unseen = (cut(half, DOCUMENT_SIZE) for half in halves(job.text, job.limit))
    encode(seen)
    taken, _ = timed(partial(encode, unseen))
    yield job.record(**taken, bytes=sum(len(each.encode()) for each in unseen), documents=len(unseen))
