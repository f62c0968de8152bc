"""Where results go: standard output, or a file that is there as a whole or not at all."""

from __future__ import annotations

import errno
import io
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, TextIO

_FAULTS_OF_WRITING: Final = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}


@contextmanager
def open_output(path: str | None) -> Iterator[BinaryIO]:
    """Open a file to write bytes to; `None` and `-` are standard output.

    What is written gets the file's name at the end, and only if nothing was raised.
    A device or a pipe is written to as it is.
    """
    if path is None or path == "-":
        with _naming_faults("standard output"), _buffered(binary_stream(sys.stdout, "standard output")) as stream:
            yield stream
        return
    # A link keeps pointing to its target, which gets the new content.
    target = Path(os.path.realpath(path))
    is_device = target.exists() and not target.is_file()
    with _naming_faults(str(path)), target.open("wb") if is_device else _replacing(target) as stream:
        yield stream


def check_target(path: str) -> None:
    """Raise `OSError` where a file of this name cannot be written: better before the work than after it."""
    target = Path(os.path.realpath(path))
    if target.exists() and not (target.is_file() or target.is_dir()):
        raise OSError(errno.EINVAL, "Not a regular file", path)
    if not target.parent.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    if not os.access(target if target.exists() else target.parent, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)


def binary_stream(stream: TextIO | None, name: str) -> BinaryIO:
    """Return the bytes beneath a standard stream; raise `OSError` where it is closed."""
    if stream is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF), name)
    return stream.buffer


@contextmanager
def _buffered(stream: BinaryIO) -> Iterator[BinaryIO]:
    """Give a stream that writes all it is given: under PYTHONUNBUFFERED standard output may write less."""
    if not isinstance(stream, io.RawIOBase):
        yield stream
        return
    with open(stream.fileno(), "wb", closefd=False) as buffered:
        yield buffered


@contextmanager
def _naming_faults(name: str) -> Iterator[None]:
    """Put a name to what the system says while writing; what it says of reading is not this file's."""
    try:
        yield
    except OSError as fault:
        if fault.filename is None and fault.errno in _FAULTS_OF_WRITING:
            fault.filename = name
        raise


@contextmanager
def _replacing(target: Path) -> Iterator[BinaryIO]:
    check_target(str(target))
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}.tmp")
    try:
        with _open_new(temporary, target) as stream:
            yield stream
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _open_new(temporary: Path, target: Path) -> BinaryIO:
    try:
        return temporary.open("xb")
    except OSError as fault:
        fault.filename = str(target)
        raise
