"""The test vectors of each clause."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, NamedTuple

from tools.documentation.clauses import PROJECT


class Vector(NamedTuple):
    """A test vector: where it stands, the model that it is for, and itself, as JSON."""

    path: str
    id: str
    clauses: tuple[str, ...]
    model: Any
    test: dict[str, Any]


def vectors_of(clause: str) -> list[Vector]:
    """Return the vectors that name a clause."""
    return [vector for vector in read_vectors() if clause in vector.clauses]


@cache
def read_vectors() -> tuple[Vector, ...]:
    """Return all vectors, file by file."""
    return ()
