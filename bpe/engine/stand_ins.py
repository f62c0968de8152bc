"""How the pinned character classes hold under every `regex` release, at no cost for nearly every text.

The installed release and the pinned Unicode version disagree on few characters, most of them not assigned when the version was pinned.
A text without any of them is cut by `regex` as it is.
In any other, each of them is replaced for the cutting by a *stand-in*: a character of the class that it has in the pinned version, on which both agree.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import regex

from bpe.unicode_classes import CATEGORIES, class_ranges, general_category, is_white_space

_ALL_CATEGORIES: Final = [category for group in CATEGORIES.values() for category in group]

# Characters seen so far on which release and pinned version agree: they need no second look.
# Each is looked at when it first occurs, because looking at all of Unicode takes a tenth of a second.
_agreeing: Final[set[str]] = {chr(code_point) for code_point in range(0x80)}


def find_differing(text: str) -> set[str]:
    """Return the characters of a text whose class is another in the installed `regex` than in the pinned version.

    Clauses: P6.

    >>> find_differing("ordinary text, даже так")
    set()
    """
    unknown = set(text) - _agreeing
    if not unknown:
        return unknown
    differing = {character for character in unknown if not _agrees(character)}
    _agreeing.update(unknown - differing)
    return differing


def replace_differing(text: str, differing: set[str]) -> str | None:
    """Return the text with stand-ins for the given characters, or `None` if one of them has no stand-in.

    Clauses: P6.

    >>> replace_differing("so", {"o"}) != "so"
    True
    """
    table = {ord(character): find_stand_in(*_pinned_class(character)) for character in differing}
    return None if None in table.values() else text.translate(table)


@cache
def find_stand_in(category: str, white_space: bool) -> str | None:
    r"""Return a character beyond ASCII of this class on which release and pinned version agree, if there is one.

    Clauses: P6.
    It is sought from the end, far from the characters that an ASCII letter equals where case is ignored.

    >>> find_stand_in("Cn", False), find_stand_in("Zs", True)
    ('\U0010ffff', '\u3000')
    """
    for first, last in reversed(class_ranges(category)):
        for code_point in range(last, max(first, 0x80) - 1, -1):
            character = chr(code_point)
            if is_white_space(code_point) == white_space and _agrees(character):
                return character
    return None


def _agrees(character: str) -> bool:
    return _installed_class(character) == _pinned_class(character)


def _pinned_class(character: str) -> tuple[str, bool]:
    return general_category(ord(character)), is_white_space(ord(character))


def _installed_class(character: str) -> tuple[str, bool]:
    match = _any_category().match(character)
    category = _ALL_CATEGORIES[match.lastindex - 1] if match and match.lastindex else ""
    return category, regex.match(r"\s", character) is not None


@cache
def _any_category() -> regex.Pattern[str]:
    return regex.compile("|".join(rf"(\p{{{category}}})" for category in _ALL_CATEGORIES), regex.VERSION0)
