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
    #: Whether it shows no vocabulary, and is held to the one that it says it has (`--against`).
    held_to_trained: bool = False


SPECIMENS: dict[str, Specimen] = {}


def specimen(kind: T) -> T:
    """List a tokenizer as a wrong one."""
    SPECIMENS[kind.__name__] = Specimen(kind, kind.__name__, needs_cl100k=_is_on_cl100k(kind))
    return kind


def held_to_trained(kind: T) -> T:
    """List a black box as wrong beside the vocabulary that it says it has."""
    SPECIMENS[kind.__name__] = Specimen(kind, kind.__name__, held_to_trained=True)
    return kind


def _is_on_cl100k(kind: type) -> bool:
    return any(base.__name__.endswith("Cl100k") or base.__name__ == "OnCl100k" for base in kind.__mro__)
