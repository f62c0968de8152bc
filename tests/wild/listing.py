"""What a specimen is: a tokenizer with a mistake met in the wild, named so that a command can open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T", bound=type)


@dataclass(frozen=True)
class Specimen:
    """A wrong tokenizer, and whether it is wrong only where the vocabulary is that of `cl100k_base`."""

    make: Callable[[], Any]
    name: str
    needs_cl100k: bool = False
    #: A pure black box is held to the vocabulary that it claims to have.
    held_to: str | None = None


SPECIMENS: dict[str, Specimen] = {}


def specimen(kind: T) -> T:
    """List a tokenizer as a wrong one."""
    SPECIMENS[kind.__name__] = Specimen(kind, kind.__name__, needs_cl100k=_is_on_cl100k(kind))
    return kind


def _is_on_cl100k(kind: type) -> bool:
    return any(base.__name__.endswith("Cl100k") or base.__name__ == "OnCl100k" for base in kind.__mro__)
