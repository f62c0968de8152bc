"""What holds each clause: properties, vectors, exhaustive tests, proofs."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from bpe.conformance import PROPERTIES, Property
from bpe.conformance.specification import specification_folder, vectors_folder


class Exhaustive(NamedTuple):
    """A test that tries every case up to a bound."""

    test: str
    bound: str


#: Clauses that are checked for every case up to a bound, by the test named.
EXHAUSTIVE: Final[Mapping[str, Exhaustive]] = {}


def properties_of(clause: str) -> list[Property]:
    """Return the properties of a clause."""
    return [each for each in PROPERTIES if each.clause == clause]


@cache
def read_vectors() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return the clauses of each vector, by file and id."""
    return {
        path.name: {
            test["id"]: tuple(test["clauses"])
            for group in json.loads(path.read_text(encoding="utf-8"))["groups"]
            for test in group["tests"]
        }
        for path in sorted(vectors_folder().glob("[0-9]*.json"))
    }


def vectors_of(clause: str) -> dict[str, int]:
    """Return how many vectors of each file name a clause."""
    counts = {name: sum(clause in clauses for clauses in ids.values()) for name, ids in read_vectors().items()}
    return {name: count for name, count in counts.items() if count}


@cache
def read_proofs() -> Mapping[str, tuple[str, ...]]:
    """Return the theorems that prove each clause, as comments above them say."""
    theorems: dict[str, Counter[str]] = {}
    for path in sorted((specification_folder() / "proofs").glob("*.v")):
        text = path.read_text(encoding="utf-8")
        for clauses, name in re.findall(
            r"\(\* Clauses: ([A-Z0-9, ]+?)\.? \*\)\s*(?:Theorem|Lemma|Corollary) (\w+)", text
        ):
            for clause in clauses.split(", "):
                theorems.setdefault(clause, Counter())[name] += 1
    return {clause: tuple(names) for clause, names in theorems.items()}


def proofs_of(clause: str) -> tuple[str, ...]:
    """Return the theorems that prove a clause."""
    return read_proofs().get(clause, ())
