r"""Rows of token ids read from text, from lines of JSON, or from a NumPy array.

A row is the ids of one text; it is read part by part, because it may be long.
"""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final, NamedTuple

from bpe.cli.numpy_extra import import_numpy
from bpe.errors import FileFormatError

#: How many bytes of a row of text are read at once.
PART_BYTES: Final = 1 << 20

_NUMPY_MAGIC: Final = b"\x93NUMPY"
_MAX_DIGITS: Final = 20


class RowPart(NamedTuple):
    """A stretch of a row of ids: the place that messages give for it, and whether the row ends with it."""

    place: str
    ids: Sequence[int]
    ends_row: bool


def read_rows(stream: BinaryIO, name: str, *, part_bytes: int = PART_BYTES) -> Iterator[RowPart]:
    r"""Yield the rows of ids of a file, in the format that its first bytes show.

    Clauses: F2.
    Raises `FileFormatError` with the line at fault.

    >>> [(part.ids, part.ends_row) for part in read_rows(io.BytesIO(b"1 2\n\n3 4"), "ids.txt")]
    [([1, 2], True), ([], True), ([3], False), ([4], True)]
    >>> [part.ids for part in read_rows(io.BytesIO(b"[1, 2]\n[]\n"), "ids.jsonl")]
    [[1, 2], []]
    """
    first = stream.readline(part_bytes)
    if first.startswith(_NUMPY_MAGIC):
        first += stream.read()
        return iter([RowPart(name, _parse_numpy(first, name), ends_row=True)])
    if first.lstrip().startswith(b"["):
        return _read_json_rows(first + (b"" if first.endswith(b"\n") else stream.readline()), stream, name)
    return _read_text_rows(first, stream, name, part_bytes)


def _read_text_rows(first: bytes, stream: BinaryIO, name: str, part_bytes: int) -> Iterator[RowPart]:
    number, rest, ended = 1, b"", True
    for piece in itertools.chain([first], iter(lambda: stream.readline(part_bytes), b"")):
        if not piece:
            break
        place = f"{name}, line {number}"
        ended = piece.endswith(b"\n")
        piece = rest + piece  # noqa: PLW2901 - a number may be cut in two
        rest = b"" if ended else _last_word(piece)
        if len(rest) > _MAX_DIGITS:
            raise _not_an_id(rest, place)
        yield RowPart(place, _parse_ids(piece[: len(piece) - len(rest)], place), ended)
        number += ended
    if not ended:
        yield RowPart(place, _parse_ids(rest, place), ends_row=True)


def _last_word(piece: bytes) -> bytes:
    """Return what follows the last space, or the end of it where it is too long for a number."""
    end = piece[-_MAX_DIGITS - 1 :]
    return b"" if end[-1:].isspace() else end.split()[-1]


def _parse_ids(row: bytes, place: str) -> list[int]:
    words = row.split()
    if not b"".join(words).isdigit():
        for word in words:
            if not word.isdigit():
                raise _not_an_id(word, place)
    if words and len(max(words, key=len)) > _MAX_DIGITS:
        raise _not_an_id(max(words, key=len), place)
    return list(map(int, words))


def _not_an_id(word: bytes, place: str) -> FileFormatError:
    shown = repr(word[:40]).removeprefix("b")
    return FileFormatError(
        f"{place}: {shown} is not a token id: ids are numbers with spaces between them, "
        "lines of JSON such as [1, 2], or a .npy file",
        place=place,
    )


def _read_json_rows(first: bytes, stream: BinaryIO, name: str) -> Iterator[RowPart]:
    for number, line in enumerate(itertools.chain([first], stream), 1):
        place = f"{name}, line {number}"
        if line.strip():
            yield RowPart(place, _parse_json_row(line, place), ends_row=True)


def _parse_json_row(line: bytes, place: str) -> list[int]:
    try:
        ids: Any = json.loads(line)
    except (ValueError, RecursionError) as fault:
        raise FileFormatError(f"{place}: not JSON ({fault})", place=place) from None
    if not isinstance(ids, list) or any(type(token_id) is not int for token_id in ids):
        raise FileFormatError(f"{place}: not an array of integers: {line[:40]!r}", place=place)
    return ids


def _parse_numpy(data: bytes, name: str) -> list[int]:
    numpy = import_numpy()
    try:
        array = numpy.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError) as fault:
        raise FileFormatError(f"{name}: a damaged .npy file ({fault})", path=name) from None
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise FileFormatError(
            f"{name}: the array has {array.ndim} dimensions of {array.dtype}: ids are one dimension of integers",
            path=name,
        )
    ids: list[int] = array.tolist()
    return ids
