"""What a mutant is, and how it says what it breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import NamedTuple, TypeVar

T = TypeVar("T", bound=type)


class Mutant(NamedTuple):
    """A wrong target, and the properties that must reject it, of which the first is its own."""

    target: type
    breaks: tuple[str, ...]


_LISTED: dict[type, Mutant] = {}


def breaks(*names: str) -> Callable[[T], T]:
    """List a target as one that the properties of these names must reject."""

    def listed(target: T) -> T:
        _LISTED[target] = Mutant(target, names)
        return target

    return listed


def listed_in(module: ModuleType) -> Iterator[Mutant]:
    """Yield the mutants of a module, in the order in which they are written."""
    return (_LISTED[value] for value in vars(module).values() if isinstance(value, type) and value in _LISTED)
