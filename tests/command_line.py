"""Running the command in this process, and as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from bpe.cli import main

_CLONE = Path(__file__).resolve().parent.parent

#: The command as a process.
COMMAND = (sys.executable, "-m", "bpe")


@dataclass(frozen=True)
class Result:
    """What the command left: its exit status and what it wrote."""

    status: int
    output: bytes
    errors: str


def run(*arguments: object, given: bytes = b"") -> Result:
    """Run the command here, with bytes on standard input."""
    with CliRunner().isolation(input=given) as (output, errors, _):
        status = main([str(argument) for argument in arguments])
        sys.stderr.flush()
        return Result(status, output.getvalue(), errors.getvalue().decode())


def run_process(*arguments: object, given: bytes = b"", **more: Any) -> Result:
    """Run the command as a process, with bytes on standard input."""
    line = [*COMMAND, *map(str, arguments)]
    done = subprocess.run(line, input=given, capture_output=True, check=False, cwd=_CLONE, timeout=120, **more)
    return Result(done.returncode, done.stdout, done.stderr.decode("utf-8", "backslashreplace"))


def start_process(*arguments: object, env: Mapping[str, str] | None = None, **more: Any) -> subprocess.Popen[bytes]:
    """Start the command as a process; the caller waits for it."""
    line = [*COMMAND, *map(str, arguments)]
    return subprocess.Popen(line, cwd=_CLONE, env=env, **more)
