"""What a mutant is, and how it says what it breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import NamedTuple, TypeVar

T = TypeVar("T", bound=type)


class Mutant(NamedTuple):
    """A wrong target, the properties that must reject it, and what the first of these shrinks to, if that matters."""

    target: type
    breaks: tuple[str, ...]
    #: A regular expression for the text of the smallest counterexample; there can be several that are equally small.
    smallest: str | None


#: One character beyond ASCII, and nothing else.
ONE_CHARACTER = r"'([^\x00-\x7e]|\\x[89a-f][0-9a-f])'"

_LISTED: dict[type, Mutant] = {}


def breaks(*names: str, smallest: str | None = None) -> Callable[[T], T]:
    """List a target as one that the properties of these names must reject."""

    def listed(target: T) -> T:
        _LISTED[target] = Mutant(target, names, smallest)
        return target

    return listed


def listed_in(module: ModuleType) -> Iterator[Mutant]:
    """Yield the mutants of a module, in the order in which they are written."""
    return (_LISTED[value] for value in vars(module).values() if isinstance(value, type) and value in _LISTED)
