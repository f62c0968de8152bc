"""Read which clauses the machine-checked theorems of `spec/proofs/` prove.

A theorem names its clauses in a comment directly above it: `(* Clauses: M3, M4 *)`, or `(* Clauses in part: O1 *)` where the theorem says less than the clause.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "spec" / "proofs"

_THEOREM = re.compile(
    r"^ *(?:\(\* Clauses(?P<part> in part)?: (?P<clauses>[A-Z][0-9]+(?:, [A-Z][0-9]+)*) \*\)\n *)?"
    r"Theorem (?P<name>\w+)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Theorem:
    """A theorem, its file, and the clauses that it proves, as a whole or in part."""

    name: str
    file: str
    clauses: tuple[str, ...]
    is_whole: bool


def list_theorems(folder: Path = FOLDER) -> list[Theorem]:
    """Return every theorem of the folder, by file and place."""
    return [
        Theorem(
            found["name"],
            path.name,
            tuple(found["clauses"].split(", ")) if found["clauses"] else (),
            is_whole=not found["part"],
        )
        for path in sorted(folder.glob("*.v"))
        for found in _THEOREM.finditer(path.read_text(encoding="utf-8"))
    ]


def proved_clauses(folder: Path = FOLDER) -> dict[str, list[str]]:
    """Return the theorems that prove each clause as a whole, in the order of the clauses.

    >>> proved_clauses()["M1"]
    ['merging_keeps_the_bytes']
    """
    return _by_clause(theorem for theorem in list_theorems(folder) if theorem.is_whole)


def partly_proved_clauses(folder: Path = FOLDER) -> dict[str, list[str]]:
    """Return the theorems that prove a part of each clause that no theorem proves as a whole."""
    whole = proved_clauses(folder)
    parts = _by_clause(theorem for theorem in list_theorems(folder) if not theorem.is_whole)
    return {clause: names for clause, names in parts.items() if clause not in whole}


def _by_clause(theorems: Iterable[Theorem]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = defaultdict(list)
    for theorem in theorems:
        for clause in theorem.clauses:
            names[clause].append(theorem.name)
    return {clause: names[clause] for clause in sorted(names, key=lambda c: (c[0], int(c[1:])))}


def main() -> int:
    """Print each proved clause with its theorems."""
    for clause, names in proved_clauses().items():
        print(f"{clause}: {', '.join(names)}")
    for clause, names in partly_proved_clauses().items():
        print(f"{clause} in part: {', '.join(names)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
