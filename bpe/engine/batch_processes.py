"""Worker processes of one batch: started for it, gone after it.

Each is a new interpreter at the other end of a socket.
It is not forked: a process that has threads cannot safely be.
It is not of `multiprocessing` either, which runs the main module of the program again, refuses to serve daemons, and keeps a process that tracks resources.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Pipe
from pathlib import Path
from typing import Any, Final

from bpe.engine.batch_rows import PackedRows
from bpe.engine.batch_task import Task
from bpe.errors import WorkerDiedError

_PROGRAM: Final = "import sys; sys.path[:] = {path!r}; from bpe.engine.batch_worker import work; work({descriptor})"

#: How long a worker that has hung up may take to end, in seconds, before it is ended.
_PATIENCE: Final = 1.0


def can_start() -> bool:
    """Tell whether this system and this interpreter can start workers; a program that only embeds Python would start itself.

    >>> can_start() in (True, False)
    True
    """
    name = Path(sys.executable or "").name.lower()
    return os.name == "posix" and name.startswith(("python", "pypy")) and not hasattr(sys, "frozen")


@contextmanager
def started(task: Task, count: int) -> Iterator[list[Worker]]:
    """Start workers for the time of a `with` block: as many as asked for, or as the system has room for."""
    workers: list[Worker] = []
    try:
        with suppress(OSError):
            for _ in range(count):
                workers.append(Worker(task))  # noqa: PERF401 - those that have started must be known
        yield list(workers)
    finally:
        for worker in workers:
            worker.end()


class Worker:
    """A worker process, and the place in the batch of the share that it has in hand."""

    __slots__ = ("_connection", "_process", "_task", "first")

    def __init__(self, task: Task) -> None:
        self._task: Task | None = task
        self.first: int | None = None
        self._connection, theirs = Pipe()
        with theirs:
            try:
                self._process = _start(theirs.fileno())
            except BaseException:
                self._connection.close()
                raise

    def fileno(self) -> int:
        """Return what to wait on."""
        return self._connection.fileno()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def give(self, first: int, texts: Sequence[str]) -> None:
        """Give a share of the batch to a worker that has none."""
        self.first = first
        self._send(texts)

    def hear(self) -> PackedRows | Exception | None:
        """Return what came of the share in hand; nothing where a worker without one says that it is there.

        Raises `WorkerDiedError`.
        """
        try:
            said: PackedRows | Exception | None = self._connection.recv()
        except (EOFError, OSError) as fault:
            raise self._death() from fault
        return said

    @property
    def is_instructed(self) -> bool:
        """Whether the worker has been given its task, and takes shares when it is heard next."""
        return self._task is None

    def instruct(self) -> None:
        """Give the task to a worker that has started."""
        self._send(self._task)
        self._task = None

    def _send(self, message: Any) -> None:
        try:
            self._connection.send(message)
        except OSError as fault:
            raise self._death() from fault

    def _death(self) -> WorkerDiedError:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_PATIENCE)
        status = self._process.returncode
        return WorkerDiedError(
            f"worker process {self.pid} of a batch died (exit status {status}): "
            "if memory ran short, encode fewer texts at a time, or in this process with num_threads=1",
            pid=self.pid,
            status=status,
        )

    def end(self) -> None:
        """End the process, whatever it is at."""
        self._connection.close()
        self._process.kill()
        self._process.wait()


def _start(descriptor: int) -> subprocess.Popen[bytes]:
    program = _PROGRAM.format(path=list(map(str, sys.path)), descriptor=descriptor)
    # Out of the group that Ctrl-C reaches: this process hears it, and ends its workers.
    return subprocess.Popen(  # noqa: S603 - this interpreter, and a program of ours
        [sys.executable, "-c", program], stdin=subprocess.DEVNULL, pass_fds=[descriptor], process_group=0
    )
