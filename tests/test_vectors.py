"""The test vectors: well formed, right, and strong enough to reject every mutant."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import jsonschema
import pytest

from bpe.conformance import PROPERTIES
from bpe.conformance.specification import CHAPTERS, read_clauses, vectors_folder
from bpe.conformance.vectors import Vector, check_vector, read_vectors, vector_files
from tests.mutants import MUTANTS, Mutant
from tests.staged import Staged
from tests.targets import ENGINE, REFERENCE

VECTORS = read_vectors()
SCHEMA = json.loads((vectors_folder() / "vectors.schema.json").read_text(encoding="utf-8"))

#: Mutants that no vector can reject, and why.
UNSEEN = {
    "AsksTheNetwork": "a vector sees answers and files alone",
    "GivesItsOwnList": "a vector changes none of the answers that it was given",
}

_CLAUSE_OF = {each.name: each.clause for each in PROPERTIES}


def test_the_files_are_those_of_the_chapters() -> None:
    assert [path.stem for path in vector_files()] == list(CHAPTERS)


@pytest.mark.parametrize("path", vector_files(), ids=lambda path: path.stem)
def test_files_are_of_the_schema(path: Path) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(path.read_text(encoding="utf-8")))


def test_ids_are_given_once() -> None:
    assert [name for name, count in Counter(vector.id for vector in VECTORS).items() if count > 1] == []


def test_there_are_many_accepting_and_rejecting() -> None:
    rejecting = sum(vector.call.rejected is not None for vector in VECTORS)
    assert len(VECTORS) >= 300
    assert rejecting >= 100


def test_clauses_exist() -> None:
    known = {clause.id for clause in read_clauses()}
    assert [vector for vector in VECTORS if not set(vector.clauses) <= known] == []


@pytest.mark.parametrize("target", [REFERENCE, ENGINE, Staged()], ids=lambda target: str(target.name))
def test_targets_pass(target: object) -> None:
    asked = Counter(check_vector(target, vector) for vector in VECTORS)
    assert asked["passed"] + asked["unsupported"] == len(VECTORS)
    if target is ENGINE:
        # It has no function that applies one merge to a row.
        assert {v.operation for v in VECTORS if check_vector(ENGINE, v) == "unsupported"} == {"apply_merge"}


def _rejects(mutant: Mutant, vectors: list[Vector]) -> str | None:
    target = mutant.target()
    for vector in vectors:
        try:
            check_vector(target, vector)
        except BaseException:  # noqa: BLE001 - a wrong answer, no answer, or the end of the process
            return vector.id
    return None


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.target.__name__)
def test_a_vector_of_its_clause_rejects_each_mutant(mutant: Mutant) -> None:
    clauses = {_CLAUSE_OF[name] for name in mutant.breaks}
    rejected = _rejects(mutant, [vector for vector in VECTORS if clauses & set(vector.clauses)])
    assert (rejected is None) == (mutant.target.__name__ in UNSEEN), rejected
