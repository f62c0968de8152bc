"""The operations of the pipe that encode and decode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from bpe.conformance.faults import Unsupported
from bpe.conformance.pipe_values import (
    Arguments,
    Json,
    Operation,
    just,
    read_any,
    read_ids,
    read_special,
    read_texts,
    write_any,
    write_ids,
    write_special,
    write_texts,
)
from bpe.conformance.protocol import SpecialTokens, TokenSpan
from bpe.conformance.vector_json import read_special_tokens, read_text, write_text


def _encode(text: str, *, allowed_special: SpecialTokens = (), disallowed_special: SpecialTokens = "all") -> Json:
    return _text(text, allowed_special=allowed_special) | {"disallowed_special": write_special(disallowed_special)}


def _read_encode(request: Json) -> Arguments:
    positional, named = _read_text(request)
    return positional, named | {"disallowed_special": read_special(request["disallowed_special"])}


def _text(text: str, *, allowed_special: SpecialTokens) -> Json:
    return {"text": write_text(text), "allowed_special": write_special(allowed_special)}


def _read_text(request: Json) -> Arguments:
    return (read_text(request["text"]),), {"allowed_special": read_special(request["allowed_special"])}


def _plain_text(text: str) -> Json:
    return {"text": write_text(text)}


def _read_plain_text(request: Json) -> Arguments:
    return (read_text(request["text"]),), {}


def _limit(text: str, limit: int, *, allowed_special: SpecialTokens) -> Json:
    return _text(text, allowed_special=allowed_special) | {"limit": limit}


def _read_limit(request: Json) -> Arguments:
    positional, named = _read_text(request)
    return (*positional, request["limit"]), named


def _batch(texts: Sequence[str], *, allowed_special: SpecialTokens, workers: int) -> Json:
    return {"texts": write_texts(texts), "allowed_special": write_special(allowed_special), "workers": workers}


def _read_batch(request: Json) -> Arguments:
    named = {"allowed_special": read_special(request["allowed_special"]), "workers": request["workers"]}
    return (read_texts(request["texts"]),), named


def _write_lists(lists: Sequence[Sequence[int] | None]) -> Json:
    return {"batch": [None if ids is None else write_ids(ids)["ids"] for ids in lists]}


def _read_lists(reply: Json) -> list[list[int] | None]:
    return [None if ids is None else read_ids({"ids": ids}) for ids in reply["batch"]]


def _ids(ids: Sequence[object]) -> Json:
    for value in ids:
        if isinstance(value, int | float) and (
            abs(value) >= 2**53 or (isinstance(value, float) and value.is_integer())
        ):
            raise Unsupported(f"{value!r} is another number to parsers of JSON that know one kind of number")
    return {"ids": list(map(write_any, ids))}


def _read_ids(request: Json) -> Arguments:
    return (list(map(read_any, request["ids"])),), {}


def _ids_and_errors(ids: Sequence[object], errors: str = "replace") -> Json:
    return _ids(ids) | {"errors": errors}


def _read_ids_and_errors(request: Json) -> Arguments:
    return (list(map(read_any, request["ids"])), request["errors"]), {}


def _ids_and_special(ids: Sequence[object], *, allowed_special: SpecialTokens) -> Json:
    return _ids(ids) | {"allowed_special": write_special(allowed_special)}


def _read_ids_and_special(request: Json) -> Arguments:
    return (list(map(read_any, request["ids"])),), {"allowed_special": read_special(request["allowed_special"])}


def _bytes(data: bytes) -> Json:
    return {"bytes": data.hex()}


def _read_bytes(request: Json) -> Arguments:
    return (bytes.fromhex(request["bytes"]),), {}


def _elsewhere(text: str, *, allowed_special: SpecialTokens, hash_seed: int) -> Json:
    return _text(text, allowed_special=allowed_special) | {"hash_seed": hash_seed}


def _read_elsewhere(request: Json) -> Arguments:
    positional, named = _read_text(request)
    return positional, named | {"hash_seed": request["hash_seed"]}


def _copied(text: str, way: str, *, allowed_special: SpecialTokens) -> Json:
    return _text(text, allowed_special=allowed_special) | {"way": way}


def _read_copied(request: Json) -> Arguments:
    positional, named = _read_text(request)
    return (*positional, request["way"]), named


def _read_spans(reply: Json) -> list[TokenSpan]:
    return [TokenSpan(*span) for span in reply["spans"]]


#: Each operation that encodes or decodes, by the name that it has on the pipe.
ENCODING: Final[Mapping[str, Operation]] = {
    "encode": Operation("encode", _encode, _read_encode, write_ids, read_ids),
    "encode_ordinary": Operation("encode_ordinary", _plain_text, _read_plain_text, write_ids, read_ids),
    "encode_bytes": Operation("encode_bytes", _bytes, _read_bytes, write_ids, read_ids),
    "encode_batch": Operation("encode_batch", _batch, _read_batch, _write_lists, _read_lists),
    "encode_together": Operation(
        "encode_together",
        lambda texts: {"texts": write_texts(texts)},
        lambda request: ((read_texts(request["texts"]),), {}),
        _write_lists,
        _read_lists,
    ),
    "encode_elsewhere": Operation("encode_elsewhere", _elsewhere, _read_elsewhere, write_ids, read_ids),
    "encode_copied": Operation("encode_copied", _copied, _read_copied, write_ids, read_ids),
    "decode": Operation("decode_bytes", _ids, _read_ids, _bytes, lambda reply: bytes.fromhex(reply["bytes"])),
    "decode_text": Operation(
        "decode", _ids_and_errors, _read_ids_and_errors, _plain_text, lambda reply: read_text(reply["text"])
    ),
    "count": Operation("count", _text, _read_text, *just("count")),
    "is_within_limit": Operation("is_within_limit", _limit, _read_limit, *just("within")),
    "is_canonical": Operation("is_canonical", _ids_and_special, _read_ids_and_special, *just("canonical")),
    "offsets": Operation(
        "encode_with_offsets",
        _text,
        _read_text,
        lambda spans: {"spans": [list(map(int, s)) for s in spans]},
        _read_spans,
    ),
    "token_starts": Operation(
        "token_starts", _ids, _read_ids, lambda starts: {"starts": list(starts)}, just("starts")[1]
    ),
    "gaps": Operation(
        "gaps",
        dict,
        lambda _: ((), {}),
        lambda gaps: {"gaps": [list(gap) for gap in gaps]},
        lambda reply: [(first, last) for first, last in reply["gaps"]],
    ),
    "add_special_tokens": Operation(
        "add_special_tokens",
        lambda tokens: {"special_tokens": [[write_text(text), token_id] for text, token_id in tokens.items()]},
        lambda request: ((read_special_tokens(request["special_tokens"]),), {}),
        lambda _: {"ok": True},
        lambda _: None,
    ),
}
