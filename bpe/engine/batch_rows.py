"""Rows of ids as two arrays, for the way from one process to another, and as lists again.

Layout: the ids of all rows one after another as 32-bit unsigned integers, and the number of ids in each row.
A list of integers would be many times as large, and take longer to send than to make.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from bpe.engine import COMPILED
from bpe.vocabulary import TokenId, Vocabulary

if COMPILED:
    from bpe.engine.kernels import batch_rows as kernels

#: Ids from here on become integers of their own; below, all lists share one object for each id.
MOST_SHARED: Final = 1 << 22

_HAS_KERNEL: Final = COMPILED and sys.byteorder == "little"


class PackedRows(NamedTuple):
    """Rows of ids: how many each has, and all of them, 32 bits each."""

    lengths: array[int]
    ids: bytes


def pack_rows(rows: Iterable[object]) -> PackedRows:
    """Return rows, each a list of ids or whatever exports 32-bit integers, as two arrays.

    >>> pack_rows([[1, 2], []]).lengths
    array('Q', [2, 0])
    """
    views = [memoryview(array("I", row) if isinstance(row, list) else row or b"") for row in rows]  # type: ignore[arg-type]
    return PackedRows(array("Q", [view.nbytes // 4 for view in views]), b"".join(views))


class RowReader:
    """Makes lists of packed rows; every list has the same object for the same id.

    >>> from bpe.vocabulary import single_bytes
    >>> RowReader(Vocabulary(single_bytes())).to_lists(pack_rows([[1, 2], []]))
    [[1, 2], []]
    """

    __slots__ = ("_objects",)

    def __init__(self, vocabulary: Vocabulary) -> None:
        shares = vocabulary.max_token_id < MOST_SHARED
        self._objects: list[Any] = list(range(vocabulary.max_token_id + 1)) if shares else []

    def to_lists(self, packed: PackedRows) -> list[list[TokenId]]:
        """Return a list of ids for each row."""
        lengths = packed.lengths.tolist()
        if _HAS_KERNEL and self._objects:
            rows: list[list[TokenId]] = kernels.to_lists(packed.ids, lengths, self._objects)
            return rows
        return [self._to_list(row) for row in _cut(memoryview(packed.ids).cast("I"), lengths)]

    def _to_list(self, row: Sequence[Any]) -> list[TokenId]:
        return list(map(self._objects.__getitem__, row)) if self._objects else list(row)


def _cut(ids: memoryview[int], lengths: Sequence[int]) -> Iterable[Sequence[int]]:
    start = 0
    for length in lengths:
        yield ids[start : start + length]
        start += length
