"""Lists of ids out of one buffer, which is how the rows of a batch come back from another process.

Stage: the end of a batch, in the process that asked for it.
Layout: `buffer` has the ids of all rows one after another, 32 bits each, lowest byte first; `lengths` says how many each row has.
Invariant: every id is an index of `objects`, the integers that the lists are made of; nothing else is in the lists.
"""

from __future__ import annotations

from typing import Any

from librt.strings import read_i32_le
from mypy_extensions import i64


def to_lists(buffer: bytes, lengths: list[int], objects: list[Any]) -> list[list[Any]]:
    """Return a list for each row."""
    rows: list[list[Any]] = []
    at: i64 = 0
    for length in lengths:
        # Made at its full length: one that grows is moved again and again.
        row: list[Any] = [None] * length
        for index in range(i64(length)):
            row[index] = objects[i64(read_i32_le(buffer, at))]
            at += 4
        rows.append(row)
    return rows
