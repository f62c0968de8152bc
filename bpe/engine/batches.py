"""Batches: the map, in order, on the cores that it is given (clause E6).

A batch begins in line, and most are done before anything else would pay.
One that takes longer gets helpers for what is left, each with an encoder of its own: threads where threads run side by side, otherwise processes, otherwise none.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from itertools import chain
from time import perf_counter
from typing import Final

from bpe.engine.batch_task import Rows, Sharing, Task
from bpe.engine.encoder import Encoder, make_encoder
from bpe.errors import InputTypeError

SHARING: Final = Sharing()


def cores_for(num_threads: int) -> int:
    """Return how many of the cores that a caller offers there are for this process.

    Raises `InputTypeError`.

    >>> cores_for(1)
    1
    """
    if not isinstance(num_threads, int):
        raise InputTypeError(f"num_threads must be an integer, not {num_threads!r}")
    return min(num_threads, available_cores())


def available_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def encode_batch(task: Task, encoder: Encoder, texts: Iterable[str], cores: int, sharing: Sharing = SHARING) -> Rows:
    """Return the ids of each text, in order.

    Clauses: E6.
    Raises what the first text that is refused is refused with, and `WorkerDiedError`.

    >>> from bpe.vocabulary import Vocabulary, single_bytes
    >>> task = Task(Vocabulary(single_bytes()), frozenset(), ())
    >>> encode_batch(task, make_encoder(task.vocabulary), ["a", "bc"], cores=2)
    [[97], [98, 99]]
    """
    if cores <= 1:
        return task.encode(encoder, texts)
    parts = cut_into_parts(texts, sharing.part)
    rows: Rows = []
    began = perf_counter()
    for count, part in enumerate(parts, start=1):
        rows += task.encode(encoder, part)
        taken = perf_counter() - began
        if taken >= sharing.head_start:
            rows += _share_out(task, encoder, parts, cores=cores, sharing=sharing, seconds=taken / count)
            break
    return rows


def cut_into_parts(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    """Yield texts in lists of about as many characters; a fault of the iterable comes after the texts before it.

    >>> list(cut_into_parts(["a", "bcd", "e"], 2))
    [['a', 'bcd'], ['e']]
    """
    part: list[str] = []
    held = 0
    try:
        for text in texts:
            part.append(text)
            # What is no text may have no length: it ends its part, whose encoding refuses it.
            held += len(text)
            if held >= size:
                yield part
                part, held = [], 0
    except Exception:
        if part:
            yield part
        raise
    if part:
        yield part


def _share_out(
    task: Task, encoder: Encoder, parts: Iterator[list[str]], *, cores: int, sharing: Sharing, seconds: float
) -> Rows:
    """Return the ids of the texts of all parts that are left, if there are any; `seconds` is what one part takes."""
    first = next(parts, None)
    if first is None:
        return []
    parts = chain([first], parts)
    if not _has_global_lock():
        return encode_in_threads(task, parts, cores)
    # Imported when there is need: most programs have none.
    if not import_module("bpe.engine.batch_processes").can_start():
        return task.encode(encoder, chain.from_iterable(parts))
    share_out = import_module("bpe.engine.batch_sharing").share_out
    rows: Rows = share_out(task, encoder, parts, helpers=cores - sharing.lends_a_hand, sharing=sharing, seconds=seconds)
    return rows


def _has_global_lock() -> bool:
    return bool(getattr(sys, "_is_gil_enabled", lambda: True)())


def encode_in_threads(task: Task, parts: Iterator[list[str]], cores: int) -> Rows:
    """Return the ids of the texts of all parts, which threads encode, each with an encoder of its own.

    A compiled encoder writes to its table as it encodes, which is safe under the interpreter's lock and nowhere else.
    """
    own = threading.local()

    def encode(part: list[str]) -> Rows:
        if not hasattr(own, "encoder"):
            own.encoder = make_encoder(task.vocabulary)
        return task.encode(own.encoder, part)

    futures: list[Future[Rows]] = []
    with ThreadPoolExecutor(cores) as pool:
        try:
            fault = _drain(parts, lambda part: futures.append(pool.submit(encode, part)))
            rows = list(chain.from_iterable(future.result() for future in futures))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    if fault is not None:
        raise fault
    return rows


def _drain(parts: Iterator[list[str]], use: Callable[[list[str]], None]) -> Exception | None:
    """Use each part, and return the fault that there are no more by."""
    try:
        for part in parts:
            use(part)
    except Exception as fault:  # noqa: BLE001 - raised when the parts before it are done
        return fault
    return None
