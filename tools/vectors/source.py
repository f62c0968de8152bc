"""How a test vector is written by hand: one call, its answer where it is small, and what the vector hunts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bpe.conformance.model import Model
from bpe.conformance.vector_json import write_model, write_text

#: Stands for an answer that nobody wrote down, and that the reference gives.
UNSAID: Final = object()


@dataclass(frozen=True)
class Note:
    """A kind of fault that vectors hunt, and where it was seen."""

    bug_class: str
    description: str
    seen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Test:
    """One vector as its author wrote it; values are those of JSON."""

    id: str
    operation: str
    clauses: tuple[str, ...]
    given: Mapping[str, Any]
    output: Any = UNSAID
    rejected: Mapping[str, Any] | None = None
    flags: tuple[str, ...] = ()
    #: How a reader can work the answer out.
    why: str | None = None
    #: Known implementations that answer otherwise, with the reason.
    differs: Mapping[str, str] = field(default_factory=dict)
    before: tuple[Test, ...] = ()


@dataclass(frozen=True)
class Group:
    """Tests that share a model, or chunks of files."""

    model: Model | None
    tests: tuple[Test, ...]
    chunks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Chapter:
    """One file of vectors."""

    name: str
    about: str
    notes: Mapping[str, Note]
    groups: tuple[Group, ...]


def as_json(value: Any) -> Any:
    """Return a value as JSON has it: bytes in hexadecimal, models and texts as `bpe.conformance.vector_json` writes them."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, str):
        return write_text(value)
    if isinstance(value, Model):
        return write_model(value)
    if isinstance(value, Mapping):
        return {name: as_json(member) for name, member in value.items()}
    return list(map(as_json, value)) if isinstance(value, Sequence) else value


def vector(
    id: str,  # noqa: A002 - what it is called in the file
    operation: str,
    clauses: str,
    *,
    gives: Any = UNSAID,
    refused: Mapping[str, Any] | None = None,
    flags: str = "",
    why: str | None = None,
    differs: Mapping[str, str] | None = None,
    before: Sequence[Test] = (),
    **given: Any,
) -> Test:
    """Return a vector; `clauses` and `flags` are lists of words, `given` is the input."""
    return Test(
        id,
        operation,
        tuple(clauses.split()),
        as_json(given),
        gives if gives is UNSAID else as_json(gives),
        refused,
        tuple(flags.split()),
        why,
        differs or {},
        tuple(before),
    )


def call(operation: str, *, gives: Any = UNSAID, refused: Mapping[str, Any] | None = None, **given: Any) -> Test:
    """Return a call that is made before the one that a vector is about."""
    return vector("", operation, "", gives=gives, refused=refused, **given)


def refusal(kind: str, **names: Any) -> Mapping[str, Any]:
    """Return what a refusal must be: its kind, and what it names."""
    return {"kind": kind, **as_json(names)}


def group(model: Model | None, *tests: Test, **chunks: bytes) -> Group:
    """Return tests that share a model; chunks are named parts of files."""
    return Group(model, tests, {name: content.hex() for name, content in chunks.items()})
