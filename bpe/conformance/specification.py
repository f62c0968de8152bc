"""The written specification: where its files are, and the clauses in them.

The sentences and the vectors travel with the package, so that the checker can cite them on a machine without the project.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

Level = Literal["MUST", "SHOULD"]

#: The letters of the clauses in each chapter, by the stem of its file.
CHAPTERS: Final = {
    "1-bytes": "B",
    "2-special-tokens": "S",
    "3-pre-split": "P",
    "4-merges": "M",
    "5-encoding": "EDO",
    "6-training": "T",
    "7-vocabulary": "V",
    "8-files": "F",
    "9-resources": "R",
}

# A clause: its id on a line of its own, and behind it, as a quotation on one line, its sentence.
_CLAUSE: Final = re.compile(r"^### (?P<id>[A-Z][0-9]+)\n\n> (?P<sentence>[^\n]+)\n", re.MULTILINE)
_HEADING: Final = re.compile(r"^#{1,3} ", re.MULTILINE)
_FORMAL: Final = re.compile(r"^\*\*Formally\.\*\* (.*?)(?:\n\n|\Z)", re.MULTILINE | re.DOTALL)
_NORMATIVE: Final = re.compile(r"\b(?:MUST|SHOULD|SHALL|MAY|REQUIRED|RECOMMENDED|OPTIONAL)\b")


@dataclass(frozen=True)
class Clause:
    """A clause as it is written: id, chapter, sentence, and the text that explains it."""

    id: str
    #: The stem of the chapter's file, such as `4-merges`.
    chapter: str
    sentence: str
    #: What stands between the sentence and the next heading, in Markdown.
    explanation: str

    @property
    def level(self) -> Level:
        """How binding the clause is: that of the strongest word in its sentence."""
        return "MUST" if "MUST" in self.sentence else "SHOULD"

    @property
    def formal(self) -> str | None:
        """The statement in symbols, where the chapter gives one."""
        found = _FORMAL.search(self.explanation)
        return None if found is None else found[1]

    @property
    def is_withdrawn(self) -> bool:
        """Whether the id is kept only so that nobody uses it again."""
        return self.sentence.startswith("Withdrawn")


def specification_folder() -> Path:
    """Return the folder of the chapters and the vectors, in a clone, an editable install or a wheel.

    >>> (specification_folder() / "4-merges.md").is_file()
    True
    """
    package = Path(__file__).parent
    packed = package / "spec"
    return packed if packed.is_dir() else package.parent.parent / "spec"


def vectors_folder() -> Path:
    """Return the folder of the test vectors.

    >>> (vectors_folder() / "vectors.schema.json").is_file()
    True
    """
    return specification_folder() / "vectors"


def read_clauses(folder: Path | None = None) -> tuple[Clause, ...]:
    """Return all clauses, withdrawn ones included, in the order in which they are written.

    >>> [clause.id for clause in read_clauses()][:5]
    ['B1', 'B2', 'B3', 'B4', 'B5']
    """
    folder = folder or specification_folder()
    chapters = ((stem, (folder / f"{stem}.md").read_text(encoding="utf-8")) for stem in CHAPTERS)
    return tuple(clause for stem, text in chapters for clause in clauses_of(stem, text))


def clauses_of(chapter: str, text: str) -> Iterator[Clause]:
    r"""Yield the clauses in the text of a chapter.

    >>> next(clauses_of("4-merges", "### M9\n\n> Nothing MUST be lost.\n\nBecause.\n"))
    Clause(id='M9', chapter='4-merges', sentence='Nothing MUST be lost.', explanation='Because.')
    """
    for found in _CLAUSE.finditer(text):
        following = _HEADING.search(text, found.end())
        stop = following.start() if following else len(text)
        yield Clause(found["id"], chapter, found["sentence"], text[found.end() : stop].strip())


def unnumbered_sentences(text: str) -> list[str]:
    r"""Return the lines of a chapter that use a normative word, in capitals, outside a clause's sentence.

    >>> unnumbered_sentences("### M9\n\n> Nothing MUST be lost.\n\nIt MUST be kept.\n")
    ['It MUST be kept.']
    """
    rest = _CLAUSE.sub("", text)
    return [line for line in rest.splitlines() if _NORMATIVE.search(line)]
