"""The clauses, and what holds each: properties, mutants, evidence. The pages of the site know the project through this alone."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final, Literal

from bpe.conformance import PROPERTIES, UNTESTABLE, Property
from tests.mutants import MUTANTS, Mutant
from tools.list_clauses import sentences

PROJECT: Final = Path(__file__).resolve().parent.parent.parent

#: The title of each chapter, and the letters of its clauses, by the stem of its file.
CHAPTERS: Final = {
    "1-bytes": ("Bytes", "B"),
    "2-special-tokens": ("Special tokens", "S"),
    "3-pre-split": ("The pre-split", "P"),
    "4-merges": ("Merges", "M"),
    "5-encoding": ("Encoding and decoding", "EDO"),
    "6-training": ("Training", "T"),
    "7-vocabulary": ("Vocabularies", "V"),
    "8-files": ("Files", "F"),
    "9-resources": ("Resources and errors", "R"),
}


@dataclass(frozen=True)
class Clause:
    """A clause as it is written."""

    id: str
    chapter: str
    sentence: str
    formal: str | None = None

    @property
    def level(self) -> Literal["MUST", "SHOULD"]:
        """How binding the clause is."""
        return "MUST" if "MUST" in self.sentence else "SHOULD"


def read_clauses() -> tuple[Clause, ...]:
    """Return all clauses, chapter by chapter."""
    said = sentences()
    ordered = sorted(said, key=lambda clause: int(clause[1:]))
    return tuple(
        Clause(clause, stem, said[clause])
        for stem, (_, letters) in CHAPTERS.items()
        for letter in letters
        for clause in ordered
        if clause[0] == letter
    )


def by_chapter() -> Iterator[tuple[str, list[Clause]]]:
    """Yield the stem of each chapter with its clauses."""
    for stem, clauses in groupby(read_clauses(), key=lambda clause: clause.chapter):
        yield stem, list(clauses)


def properties_of(clause: str) -> list[Property]:
    """Return the properties that decide a clause."""
    return [each for each in PROPERTIES if each.clause == clause]


def mutants_of(clause: str) -> list[tuple[Mutant, list[Property]]]:
    """Return the mutants that a clause's properties reject, each with these properties."""
    named = {each.name: each for each in properties_of(clause)}
    found = ((mutant, [named[name] for name in mutant.breaks if name in named]) for mutant in MUTANTS)
    return [(mutant, rejecting) for mutant, rejecting in found if rejecting]


def reason_untestable(clause: str) -> str | None:
    """Return why a part of a clause has no property."""
    return UNTESTABLE.get(clause)


def title_of(clause: str) -> str:
    """Return what a clause is called: its first property says what holds.

    >>> title_of("M3")
    'The lowest rank merges first'
    """
    properties = properties_of(clause)
    return properties[0].name.replace("_", " ").capitalize() if properties else ""


def source_of(thing: object) -> str:
    """Return the source code of a function or a class."""
    return textwrap.dedent(inspect.getsource(thing)).rstrip()  # type: ignore[arg-type]


def path_of(thing: object) -> str:
    """Return the path of the file that defines a function or a class, in the project."""
    return Path(inspect.getfile(thing)).resolve().relative_to(PROJECT).as_posix()  # type: ignore[arg-type]
