"""A process that answers lines with lines: started when it is needed, given a time for each answer, replaced when it dies."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread, Timer
from typing import IO, Final

from bpe.conformance.faults import TargetFault

#: A line that may not fit the pipe can wait for a reader that never comes.
_FITS_THE_PIPE: Final = 32_768

#: How much of what the process wrote to standard error is shown when it fails.
_SHOWN: Final = 2_000


class LineProcess:
    """One run of a command.

    Raises `TargetFault`: `crashed` where the process ends, `timed out` where it stays silent.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the command is the user's
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env={**os.environ, **(environment or {})},
            )
        except OSError:
            self._errors.close()
            raise
        self._lines: SimpleQueue[bytes] = SimpleQueue()
        Thread(target=self._read, daemon=True).start()

    def ask(self, line: bytes, seconds: float) -> bytes:
        """Write a line and return the line that comes back, within so many seconds."""
        self._write(line, seconds)
        try:
            answer = self._lines.get(timeout=seconds)
        except Empty:
            self.kill()
            raise TargetFault("timed out", f"no answer within {seconds:g} s") from None
        if not answer:
            raise self._crash()
        return answer

    def tell(self, line: bytes) -> None:
        """Write a line that has no answer."""
        with suppress(TargetFault):
            self._write(line, 1)

    def close(self) -> None:
        """Let the process end by itself, and end it where it does not."""
        with suppress(OSError):
            self._stdin.close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self.kill()
        self._errors.close()

    def kill(self) -> None:
        """End the process now."""
        self._process.kill()
        self._process.wait()

    @property
    def _stdin(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    def _write(self, line: bytes, seconds: float) -> None:
        timer = Timer(seconds, self._process.kill) if len(line) > _FITS_THE_PIPE else None
        if timer is not None:
            timer.start()
        try:
            self._stdin.write(line)
            self._stdin.flush()
        except OSError:
            if timer is not None and not timer.is_alive():
                raise TargetFault("timed out", f"the request was not read within {seconds:g} s") from None
            raise self._crash() from None
        finally:
            if timer is not None:
                timer.cancel()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for line in output:
                self._lines.put(line)
        self._lines.put(b"")

    def _crash(self) -> TargetFault:
        try:
            status = self._process.wait(1)
        except subprocess.TimeoutExpired:
            self.kill()
            return TargetFault("crashed", "the process closed its output")
        ended = f"signal {-status}" if status < 0 else f"exit status {status}"
        return TargetFault("crashed", f"the process ended with {ended}{self._last_words()}")

    def _last_words(self) -> str:
        self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, self._errors.tell() - _SHOWN))
        said = self._errors.read().decode("utf-8", "replace").strip()
        return f", having said: {said}" if said else ""
