"""The machine-checked theorems that prove a clause: in words, with what they need, and as Coq has them."""

from __future__ import annotations

import re
from functools import cache
from textwrap import dedent
from typing import Final, NamedTuple

from tools.proved_clauses import FOLDER
from tools.state_proofs import Row, read_rows

_IN_PART: Final = " in part"


class Theorem(NamedTuple):
    """A theorem as a page shows it."""

    name: str
    path: str
    words: str
    needs: str
    statement: str
    is_whole: bool


def theorems_of(clause: str) -> list[Theorem]:
    """Return the theorems that prove a clause, as a whole or in part.

    >>> [theorem.name for theorem in theorems_of("M1")]
    ['merging_keeps_the_bytes']
    """
    return [_theorem(row) for row in read_rows() if clause in row.clauses.removesuffix(_IN_PART).split(", ")]


def _theorem(row: Row) -> Theorem:
    path = f"spec/proofs/{row.file}"
    return Theorem(
        row.name, path, row.words, row.hypotheses, _statement(row.file, row.name), not row.clauses.endswith(_IN_PART)
    )


def _statement(file: str, name: str) -> str:
    text = (FOLDER / file).read_text(encoding="utf-8")
    found = re.search(rf"^ *Theorem {name}\b.*?(?=\n *Proof\b)", text, re.MULTILINE | re.DOTALL)
    if found is None:
        raise LookupError(f"{file} has no theorem {name}")
    return dedent(found[0])


@cache
def _beyond() -> dict[str, str]:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^- \*\*([A-Z][0-9]+)\*\*: (.+)$", text, re.MULTILINE))


def beyond(clause: str) -> str:
    """Return what the sentence of a clause promises and its theorems do not; nothing where no theorem is about it.

    >>> beyond("M1"), beyond("A1")
    ('nothing.', '')
    """
    return _beyond().get(clause, "")
