"""How a fault in a file is told: which file, where in it, what is wrong."""

from __future__ import annotations

from pathlib import Path

from bpe.errors import FileFormatError


def malformed(
    path: str | Path,
    reason: str,
    *,
    line: int | None = None,
    byte: int | None = None,
    json_path: str | None = None,
) -> FileFormatError:
    """Return the error for a malformed file; the caller raises it.

    Clauses: F2.
    `line` counts from 1, `byte` from 0; `json_path` names a value inside a JSON file, with `$` for the whole.

    >>> str(malformed("x.tiktoken", "the line is empty", line=3))
    'x.tiktoken, line 3: the line is empty [F2]'
    """
    places = (
        f"line {line}" if line is not None else None,
        f"byte {byte}" if byte is not None else None,
        json_path,
    )
    where = ", ".join([str(path), *(place for place in places if place is not None)])
    return FileFormatError(f"{where}: {reason}", path=str(path), line=line, byte=byte, json_path=json_path)
