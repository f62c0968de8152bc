"""Loading: the seconds from the import to the first ids, and the memory that is occupied then, and at most while half a text is encoded.

What the interpreter and NumPy occupy before is not counted: some tools import NumPy, others do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib import import_module

from benchmarks.jobs import Job, Record
from benchmarks.peers import TOOLS, Calls
from benchmarks.texts import halves
from benchmarks.timing import forget_peak, peak_bytes, resident_bytes, timed
from benchmarks.vocabularies import read_files


def measure(job: Job) -> Iterator[Record]:
    """Yield seconds to import and to open; bytes added by loading, and by encoding, to what the process had."""
    files = read_files(job.files)
    import_module("numpy")
    text, _ = halves(job.text, job.limit)
    forget_peak()
    before = resident_bytes()
    taken, calls = timed(partial(_open, job.tool, job.files))
    loaded = resident_bytes()
    for piece in (text[at : at + 500_000] for at in range(0, len(text), 500_000)):
        calls.encode(piece)
    yield job.record(
        encoding=files.encoding, **taken, loaded=loaded - before, worked=peak_bytes() - before, bytes=len(text)
    )


def _open(tool: str, files: str) -> Calls:
    calls = TOOLS[tool].open(read_files(files))
    calls.encode("a")  # some put off work until the first call
    return calls
