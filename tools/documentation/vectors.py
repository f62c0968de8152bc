"""The test vectors of each clause."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, NamedTuple

from bpe.conformance.vectors import vector_files
from tools.documentation.clauses import PROJECT


class Vector(NamedTuple):
    """A test vector: where it stands, the model that it is for, and itself, as JSON."""

    path: str
    id: str
    clauses: tuple[str, ...]
    model: Any
    test: dict[str, Any]


def vectors_of(clause: str) -> list[Vector]:
    """Return the vectors that name a clause.

    >>> [vector.id for vector in vectors_of("B2")][:1]
    ['bytes-composed-and-decomposed-second']
    """
    return [vector for vector in read_vectors() if clause in vector.clauses]


@cache
def read_vectors() -> tuple[Vector, ...]:
    """Return all vectors, file by file."""
    return tuple(
        Vector(path.relative_to(PROJECT).as_posix(), test["id"], tuple(test["clauses"]), group.get("model"), test)
        for path in vector_files()
        for group in json.loads(path.read_text(encoding="utf-8"))["groups"]
        for test in group["tests"]
    )
