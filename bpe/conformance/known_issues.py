"""The known-issues file of a tokenizer: clauses that it breaks, with the reason and a link.

    [[known]]
    clause = "S2"
    reason = "overlapping special tokens go by registration"
    link = "https://example.org/issues/1"

An entry that no longer fails is an error: a list that nobody shortens hides what breaks next.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from bpe.conformance.specification import read_clauses


@dataclass(frozen=True)
class KnownIssue:
    """A clause that is known to be broken, or one property of it, and why."""

    clause: str
    reason: str
    link: str | None = None

    def covers(self, clause: str, name: str) -> bool:
        """Tell whether the entry speaks of a property: by its own name, or by its clause."""
        return self.clause in (clause, name)


def read_known_issues(path: Path) -> tuple[KnownIssue, ...]:
    """Return the entries of a file.

    Raises `ValueError` that names what is wrong.
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("known", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ValueError(f"{path}: {fault}") from None
    if not isinstance(entries, list):
        raise ValueError(f"{path}: 'known' is no list of tables: write [[known]] above each entry")  # noqa: TRY004 - it is the file's fault
    return tuple(_read_entry(path, number, entry) for number, entry in enumerate(entries, 1))


def _read_entry(path: Path, number: int, entry: object) -> KnownIssue:
    if not isinstance(entry, dict) or not {"clause", "reason"} <= set(entry) <= {"clause", "reason", "link"}:
        raise ValueError(f"{path}: entry {number} needs a clause and a reason, and may have a link: {entry!r}")
    if not all(isinstance(value, str) and value for value in entry.values()):
        raise ValueError(f"{path}: entry {number} holds what is no text: {entry!r}")
    return KnownIssue(**entry)


def unknown_clauses(issues: Collection[KnownIssue], names: Collection[str]) -> list[str]:
    """Return what entries name that is neither a clause nor one of the names of properties."""
    known = {clause.id for clause in read_clauses()} | set(names)
    return [issue.clause for issue in issues if issue.clause not in known]
