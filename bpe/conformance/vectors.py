"""The test vectors of the specification: what they are, where they are, and how a target is judged by them.

A vector is one call with its complete answer, or with the refusal that it must end in, and names the clauses that decide it.
`spec/vectors/README.md` describes the files; `bpe.conformance.vector_operations` says what each operation asks of a target.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from bpe.conformance.model import Model
from bpe.conformance.refusal import Refusal
from bpe.conformance.specification import vectors_folder
from bpe.conformance.vector_json import read_model
from bpe.conformance.vector_operations import OPERATIONS, Operation

Verdict = Literal["passed", "unsupported"]

#: What a refusal of a malformed file may name instead of each other.
_PLACES: Final = ("line", "offsets")


@dataclass(frozen=True)
class Call:
    """One call of an operation: what it is given, and either its output or what its refusal must name."""

    operation: str
    given: Mapping[str, Any]
    output: Any
    rejected: Mapping[str, Any] | None


@dataclass(frozen=True)
class Vector:
    """A call with its right answer, the clauses that decide it, and the calls that were made before on the same model."""

    id: str
    chapter: str
    clauses: tuple[str, ...]
    flags: tuple[str, ...]
    level: str
    model: Model | None
    before: tuple[Call, ...]
    call: Call
    #: Who gave the same answer when the vector was written, besides the reference; `by hand` stands for a person.
    confirmed_by: tuple[str, ...]
    #: All that the file says of this vector, notes for readers included.
    source: Mapping[str, Any]

    @property
    def operation(self) -> str:
        """The name of the operation that is judged."""
        return self.call.operation

    def __repr__(self) -> str:
        return f"{self.chapter}/{self.id}"


# --- reading -------------------------------------------------------------------------------------


def read_vectors(folder: Path | None = None) -> tuple[Vector, ...]:
    """Return all vectors of a folder, by default those of the specification, chapter by chapter.

    >>> read_vectors()[0]
    1-bytes/bytes-ascii
    """
    return tuple(vector for path in vector_files(folder) for vector in read_vector_file(path))


def vector_files(folder: Path | None = None) -> list[Path]:
    """Return the vector files of a folder, in the order of the chapters."""
    paths = (path for path in (folder or vectors_folder()).glob("*.json") if path.name[0].isdigit())
    return sorted(paths, key=lambda path: int(path.name.partition("-")[0]))


def read_vector_file(path: Path) -> Iterator[Vector]:
    """Yield the vectors of one file; those of a group share one `Model` object, as they share a tokenizer."""
    for group in json.loads(path.read_text(encoding="utf-8"))["groups"]:
        model = read_model(group["model"]) if "model" in group else None
        for test in group["tests"]:
            yield read_vector(path.stem, test, model, group.get("chunks", {}))


def read_vector(chapter: str, test: Mapping[str, Any], model: Model | None, chunks: Mapping[str, str]) -> Vector:
    """Return the vector that a test of a group describes."""
    return Vector(
        test["id"],
        chapter,
        tuple(test["clauses"]),
        tuple(test.get("flags", ())),
        test["level"],
        model,
        tuple(_read_call(call, chunks) for call in test.get("before", ())),
        _read_call(test, chunks),
        tuple(test["confirmed_by"]),
        test,
    )


def _read_call(data: Mapping[str, Any], chunks: Mapping[str, str]) -> Call:
    return Call(data["operation"], {**data["input"], "chunks": chunks}, data.get("output"), data.get("rejected"))


# --- judging -------------------------------------------------------------------------------------


def check_vector(target: object, vector: Vector) -> Verdict:
    """Try a vector on a target; fail where the answer is another, and say where the target cannot be asked.

    Any exception but `Refusal` is a fault of the target, and passes through.
    """
    calls = (*vector.before, vector.call)
    if not all(isinstance(target, OPERATIONS[call.operation].needs) for call in calls):
        return "unsupported"
    for call in calls:
        _check_call(target, vector, call)
    return "passed"


def _check_call(target: Any, vector: Vector, call: Call) -> None:
    operation = OPERATIONS[call.operation]
    try:
        answer = operation.run(target, vector.model, call.given)
    except Refusal as refusal:
        _check_refusal(vector, call, refusal)
        return
    assert call.rejected is None, f"{vector}: {call.operation} must be refused, and gives {operation.write(answer)!r}"
    _check_answer(vector, call, operation, answer)


def _check_answer(vector: Vector, call: Call, operation: Operation, answer: Any) -> None:
    expected = operation.read(call.output)
    is_right = answer == expected and _same_types(answer, expected)
    assert is_right, f"{vector}: {call.operation} must give {call.output!r}, and gives {operation.write(answer)!r}"


def _same_types(answer: object, expected: object) -> bool:
    """Tell whether a truth value stands for a truth value, and a number for a number."""
    return isinstance(answer, bool) == isinstance(expected, bool)


def _check_refusal(vector: Vector, call: Call, refusal: Refusal) -> None:
    rejected = call.rejected
    assert rejected is not None, f"{vector}: {call.operation} is refused: {refusal.message}"
    for what, value in rejected.items():
        if what not in ("kind", *_PLACES):
            # The name of an encoding is wanted in the message, where people read it.
            named = value in refusal.message if what == "encoding" else refusal.names(value)
            assert named, f"{vector}: the refusal does not name the {what} {value!r}: {refusal.message}"
    if any(place in rejected for place in _PLACES):
        assert _names_place(rejected, refusal), f"{vector}: the refusal names no place in the file: {refusal.message}"


def _names_place(rejected: Mapping[str, Any], refusal: Refusal) -> bool:
    """Tell whether a refusal names the line, or an offset inside it."""
    first, last = rejected.get("offsets", (0, -1))
    return refusal.names(rejected.get("line")) or any(map(refusal.names, range(first, last + 1)))
