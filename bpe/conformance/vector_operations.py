"""The operations of test vectors: what each needs of a target, how it is called, and how its answer is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bpe.conformance import vector_files as files
from bpe.conformance.protocol import (
    AddsSpecialTokens,
    AppliesMerges,
    Copies,
    Counts,
    CutsSafely,
    DecodesText,
    Encodes,
    EncodesBatches,
    EncodesBytes,
    EncodesTogether,
    Exchanges,
    GivesOffsets,
    GivesStarts,
    JudgesIds,
    LimitsTime,
    Loads,
    Merges,
    ReportsGaps,
    RunsElsewhere,
    Splits,
)
from bpe.conformance.protocol_files import Converts, Fingerprints, OpensEncodings, Stores
from bpe.conformance.protocol_training import CountsPreTokens, ShowsStatistics, Trains
from bpe.conformance.vector_json import (
    read_model,
    read_special_tokens,
    read_text,
    read_training,
    write_model,
    write_text,
)

Given = Mapping[str, Any]

#: What an operation answers that has nothing to give back.
ACCEPTED: Final = "accepted"


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Operation:
    """What a target must be able to do, the call, and how its answer stands in JSON."""

    needs: type
    #: From a target, the model of the vector and its input to the answer.
    run: Callable[[Any, Any, Given], Any]
    read: Callable[[Any], Any] = _same
    write: Callable[[Any], Any] = _same


def _special(given: Given, name: str, default: Any) -> Any:
    value = given.get(name, default)
    return value if value == "all" else frozenset(map(read_text, value))


def _allowed(given: Given) -> dict[str, Any]:
    return {"allowed_special": _special(given, "allowed_special", ())}


# --- encoding ------------------------------------------------------------------------------------


def _encode(target: Encodes, model: Any, given: Given) -> list[int]:
    disallowed = _special(given, "disallowed_special", "all")
    return list(target.encode(model, read_text(given["text"]), **_allowed(given), disallowed_special=disallowed))


def _encode_ordinary(target: Encodes, model: Any, given: Given) -> list[int]:
    return list(target.encode_ordinary(model, read_text(given["text"])))


def _encode_bytes(target: EncodesBytes, model: Any, given: Given) -> list[int]:
    return list(target.encode_bytes(model, bytes.fromhex(given["bytes"])))


def _encode_batch(target: EncodesBatches, model: Any, given: Given) -> list[list[int]]:
    texts = [read_text(text) for text in given["texts"]]
    return [list(ids) for ids in target.encode_batch(model, texts, **_allowed(given), workers=given["workers"])]


def _encode_elsewhere(target: RunsElsewhere, model: Any, given: Given) -> list[int]:
    seed = given["hash_seed"]
    return list(target.encode_elsewhere(model, read_text(given["text"]), **_allowed(given), hash_seed=seed))


def _encode_copied(target: Copies, model: Any, given: Given) -> list[int]:
    """Return the ids that every copy gives; fail where two differ."""
    text, allowed = read_text(given["text"]), _allowed(given)
    answers = [list(target.encode_copied(model, text, way, **allowed)) for way in target.ways_to_copy]
    assert all(answer == answers[0] for answer in answers), f"copies differ: {answers}"
    return answers[0]


def _encode_together(target: EncodesTogether, model: Any, given: Given) -> list[list[int] | None]:
    """Return the ids of texts that are encoded at once, in a thread each."""
    answers = target.encode_together(model, [read_text(text) for text in given["texts"]])
    return [None if ids is None else list(ids) for ids in answers]


def _decode(target: DecodesText, model: Any, given: Given) -> str:
    return target.decode(model, given["ids"], given.get("errors", "replace"))


def _decode_bytes(target: Encodes, model: Any, given: Given) -> bytes:
    return target.decode_bytes(model, given["ids"])


def _count(target: Counts, model: Any, given: Given) -> int:
    return target.count(model, read_text(given["text"]), **_allowed(given))


def _is_within_limit(target: Counts, model: Any, given: Given) -> bool:
    return target.is_within_limit(model, read_text(given["text"]), given["limit"], **_allowed(given))


def _is_canonical(target: JudgesIds, model: Any, given: Given) -> bool:
    return target.is_canonical(model, given["ids"], **_allowed(given))


def _offsets(target: GivesOffsets, model: Any, given: Given) -> list[list[int]]:
    spans = target.encode_with_offsets(model, read_text(given["text"]), **_allowed(given))
    return [list(span) for span in spans]


def _token_starts(target: GivesStarts, model: Any, given: Given) -> list[int]:
    return list(target.token_starts(model, given["ids"]))


# --- adapters ------------------------------------------------------------------------------------

_HELLO: Final = json.dumps({"cmd": "start", "protocol": 1})


def _exchange(target: Exchanges, model: Any, given: Given) -> list[dict[str, Any]]:  # noqa: ARG001 - requests load theirs
    """Return the replies behind the greeting, without what refusals and failures say."""
    replies = target.exchange([_HELLO, *map(json.dumps, given["requests"])])
    # 97.0 is no whole number, though Python finds it equal to one.
    return [_without_words(json.loads(reply, parse_float=str)) for reply in replies[1:]]


def _without_words(reply: dict[str, Any]) -> dict[str, Any]:
    said = {"rejected", "errored", "unsupported"}
    return {name: {} if name in said else value for name, value in reply.items()}


# --- vocabularies --------------------------------------------------------------------------------


def _load(target: Loads, model: Any, given: Given) -> str:  # noqa: ARG001 - the model is all that is given
    target.load(model)
    return ACCEPTED


def _add_special_tokens(target: AddsSpecialTokens, model: Any, given: Given) -> str:
    target.add_special_tokens(model, read_special_tokens(given["special_tokens"]))
    return ACCEPTED


def _gaps(target: ReportsGaps, model: Any, given: Given) -> list[list[int]]:  # noqa: ARG001 - the model is all
    return [list(gap) for gap in target.gaps(model)]


# --- stages --------------------------------------------------------------------------------------


def _pre_split(target: Splits, model: Any, given: Given) -> list[str]:  # noqa: ARG001 - a pattern needs no model
    return list(target.pre_split(given["pattern"], read_text(given["text"]), gaps=given.get("gaps", "refuse")))


def _pre_split_within(target: LimitsTime, model: Any, given: Given) -> list[str]:  # noqa: ARG001
    return list(target.pre_split_within(given["pattern"], read_text(given["text"]), given["seconds"]))


def _safe_cuts(target: CutsSafely, model: Any, given: Given) -> list[int]:  # noqa: ARG001
    return list(target.safe_cuts(given["pattern"], read_text(given["text"])))


def _merge(target: Merges, model: Any, given: Given) -> list[int]:
    return list(target.merge(model, bytes.fromhex(given["bytes"])))


def _apply_merge(target: AppliesMerges, model: Any, given: Given) -> list[int]:  # noqa: ARG001
    left, right, result = given["merge"]
    return list(target.apply_merge(given["ids"], (left, right, result)))


# --- training ------------------------------------------------------------------------------------


def _training(given: Given) -> Any:
    return read_training({name: value for name, value in given.items() if name != "chunks"})


def _train(target: Trains, model: Any, given: Given) -> Any:  # noqa: ARG001 - a model is what comes out
    return target.train(_training(given))


def _pair_statistics(target: ShowsStatistics, model: Any, given: Given) -> list[dict[tuple[int, int], int]]:  # noqa: ARG001
    return [dict(counts) for counts in target.pair_statistics(_training(given))]


def _read_statistics(output: Any) -> list[dict[tuple[int, int], int]]:
    return [{(left, right): count for left, right, count in stage} for stage in output]


def _write_statistics(answer: list[dict[tuple[int, int], int]]) -> list[list[list[int]]]:
    return [[[*pair, count] for pair, count in sorted(stage.items())] for stage in answer]


def _count_pre_tokens(target: CountsPreTokens, model: Any, given: Given) -> list[list[Any]]:  # noqa: ARG001
    return list(map(list, target.count_pre_tokens(given["texts"], given["pattern"]).items()))


def _add_counts(target: CountsPreTokens, model: Any, given: Given) -> list[list[Any]]:  # noqa: ARG001
    return list(map(list, target.add_counts(dict(given["first"]), dict(given["second"])).items()))


#: Every operation that a vector can name.
OPERATIONS: Final[Mapping[str, Operation]] = {
    "encode": Operation(Encodes, _encode),
    "encode_ordinary": Operation(Encodes, _encode_ordinary),
    "encode_bytes": Operation(EncodesBytes, _encode_bytes),
    "encode_batch": Operation(EncodesBatches, _encode_batch),
    "encode_elsewhere": Operation(RunsElsewhere, _encode_elsewhere),
    "encode_copied": Operation(Copies, _encode_copied),
    "encode_together": Operation(EncodesTogether, _encode_together),
    "decode": Operation(DecodesText, _decode, read_text, write_text),
    "decode_bytes": Operation(Encodes, _decode_bytes, bytes.fromhex, bytes.hex),
    "count": Operation(Counts, _count),
    "is_within_limit": Operation(Counts, _is_within_limit),
    "is_canonical": Operation(JudgesIds, _is_canonical),
    "offsets": Operation(GivesOffsets, _offsets),
    "exchange": Operation(Exchanges, _exchange),
    "token_starts": Operation(GivesStarts, _token_starts),
    "load": Operation(Loads, _load),
    "add_special_tokens": Operation(AddsSpecialTokens, _add_special_tokens),
    "gaps": Operation(ReportsGaps, _gaps),
    "pre_split": Operation(Splits, _pre_split),
    "pre_split_within": Operation(LimitsTime, _pre_split_within),
    "safe_cuts": Operation(CutsSafely, _safe_cuts),
    "merge": Operation(Merges, _merge),
    "apply_merge": Operation(AppliesMerges, _apply_merge),
    "train": Operation(Trains, _train, read_model, write_model),
    "pair_statistics": Operation(ShowsStatistics, _pair_statistics, _read_statistics, _write_statistics),
    "count_pre_tokens": Operation(CountsPreTokens, _count_pre_tokens),
    "add_counts": Operation(CountsPreTokens, _add_counts),
    "load_file": Operation(Stores, files.load_file, read_model, write_model),
    "save_file": Operation(Stores, files.save_file, files.read_contents, files.write_contents),
    "convert": Operation(Converts, files.convert, read_model, write_model),
    "compare_fingerprints": Operation(Fingerprints, files.compare_fingerprints),
    "open_encoding": Operation(OpensEncodings, files.open_encoding),
}
