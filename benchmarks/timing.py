"""Time and memory of this process: seconds by the clock on the wall, and seconds of processor, which other processes do not add to."""

from __future__ import annotations

import gc
import hashlib
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TypeVar

from benchmarks.jobs import Record

Result = TypeVar("Result")

_STATUS = Path("/proc/self/status")
_CLEAR_REFS = Path("/proc/self/clear_refs")


def timed(action: Callable[[], Result], calls: int = 1) -> tuple[Record, Result]:
    """Return what one action takes, by clock and by processor, over the calls in it, and what it returns.

    The garbage collector waits, as in `timeit`.
    """
    gc.collect()
    gc.disable()
    try:
        processor, started = time.process_time(), time.perf_counter()
        result = action()
        seconds, used = time.perf_counter() - started, time.process_time() - processor
    finally:
        gc.enable()
    return {"seconds": seconds / calls, "cpu": used / calls}, result


def resident_bytes() -> int:
    """Return the memory that this process occupies; where the system does not tell, the most that it ever did."""
    return _from_status("VmRSS") or peak_bytes()


def forget_peak() -> None:
    """Let the most memory that was ever occupied be what is occupied now, where the system can: reading the texts took some."""
    with suppress(OSError):
        _CLEAR_REFS.write_text("5", encoding="ascii")


def peak_bytes() -> int:
    """Return the most memory that this process ever occupied, or has since `forget_peak`."""
    # Not getrusage where it can be helped: on Linux it remembers the process that started this one.
    return _from_status("VmHWM") or _from_getrusage()


def _from_status(field: str) -> int:
    if not _STATUS.is_file():
        return 0
    lines = dict(line.split(":", 1) for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines())
    return int(lines[field].split()[0]) * 1024


def _from_getrusage() -> int:
    resource = import_module("resource")  # not on Windows
    most: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def digest(ids: Sequence[int]) -> str:
    """Return a short fingerprint of ids, whatever sequence holds them.

    >>> digest([1, 2]) == digest((1, 2)), digest([1, 2]) == digest([12])
    (True, False)
    """
    numpy = import_module("numpy")
    return hashlib.sha256(numpy.asarray(ids, dtype=numpy.uint32).tobytes()).hexdigest()[:16]
