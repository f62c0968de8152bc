"""From what an author wrote to what the file says: answers from the reference, traces, and who confirms them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from bpe.conformance.model import Model
from bpe.conformance.refusal import Refusal
from bpe.conformance.vector_json import read_model, write_model
from bpe.conformance.vector_operations import OPERATIONS
from bpe.conformance.vectors import Vector, check_vector, read_vector
from bpe.version import SPECIFICATION_VERSION
from tests.staged import Staged
from tests.targets import ENGINE, REFERENCE
from tests.vector_peers import opinions
from tools.vectors.source import UNSAID, Chapter, Group, Test
from tools.vectors.traces import trace_of

#: Who answers, the definition first; what it has no function for (files, batches) comes from what is built on it.
_ANSWERING: Final = (REFERENCE, Staged(), ENGINE)


class VectorError(Exception):
    """A vector that cannot be written, with what its author has to say or mend."""


def complete_chapter(chapter: Chapter) -> dict[str, Any]:
    """Return the document of a chapter."""
    used = {flag for group in chapter.groups for test in group.tests for flag in test.flags}
    if used != set(chapter.notes):
        raise VectorError(f"{chapter.name}: notes and flags differ in {sorted(used ^ set(chapter.notes))}")
    return {
        "schema": "vectors.schema.json",
        "spec": SPECIFICATION_VERSION,
        "chapter": chapter.name,
        "about": chapter.about,
        "notes": {
            name: {"bug_class": note.bug_class, "description": note.description, "seen": list(note.seen)}
            for name, note in chapter.notes.items()
        },
        "groups": [_complete_group(chapter.name, group) for group in chapter.groups],
    }


def _complete_group(chapter: str, group: Group) -> dict[str, Any]:
    shared: dict[str, Any] = {} if group.model is None else {"model": write_model(group.model)}
    if group.chunks:
        shared["chunks"] = dict(group.chunks)
    # What the file will say of the model is what answers are about.
    model = None if group.model is None else read_model(shared["model"])
    return shared | {"tests": [_complete_test(chapter, test, model, group.chunks) for test in group.tests]}


def _complete_test(chapter: str, test: Test, model: Model | None, chunks: Mapping[str, str]) -> dict[str, Any]:
    data: dict[str, Any] = {"id": test.id, "clauses": list(test.clauses), "flags": list(test.flags), "level": "MUST"}
    if test.before:
        data["before"] = [_complete_call(each, model, chunks, test.id) for each in test.before]
    data |= _complete_call(test, model, chunks, test.id)
    trace = trace_of(test.operation, model, data)
    if trace is not None:
        data |= trace
    vector = read_vector(chapter, json.loads(json.dumps(data | {"confirmed_by": []})), model, chunks)
    data["confirmed_by"] = _confirm(test, vector)
    if test.differs:
        data["differs"] = dict(test.differs)
    if test.why is not None:
        data["why"] = test.why
    _require_right(vector)
    return data


def _complete_call(test: Test, model: Model | None, chunks: Mapping[str, str], name: str) -> dict[str, Any]:
    """Return the call with its answer; what the author said of it is tried afterwards, with all calls before."""
    data: dict[str, Any] = {"operation": test.operation, "input": dict(test.given)}
    if test.rejected is not None:
        return data | {"rejected": dict(test.rejected)}
    answer = _answer(test, model, {**test.given, "chunks": chunks}, name)
    if test.output is not UNSAID and answer != test.output:
        raise VectorError(f"{name}: by hand {json.dumps(test.output)}, by the reference {json.dumps(answer)}")
    return data | {"output": answer}


def _answer(test: Test, model: Model | None, given: Mapping[str, Any], name: str) -> Any:
    operation = OPERATIONS[test.operation]
    target = next(each for each in _ANSWERING if isinstance(each, operation.needs))
    try:
        answer = operation.write(operation.run(target, model, given))
    except Refusal as refusal:
        raise VectorError(f"{name}: the reference refuses: {refusal.message}") from None
    return json.loads(json.dumps(answer))


def _confirm(test: Test, vector: Vector) -> list[str]:
    judged = opinions(vector)
    against = {peer for peer, agreed in judged.items() if not agreed}
    if against != set(test.differs):
        raise VectorError(f"{test.id}: {sorted(against)} disagree, and {sorted(test.differs)} are said to")
    confirmed = [peer for peer, agreed in judged.items() if agreed]
    if not confirmed and test.why is None:
        raise VectorError(f"{test.id}: no peer confirms it: say why it is right")
    return confirmed or ["by hand"]


def _require_right(vector: Vector) -> None:
    """Try the vector, calls before it included, on all that answers; refusals are tried here alone."""
    for target in _ANSWERING:
        try:
            check_vector(target, vector)
        except AssertionError as fault:
            raise VectorError(f"{target.name}: {fault}") from None
