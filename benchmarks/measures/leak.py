"""A leak would show as memory that grows with every new word: what is occupied, over a million calls on words never seen before.

A bounded cache fills first, and then stays.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.jobs import Job, Record
from benchmarks.peers import TOOLS
from benchmarks.texts import new_words
from benchmarks.timing import resident_bytes
from benchmarks.vocabularies import read_files

SAMPLES = 100


def measure(job: Job) -> Iterator[Record]:
    """Yield one line: the bytes occupied after each hundredth of the calls, beginning before the first."""
    encode = TOOLS[job.tool].open(read_files(job.files)).encode
    encode("Some words before.")
    every = max(1, job.size // SAMPLES)
    memory = [resident_bytes()]
    for number, word in enumerate(new_words(job.size), start=1):
        encode(word)
        if number % every == 0:
            memory.append(resident_bytes())
    yield job.record(every=every, memory=memory)
