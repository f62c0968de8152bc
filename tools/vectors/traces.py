"""Traces: how an answer comes about, step by step, for readers who want to follow."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from bpe.conformance.model import Model
from bpe.conformance.plain_merging import merge_of
from bpe.conformance.vector_json import read_model, read_text
from bpe.conformance.vector_operations import OPERATIONS
from tests.targets import REFERENCE

#: Longer answers are not traced: nobody follows them.
_LONGEST: Final = 16


def trace_of(operation: str, model: Model | None, data: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the trace of a vector's answer, by the name of its field, where it has one."""
    if "rejected" in data:
        return None
    if operation == "train":
        return {"counts": _chosen_counts(data["input"], read_model(data["output"]))}
    piece = _one_piece(operation, model, data["input"])
    if model is None or piece is None or len(piece) > _LONGEST:
        return None
    return {"trace": merge_trace(model, piece, shortcut=operation != "merge")}


def _one_piece(operation: str, model: Model | None, given: Mapping[str, Any]) -> bytes | None:
    """Return the bytes of the one pre-token that a call is about."""
    if operation == "merge":
        return bytes.fromhex(given["bytes"])
    if (
        operation == "encode_ordinary"
        and model is not None
        and model.pattern is None
        and isinstance(given["text"], str)
    ):
        return read_text(given["text"]).encode()
    return None


def merge_trace(model: Model, piece: bytes, *, shortcut: bool) -> list[list[Any]]:
    """Return each step: left part, right part, result, position in the row, and the clause that decides it."""
    if shortcut and model.whole_pre_token and len(piece) > 1 and piece in model.ids:
        return [[None, None, model.ids[piece], 0, "M7"]]
    merge = merge_of(model)
    row = [model.ids[bytes([value])] for value in piece]
    steps: list[list[Any]] = []
    while found := [(made[0], index, made[1]) for index, pair in enumerate(pairwise(row)) if (made := merge(*pair))]:
        _, index, result = min(found)
        left, right = row[index : index + 2]
        # Where the same pair begins inside this one, it is merging without overlap that decides.
        clause = "M2" if row[index + 1 : index + 3] == [left, right] else "M3"
        steps.append([left, right, result, index, clause])
        row[index : index + 2] = [result]
    return steps


def _chosen_counts(given: Mapping[str, Any], trained: Model) -> list[int]:
    """Return how often each merge's pair occurred when it was chosen."""
    stages = OPERATIONS["pair_statistics"].run(REFERENCE, None, given)
    return [stage[merge[:2]] for merge, stage in zip(trained.merges or (), stages, strict=False)]
