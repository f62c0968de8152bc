"""What a call does besides answering: files that it writes, programs that it starts, connections that it opens."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import get_ident
from typing import Any, Final

#: Events of Python's auditing that mean a program, a connection, or an object that a file describes.
_DEEDS: Final = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "pickle.", "marshal.")
_CHANGES: Final = ("os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate", "os.link", "os.symlink", "shutil.")
_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_watching: dict[int, list[str]] = {}
_installed: list[bool] = []


@contextmanager
def watched() -> Iterator[list[str]]:
    """Yield a list that fills with what this thread does in the meantime, each as the event and what it is about.

    Only what happens in this process is seen, and nothing that compiled code does behind Python's back.

    >>> with watched() as deeds:
    ...     _ = os.system("true")
    >>> deeds
    ['os.system true']
    """
    if not _installed:
        sys.addaudithook(_note)  # it stays for good, and costs a look-up where nobody watches
        _installed.append(True)
    deeds: list[str] = []
    _watching[get_ident()] = deeds
    try:
        yield deeds
    finally:
        del _watching[get_ident()]


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    deeds = _watching.get(get_ident()) if _watching else None
    if deeds is None:
        return
    if event.startswith((*_DEEDS, *_CHANGES)) or (event == "open" and _is_write(arguments)):
        about = arguments[0] if arguments else ""
        deeds.append(f"{event} {os.fsdecode(about) if isinstance(about, bytes) else about}")


def _is_write(arguments: tuple[Any, ...]) -> bool:
    _, mode, flags = arguments
    # Python's own files have a mode; `os.open` has flags alone.
    return any(letter in mode for letter in "wax+") if isinstance(mode, str) else bool(flags & _WRITES)
