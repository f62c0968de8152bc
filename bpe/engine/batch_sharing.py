"""A batch shared out to worker processes, while this process goes on with parts of its own.

Texts are taken from the front, so that all that comes before a refusal has been begun by then, and the first refusal is known once that is done.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from multiprocessing.connection import wait

from bpe.engine.batch_processes import Worker, started
from bpe.engine.batch_rows import PackedRows, RowReader
from bpe.engine.batch_task import Rows, Sharing, Task
from bpe.engine.encoder import Encoder
from bpe.errors import WorkerDiedError


class Batch:
    """What is left of a batch: parts still to be taken, and what has come of those that were.

    Places in it are counted in texts.
    """

    __slots__ = ("_encoder", "_fault", "_fault_at", "_parts", "_reader", "_rows", "_taken", "_task", "is_open")

    def __init__(self, task: Task, encoder: Encoder, parts: Iterator[list[str]]) -> None:
        self._task = task
        self._encoder = encoder
        self._parts = parts
        self._reader = RowReader(task.vocabulary)
        self._rows: dict[int, Rows] = {}
        self._taken = 0
        self._fault: Exception | None = None
        self._fault_at = 0
        #: Whether there may be parts to take.
        self.is_open = True

    def take(self, count: int) -> tuple[int, list[str]]:
        """Return the texts of the next parts, and the place of the first; where there are none, the batch closes."""
        first = self._taken
        texts: list[str] = []
        try:
            for part in islice(self._parts, count):
                texts += part
        except Exception as fault:  # noqa: BLE001 - the caller's own, raised when the texts before it are done
            self._refuse(first + len(texts), fault)
        self._taken += len(texts)
        self.is_open = self.is_open and bool(texts)
        return first, texts

    def encode(self, first: int, texts: list[str]) -> None:
        """Encode texts that were taken, here."""
        try:
            self._rows[first] = self._task.encode(self._encoder, texts)
        except Exception as fault:  # noqa: BLE001 - raised if it is the first
            self._refuse(first, fault)

    def settle(self, first: int, outcome: PackedRows | Exception) -> None:
        """Note what came of texts that were taken."""
        if isinstance(outcome, Exception):
            self._refuse(first, outcome)
        else:
            self._rows[first] = self._reader.to_lists(outcome)

    def _refuse(self, place: int, fault: Exception) -> None:
        self.is_open = False
        if self._fault is None or place < self._fault_at:
            self._fault, self._fault_at = fault, place

    def waits_for(self, worker: Worker) -> bool:
        """Tell whether what a worker has in hand decides anything."""
        return worker.first is not None and (self._fault is None or worker.first < self._fault_at)

    def result(self) -> Rows:
        """Return the rows in order, or raise the first refusal."""
        if self._fault is not None:
            raise self._fault
        return list(chain.from_iterable(self._rows[first] for first in sorted(self._rows)))


def share_out(
    task: Task, encoder: Encoder, parts: Iterator[list[str]], *, helpers: int, sharing: Sharing, seconds: float
) -> Rows:
    """Return the ids of the texts of all parts, in order; `seconds` is what one part takes.

    Raises the first refusal, and `WorkerDiedError`.
    """
    batch = Batch(task, encoder, parts)
    parts_in_share = 1 + int(sharing.share / max(seconds, 1e-6))
    with started(task, helpers) as workers:
        while batch.is_open:
            goes_on = sharing.lends_a_hand or not workers
            for worker in _heard(workers, 0 if goes_on else None):
                _serve(worker, workers, batch, parts_in_share)
            if goes_on:
                batch.encode(*batch.take(1))
        while pending := [worker for worker in workers if batch.waits_for(worker)]:
            for worker in _heard(pending, None):
                _serve(worker, workers, batch, parts_in_share)
    return batch.result()


def _heard(workers: list[Worker], seconds: float | None) -> list[Worker]:
    """Return the workers that have something to say, or nothing any more."""
    return wait(workers, seconds)  # type: ignore[arg-type, return-value] # whatever has a fileno will do


def _serve(worker: Worker, workers: list[Worker], batch: Batch, parts_in_share: int) -> None:
    """Hear a worker, and give it the next thing to do; one that dies empty-handed is let go."""
    try:
        outcome = worker.hear()
        if worker.first is not None and outcome is not None:
            batch.settle(worker.first, outcome)
        worker.first = None
        if not worker.is_instructed:
            worker.instruct()
        elif batch.is_open:
            _give_share(worker, batch, parts_in_share)
    except WorkerDiedError:
        if worker.first is not None:
            raise
        workers.remove(worker)


def _give_share(worker: Worker, batch: Batch, parts_in_share: int) -> None:
    first, texts = batch.take(parts_in_share)
    if set(map(type, texts)) <= {str}:
        if texts:
            worker.give(first, texts)
    else:
        # What is not text is refused here, or is of a class that the worker need not know.
        batch.encode(first, texts)
        if batch.is_open:
            _give_share(worker, batch, parts_in_share)
