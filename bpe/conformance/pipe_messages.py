"""The operations of the adapter protocol: how each call is written as a request, and its answer as a reply.

`spec/10-adapter.md` describes the protocol for writers of adapters in any language; both ends of it here use this table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bpe.conformance.model import Model, Training
from bpe.conformance.protocol import SpecialTokens, TokenSpan
from bpe.conformance.vector_json import read_model, read_text, read_training, write_model, write_text

#: The version of the protocol; a new one only where an old adapter would misunderstand.
PROTOCOL_VERSION: Final = 1

Json = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """One operation: the method of a target that it calls, and how arguments and answer are written and read."""

    method: str
    write_arguments: Callable[..., Json]
    read_arguments: Callable[[Json], tuple[tuple[Any, ...], Json]]
    write_answer: Callable[[Any], Json]
    read_answer: Callable[[Json], Any]
    #: Whether the first argument of the method is the model that was loaded.
    on_model: bool = True


def _write_special(tokens: SpecialTokens) -> Any:
    return tokens if isinstance(tokens, str) else sorted(map(write_text, tokens), key=str)


def _read_special(value: Any) -> SpecialTokens:
    return "all" if value == "all" else frozenset(map(read_text, value))


def _write_ids(ids: Sequence[int]) -> Json:
    return {"ids": [int(token_id) for token_id in ids]}


def _read_ids(reply: Json) -> list[int]:
    ids = reply["ids"]
    if not isinstance(ids, list) or not all(type(token_id) is int for token_id in ids):
        raise TypeError(f"ids are no list of integers: {ids!r}")
    return ids


def _write_training(training: Training) -> Json:
    return {
        "texts": list(map(write_text, training.texts)),
        "merges": training.merges,
        "pattern": training.pattern,
        "special_tokens": list(map(write_text, training.special_tokens)),
        "tie_break": training.tie_break,
        "min_frequency": training.min_frequency,
        "byte_order": training.byte_order,
    }


def _read_training(request: Json) -> Training:
    texts = [read_text(text) for text in request["texts"]]
    special = [read_text(text) for text in request["special_tokens"]]
    names = ("merges", "pattern", "tie_break", "min_frequency", "byte_order")
    return read_training({"texts": texts, "special_tokens": special} | {name: request[name] for name in names})


def _encode(text: str, *, allowed_special: SpecialTokens = (), disallowed_special: SpecialTokens = "all") -> Json:
    return {
        "text": write_text(text),
        "allowed_special": _write_special(allowed_special),
        "disallowed_special": _write_special(disallowed_special),
    }


def _text_and_special(text: str, *, allowed_special: SpecialTokens) -> Json:
    return {"text": write_text(text), "allowed_special": _write_special(allowed_special)}


def _read_text_and_special(request: Json) -> tuple[tuple[Any, ...], Json]:
    return (read_text(request["text"]),), {"allowed_special": _read_special(request["allowed_special"])}


def _read_encode(request: Json) -> tuple[tuple[Any, ...], Json]:
    positional, named = _read_text_and_special(request)
    return positional, named | {"disallowed_special": _read_special(request["disallowed_special"])}


def _write_batch(texts: Sequence[str], *, allowed_special: SpecialTokens, workers: int) -> Json:
    return {
        "texts": list(map(write_text, texts)),
        "allowed_special": _write_special(allowed_special),
        "workers": workers,
    }


def _read_batch(request: Json) -> tuple[tuple[Any, ...], Json]:
    named = {"allowed_special": _read_special(request["allowed_special"]), "workers": request["workers"]}
    return ([read_text(text) for text in request["texts"]],), named


def write_any(value: object) -> Any:
    """Return the JSON value of what should have been an id, or of what a refusal names: bytes go in an object."""
    return (
        {"bytes": value.hex()} if isinstance(value, bytes) else write_text(value) if isinstance(value, str) else value
    )


def read_any(value: Any) -> object:
    """Return what such a JSON value means."""
    if isinstance(value, dict):
        return bytes.fromhex(value["bytes"]) if "bytes" in value else read_text(value)
    return value


def _read_spans(reply: Json) -> list[TokenSpan]:
    return [TokenSpan(*span) for span in reply["spans"]]


def _is_within(text: str, limit: int, *, allowed_special: SpecialTokens) -> Json:
    return _text_and_special(text, allowed_special=allowed_special) | {"limit": limit}


def _read_is_within(request: Json) -> tuple[tuple[Any, ...], Json]:
    positional, named = _read_text_and_special(request)
    return (*positional, request["limit"]), named


def _text_only(text: str) -> Json:
    return {"text": write_text(text)}


def _read_text_only(request: Json) -> tuple[tuple[Any, ...], Json]:
    return (read_text(request["text"]),), {}


#: Each operation that an adapter may declare, by its name.
OPERATIONS: Final[Mapping[str, Operation]] = {
    "encode": Operation("encode", _encode, _read_encode, _write_ids, _read_ids),
    "encode_ordinary": Operation("encode_ordinary", _text_only, _read_text_only, _write_ids, _read_ids),
    "decode": Operation(
        "decode_bytes",
        lambda ids: {"ids": list(map(write_any, ids))},
        lambda request: ((list(map(read_any, request["ids"])),), {}),
        lambda data: {"bytes": data.hex()},
        lambda reply: bytes.fromhex(reply["bytes"]),
    ),
    "decode_text": Operation(
        "decode",
        lambda ids, errors="replace": {"ids": list(map(write_any, ids)), "errors": errors},
        lambda request: ((list(map(read_any, request["ids"])), request["errors"]), {}),
        lambda text: {"text": write_text(text)},
        lambda reply: read_text(reply["text"]),
    ),
    "encode_bytes": Operation(
        "encode_bytes",
        lambda data: {"bytes": data.hex()},
        lambda request: ((bytes.fromhex(request["bytes"]),), {}),
        _write_ids,
        _read_ids,
    ),
    "encode_batch": Operation(
        "encode_batch",
        _write_batch,
        _read_batch,
        lambda batch: {"batch": [[int(token_id) for token_id in ids] for ids in batch]},
        lambda reply: [_read_ids({"ids": ids}) for ids in reply["batch"]],
    ),
    "count": Operation(
        "count",
        _text_and_special,
        _read_text_and_special,
        lambda count: {"count": int(count)},
        lambda reply: reply["count"],
    ),
    "is_within_limit": Operation(
        "is_within_limit",
        _is_within,
        _read_is_within,
        lambda within: {"within": bool(within)},
        lambda reply: reply["within"],
    ),
    "offsets": Operation(
        "encode_with_offsets",
        _text_and_special,
        _read_text_and_special,
        lambda spans: {"spans": [list(map(int, span)) for span in spans]},
        _read_spans,
    ),
    "is_canonical": Operation(
        "is_canonical",
        lambda ids, *, allowed_special: {"ids": list(ids), "allowed_special": _write_special(allowed_special)},
        lambda request: ((request["ids"],), {"allowed_special": _read_special(request["allowed_special"])}),
        lambda canonical: {"canonical": bool(canonical)},
        lambda reply: reply["canonical"],
    ),
    "merge": Operation(
        "merge",
        lambda piece: {"bytes": piece.hex()},
        lambda request: ((bytes.fromhex(request["bytes"]),), {}),
        _write_ids,
        _read_ids,
    ),
    "pre_split": Operation(
        "pre_split",
        lambda pattern, text, *, gaps="refuse": {"pattern": pattern, "text": write_text(text), "gaps": gaps},
        lambda request: ((request["pattern"], read_text(request["text"])), {"gaps": request["gaps"]}),
        lambda pieces: {"pieces": list(map(write_text, pieces))},
        lambda reply: list(map(read_text, reply["pieces"])),
        on_model=False,
    ),
    "train": Operation(
        "train",
        _write_training,
        lambda request: ((_read_training(request),), {}),
        lambda model: {"model": write_model(model)},
        lambda reply: read_model(reply["model"]),
        on_model=False,
    ),
}


def write_loaded_model(model: Model) -> Json:
    """Return the JSON value of a model, as `load` sends it.

    >>> from bpe.conformance.model import BYTES
    >>> write_loaded_model(Model(BYTES))
    {'bytes': 'value'}
    """
    return write_model(model)
