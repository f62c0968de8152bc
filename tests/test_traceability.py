"""The gate: no clause without something to hold it, and nothing that holds no clause."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bpe.conformance import PROPERTIES, UNTESTABLE
from bpe.conformance.specification import (
    CHAPTERS,
    Clause,
    read_clauses,
    specification_folder,
    unnumbered_sentences,
)
from bpe.encoding_table import ENCODINGS
from bpe.patterns import NAMED_PATTERNS, resolve_pattern
from tests.mutants import MUTANTS
from tests.traceability import EXHAUSTIVE, properties_of, proved_at_all, read_vectors, vectors_of

PROJECT = Path(__file__).resolve().parent.parent

CLAUSES = read_clauses()
IDS = [clause.id for clause in CLAUSES]
LIVE = [clause for clause in CLAUSES if not clause.is_withdrawn]


def test_no_id_is_used_twice() -> None:
    assert [clause_id for clause_id, count in Counter(IDS).items() if count > 1] == []


def test_every_id_has_the_letter_of_its_chapter() -> None:
    assert [clause.id for clause in CLAUSES if clause.id[0] not in CHAPTERS[clause.chapter]] == []


def test_no_number_is_left_out() -> None:
    """Ids are given once and never taken away: a clause that is withdrawn stays, and says so."""
    for letter in "".join(CHAPTERS.values()):
        numbers = sorted(int(clause_id[1:]) for clause_id in IDS if clause_id[0] == letter)
        assert numbers == list(range(1, len(numbers) + 1)), letter


@pytest.mark.parametrize("clause", LIVE, ids=lambda clause: clause.id)
def test_a_clause_is_one_normative_sentence(clause: Clause) -> None:
    assert re.search(r"\b(MUST|SHOULD)\b", clause.sentence)
    assert clause.sentence.endswith(".")
    assert ". " not in clause.sentence
    assert clause.explanation


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_normative_sentence_has_an_id(chapter: str) -> None:
    text = (specification_folder() / f"{chapter}.md").read_text(encoding="utf-8")
    assert unnumbered_sentences(text) == []


@pytest.mark.parametrize("clause", LIVE, ids=lambda clause: clause.id)
def test_a_clause_is_held(clause: Clause) -> None:
    """It has properties that say what it says, each with a mutant, and vectors; or a reason why not."""
    properties = properties_of(clause.id)
    if not properties:
        assert clause.id in UNTESTABLE
        return
    assert {each.sentence for each in properties} == {clause.sentence}
    broken = {name for mutant in MUTANTS for name in mutant.breaks}
    assert [each.name for each in properties if each.name not in broken] == []
    assert vectors_of(clause.id)


def test_few_clauses_have_no_property() -> None:
    bare = [clause.id for clause in LIVE if not properties_of(clause.id)]
    assert len(bare) * 10 < len(LIVE), bare


def test_nothing_speaks_of_a_clause_that_does_not_exist() -> None:
    live = {clause.id for clause in LIVE}
    assert {each.clause for each in PROPERTIES} <= live
    assert set(UNTESTABLE) <= live
    assert set(EXHAUSTIVE) <= live
    assert proved_at_all() <= live
    for name, vectors in read_vectors().items():
        for vector, clauses in vectors.items():
            assert set(clauses) <= live, f"{vector} in {name}"


def test_every_mutant_breaks_a_property_that_exists() -> None:
    names = {each.name for each in PROPERTIES}
    assert [mutant for mutant in MUTANTS if not mutant.breaks or not names.issuperset(mutant.breaks)] == []


def test_exhaustive_tests_exist() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in (PROJECT / "tests").glob("test_*.py"))
    assert [each.test for each in EXHAUSTIVE.values() if f"def {each.test}(" not in text] == []


def test_the_chapter_has_the_patterns_that_the_code_has() -> None:
    text = (specification_folder() / "3-pre-split.md").read_text(encoding="utf-8")
    assert re.findall(r"^```regex\n(.*)\n```$", text, re.MULTILINE) == list(NAMED_PATTERNS.values())


def test_the_chapter_has_the_files_that_the_code_has() -> None:
    text = (specification_folder() / "8-files.md").read_text(encoding="utf-8")
    files = {file.name: file for encoding in ENCODINGS.values() for file in encoding.files}
    rows = re.findall(r"^\| `([^`]+)` \| (\d+) \| `([0-9a-f]{64})` \|$", text, re.MULTILINE)
    assert rows == [(file.name, str(file.size), file.sha256) for file in files.values()]


def test_the_chapter_has_the_encodings_that_the_code_has() -> None:
    """Special tokens are told in words where they are many; those that are named with an id are compared."""
    text = (specification_folder() / "8-files.md").read_text(encoding="utf-8").replace("\\|", "|")
    rows = re.findall(r"^\| `([^`]+)` \| (.*?) \| `([^`]+)` \| (.*) \|$", text, re.MULTILINE)
    assert [name for name, *_ in rows] == list(ENCODINGS)
    for name, files, pattern, special in rows:
        encoding = ENCODINGS[name]
        assert re.findall(r"`([^`]+)`", files) == [file.name for file in encoding.files]
        assert resolve_pattern(pattern) == resolve_pattern(encoding.pattern)
        told = {token: int(token_id) for token, token_id in re.findall(r"`(<[^`]+>)` (\d+)", special)}
        assert told.items() <= encoding.special_tokens.items()
        assert told or name == "llama3"


def test_the_page_is_current() -> None:
    call = [sys.executable, str(PROJECT / "tools" / "trace_clauses.py"), "--check"]
    run = subprocess.run(call, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
