"""The general category of every code point and the property White_Space, in one pinned Unicode version.

Neither the `regex` package nor the standard library will do: the one moves on with each release, the other is as old as its Python.
tiktoken, Hugging Face and rustbpe have the classes of the version pinned here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import accumulate, chain
from typing import Final

from bpe.unicode_tables import CATEGORY_RUNS, UNICODE_VERSION, WHITE_SPACE

__all__ = ["CATEGORIES", "UNICODE_VERSION", "class_ranges", "complement", "general_category", "is_white_space"]

Ranges = tuple[tuple[int, int], ...]

_CODE_POINTS: Final = 0x110000

#: The general categories, by group.
CATEGORIES: Final = {
    "L": ("Lu", "Ll", "Lt", "Lm", "Lo"),
    "M": ("Mn", "Mc", "Me"),
    "N": ("Nd", "Nl", "No"),
    "P": ("Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po"),
    "S": ("Sm", "Sc", "Sk", "So"),
    "Z": ("Zs", "Zl", "Zp"),
    "C": ("Cc", "Cf", "Cs", "Co", "Cn"),
}

_MEMBERS: Final = CATEGORIES | {"LC": ("Lu", "Ll", "Lt")} | {gc: (gc,) for group in CATEGORIES.values() for gc in group}


@cache
def _runs() -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return where each run of one category starts, and its category."""
    runs = re.findall(r"([A-Z][a-z])(\d*)", CATEGORY_RUNS)
    stops = accumulate(int(length or 1) for _, length in runs)
    return (0, *stops)[:-1], tuple(category for category, _ in runs)


@cache
def _ranges_by_category() -> dict[str, list[tuple[int, int]]]:
    """Return the ranges of each category, in order: one pass for all of them."""
    starts, categories = _runs()
    ranges: dict[str, list[tuple[int, int]]] = {category: [] for group in CATEGORIES.values() for category in group}
    for start, stop, category in zip(starts, (*starts[1:], _CODE_POINTS), categories, strict=True):
        ranges[category].append((start, stop - 1))
    return ranges


def general_category(code_point: int) -> str:
    """Return the two-letter general category of a code point; surrogates and unassigned ones have one too.

    Clauses: P6.

    >>> general_category(ord("a")), general_category(0x1F642), general_category(0x10FFFF)
    ('Ll', 'So', 'Cn')
    """
    starts, categories = _runs()
    return categories[bisect_right(starts, code_point) - 1]


def is_white_space(code_point: int) -> bool:
    r"""Return whether a code point has the property White_Space, which is what `\s` means in a pattern.

    Clauses: P6.
    `str.isspace` differs: it counts U+001C to U+001F.

    >>> is_white_space(0x3000), is_white_space(0x1C), chr(0x1C).isspace()
    (True, False, True)
    """
    return any(first <= code_point <= last for first, last in WHITE_SPACE)


@cache
def class_ranges(name: str) -> Ranges:
    """Return the ranges, first and last code point, of a general category, a group of them, or White_Space.

    Clauses: P6.
    Raises `KeyError` for any other name.

    >>> class_ranges("Zs")[0], class_ranges("White_Space")[0], class_ranges("L")[0]
    ((32, 32), (9, 13), (65, 90))
    """
    if name == "White_Space":
        return WHITE_SPACE
    members = _MEMBERS[name]
    ranges = _ranges_by_category()
    return tuple(_join(sorted(chain.from_iterable(ranges[member] for member in members))))


def complement(ranges: Ranges) -> Ranges:
    """Return the ranges of all other code points.

    >>> complement(((0, 9), (11, 0x10FFFF)))
    ((10, 10),)
    """
    starts = (0, *(last + 1 for _, last in ranges))
    stops = (*(first for first, _ in ranges), _CODE_POINTS)
    return tuple((start, stop - 1) for start, stop in zip(starts, stops, strict=True) if start < stop)


def _join(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield sorted ranges with neighbours made one."""
    current: tuple[int, int] | None = None
    for first, last in ranges:
        if current is not None and current[1] == first - 1:
            current = current[0], last
            continue
        if current is not None:
            yield current
        current = first, last
    if current is not None:
        yield current
