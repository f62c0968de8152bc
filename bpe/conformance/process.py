"""A process that answers lines with lines: started when it is needed, given a time for each answer, replaced when it dies."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import BufferedReader
from queue import Empty, SimpleQueue
from threading import Thread, Timer
from typing import IO, Final

from bpe.conformance.faults import TargetFault

#: A line that may not fit the pipe can wait for a reader that never comes.
_FITS_THE_PIPE: Final = 32_768

#: How much of what the process wrote to standard error is kept, and shown when it fails.
_SHOWN: Final = 2_000

#: A line of more bytes is no answer; ids of a million characters take a tenth of this.
LONGEST_LINE: Final = 1 << 26

#: So many lines may wait; a process that writes more was not asked for them.
_MOST_LINES: Final = 1_000


class LineProcess:
    """One run of a command.

    Raises `TargetFault`: `crashed` where the process ends, `timed out` where it stays silent, `errored` where it writes without end.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - the command is the user's
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(environment or {})},
        )
        self._lines: SimpleQueue[bytes] = SimpleQueue()
        self._flood = ""
        self._said = b""
        Thread(target=self._read, daemon=True).start()
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    def ask(self, line: bytes, seconds: float) -> bytes:
        """Write a line and return the line that comes back, within so many seconds."""
        self._write(line, seconds)
        try:
            answer = self._lines.get(timeout=seconds)
        except Empty:
            self.kill()
            raise TargetFault("timed out", f"no answer within {seconds:g} s") from None
        if self._flood:
            self.kill()
            raise TargetFault("errored", self._flood)
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
            while line := output.readline(LONGEST_LINE):
                if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                    self._flood = f"it wrote a line of {LONGEST_LINE:,} bytes and more"
                    break
                self._lines.put(line)
                if self._lines.qsize() > _MOST_LINES:
                    self._flood = f"it wrote {_MOST_LINES:,} lines that nobody asked for"
                    break
        if self._flood:
            self._process.kill()
        self._lines.put(b"")

    def _listen(self) -> None:
        """Keep the end of what is written to standard error."""
        assert isinstance(self._process.stderr, BufferedReader)
        with self._process.stderr as errors:
            while part := errors.read1(_SHOWN):
                self._said = (self._said + part)[-_SHOWN:]

    def _crash(self) -> TargetFault:
        try:
            status = self._process.wait(1)
        except subprocess.TimeoutExpired:
            self.kill()
            return TargetFault("crashed", "the process closed its output")
        ended = f"signal {-status}" if status < 0 else f"exit status {status}"
        return TargetFault("crashed", f"the process ended with {ended}{self._last_words()}")

    def _last_words(self) -> str:
        self._listener.join(1)  # what it wrote last may still be on its way
        said = self._said.decode("utf-8", "replace").strip()
        return f", having said: {said}" if said else ""
