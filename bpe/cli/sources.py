"""The texts of the files that a command line names."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

import click

from bpe import text_sources
from bpe.cli.output import binary_stream
from bpe.text_sources import Text

#: Yields the texts of one file, given as a stream and its name.
Reader = Callable[[BinaryIO, str], Iterator[Text]]


class Texts:
    """The texts of some files, read one after the other; it knows how far the reading has come."""

    def __init__(self, paths: Sequence[str], reader: Reader) -> None:
        self._paths = paths
        self._reader = reader
        self._finished = 0
        self._stream: BinaryIO | None = None
        #: The place of the latest text, for messages.
        self.place = ""

    def __iter__(self) -> Iterator[Text]:
        for path in self._paths:
            with open_source(path) as (name, stream):
                self._stream = stream
                for text in self._reader(stream, name):
                    self.place = text.place
                    yield text
                self._finished = self.bytes_read()
                self._stream = None

    def bytes_read(self) -> int:
        """Return how many bytes have been read, as far as that can be told."""
        if self._stream is not None:
            with suppress(OSError):
                return self._finished + self._stream.tell()
        return self._finished

    def total_bytes(self) -> int | None:
        """Return how many bytes there are, or `None` where one of the files is a pipe or the like."""
        with suppress(OSError):
            states = [Path(path).stat() for path in self._paths]
            if all(stat.S_ISREG(state.st_mode) for state in states):
                return sum(state.st_size for state in states)
        return None


def choose_reader(*, lines: bool, field: str | None) -> Reader:
    """Return the function that yields the texts of a file: all of it, its lines, or a field of its JSON lines."""
    if lines and field is not None:
        raise click.UsageError("--lines and --jsonl exclude each other")
    if field is not None:
        return partial(text_sources.read_json_lines, field=field)
    if lines:
        return text_sources.read_lines
    return partial(text_sources.read_file, block_bytes=text_sources.BLOCK_BYTES)


@contextmanager
def open_source(path: str) -> Iterator[tuple[str, BinaryIO]]:
    """Open a file to read bytes from, and give its name for messages; `-` is standard input."""
    if path == "-":
        name = "standard input"
        yield name, binary_stream(sys.stdin, name)
        return
    with open(path, "rb") as stream:  # noqa: PTH123 - an OSError then names the file as the user wrote it
        yield path, stream
