"""The operations of the pipe that show one stage alone, and those that train."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bpe.conformance.model import Gaps, IdMerge
from bpe.conformance.pipe_values import (
    Arguments,
    Json,
    Operation,
    just,
    read_ids,
    read_texts,
    read_training_request,
    write_ids,
    write_texts,
    write_training,
)
from bpe.conformance.protocol_training import PairCounts
from bpe.conformance.vector_json import read_model, read_text, write_model, write_text


def _split(pattern: str, text: str, *, gaps: Gaps = "refuse") -> Json:
    return {"pattern": pattern, "text": write_text(text), "gaps": gaps}


def _read_split(request: Json) -> Arguments:
    return (request["pattern"], read_text(request["text"])), {"gaps": request["gaps"]}


def _split_within(pattern: str, text: str, seconds: float) -> Json:
    return {"pattern": pattern, "text": write_text(text), "seconds": seconds}


def _read_split_within(request: Json) -> Arguments:
    return (request["pattern"], read_text(request["text"]), request["seconds"]), {}


def _pattern_and_text(pattern: str, text: str) -> Json:
    return {"pattern": pattern, "text": write_text(text)}


def _read_pattern_and_text(request: Json) -> Arguments:
    return (request["pattern"], read_text(request["text"])), {}


def _apply(ids: Sequence[int], merge: IdMerge) -> Json:
    return write_ids(ids) | {"merge": list(merge)}


def _read_apply(request: Json) -> Arguments:
    left, right, result = request["merge"]
    return (read_ids(request), (left, right, result)), {}


def _count(texts: Sequence[str], pattern: str | None) -> Json:
    return {"texts": write_texts(texts), "pattern": pattern}


def _read_count(request: Json) -> Arguments:
    return (read_texts(request["texts"]), request["pattern"]), {}


def _counts(counts: Mapping[str, int]) -> list[list[Any]]:
    return [[write_text(text), count] for text, count in counts.items()]


def _read_counts(value: Sequence[Any]) -> dict[str, int]:
    return {read_text(text): count for text, count in value}


def _statistics(statistics: Sequence[PairCounts]) -> Json:
    return {"statistics": [[[*pair, count] for pair, count in counts.items()] for counts in statistics]}


def _read_statistics(reply: Json) -> list[PairCounts]:
    return [{(left, right): count for left, right, count in counts} for counts in reply["statistics"]]


_PIECES: Final = (
    lambda pieces: {"pieces": write_texts(pieces)},
    lambda reply: read_texts(reply["pieces"]),
)

#: Each operation that shows a stage, or trains, by the name that it has on the pipe.
STAGES: Final[Mapping[str, Operation]] = {
    "merge": Operation(
        "merge",
        lambda piece: {"bytes": piece.hex()},
        lambda request: ((bytes.fromhex(request["bytes"]),), {}),
        write_ids,
        read_ids,
    ),
    "apply_merge": Operation("apply_merge", _apply, _read_apply, write_ids, read_ids, on_model=False),
    "pre_split": Operation("pre_split", _split, _read_split, *_PIECES, on_model=False),
    "pre_split_within": Operation("pre_split_within", _split_within, _read_split_within, *_PIECES, on_model=False),
    "safe_cuts": Operation(
        "safe_cuts",
        _pattern_and_text,
        _read_pattern_and_text,
        lambda cuts: {"cuts": list(cuts)},
        just("cuts")[1],
        on_model=False,
    ),
    "train": Operation(
        "train",
        write_training,
        read_training_request,
        lambda model: {"model": write_model(model)},
        lambda reply: read_model(reply["model"]),
        on_model=False,
    ),
    "pair_statistics": Operation(
        "pair_statistics", write_training, read_training_request, _statistics, _read_statistics, on_model=False
    ),
    "count_pre_tokens": Operation(
        "count_pre_tokens",
        _count,
        _read_count,
        lambda counts: {"counts": _counts(counts)},
        lambda reply: _read_counts(reply["counts"]),
        on_model=False,
    ),
    "add_counts": Operation(
        "add_counts",
        lambda first, second: {"first": _counts(first), "second": _counts(second)},
        lambda request: ((_read_counts(request["first"]), _read_counts(request["second"])), {}),
        lambda counts: {"counts": _counts(counts)},
        lambda reply: _read_counts(reply["counts"]),
        on_model=False,
    ),
}
