"""The clauses, and what holds each: properties, mutants, evidence. The pages of the site know the project through this alone."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from bpe.conformance import PROPERTIES, UNTESTABLE, Property
from bpe.conformance.specification import CHAPTERS as CHAPTER_LETTERS
from bpe.conformance.specification import Clause, read_clauses
from tests.mutants import MUTANTS, Mutant

PROJECT: Final = Path(__file__).resolve().parent.parent.parent

#: The title of each chapter, by the stem of its file.
CHAPTERS: Final = {
    "1-bytes": "Bytes",
    "2-special-tokens": "Special tokens",
    "3-pre-split": "The pre-split",
    "4-merges": "Merges",
    "5-encoding": "Encoding and decoding",
    "6-training": "Training",
    "7-vocabulary": "Vocabularies",
    "8-files": "Files",
    "9-resources": "Resources and errors",
    "10-adapter": "The adapter protocol",
}


def by_chapter() -> Iterator[tuple[str, list[Clause]]]:
    """Yield the stem of each chapter with its clauses."""
    for stem, clauses in groupby(read_clauses(), key=lambda clause: clause.chapter):
        yield stem, sorted(clauses, key=lambda clause: (CHAPTER_LETTERS[stem].index(clause.id[0]), int(clause.id[1:])))


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
