"""Python's own codecs, replacing and counting as a judge of what needs no tokenizer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from bpe.conformance.model import Model
from bpe.conformance.vector_json import read_text
from bpe.conformance.vectors import Vector
from tests.vector_judging import Refuses, model_of, require


def judge(vector: Vector) -> Any:
    """Return what Python's standard library makes of a call."""
    answer = _ANSWERS.get(vector.operation)
    require(answer is not None and not vector.before)
    assert answer is not None
    return answer(vector)


def _bytes_of(model: Model, text: str) -> bytes:
    """Return the UTF-8 form; a surrogate is refused at its index, or repaired through UTF-16."""
    if model.surrogates == "replace":
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
    return text.encode()


def _encode(vector: Vector) -> list[int]:
    model = model_of(vector)
    text = read_text(vector.call.given["text"])
    try:
        data = _bytes_of(model, text)
    except UnicodeEncodeError as fault:
        require(vector.call.rejected is not None and vector.call.rejected.get("index") == fault.start)
        raise Refuses from None
    # Where all tokens are single bytes and nothing is special, nothing but the codec decides.
    require(len(model.tokens) == 256 and model.pattern is None)
    require(not any(token in data.decode() for token in model.special_tokens))
    return [model.ids[bytes([value])] for value in data]


def _decode(vector: Vector) -> str:
    model = model_of(vector)
    ids = vector.call.given["ids"]
    require(all(type(i) is int and i in model.tokens for i in ids))
    try:
        return b"".join(model.tokens[i] for i in ids).decode("utf-8", vector.call.given.get("errors", "replace"))
    except UnicodeDecodeError as fault:
        require(vector.call.rejected is not None and vector.call.rejected.get("offset") == fault.start)
        raise Refuses from None


def _decode_bytes(vector: Vector) -> str:
    model = model_of(vector)
    ids = vector.call.given["ids"]
    require(all(type(i) is int and i in model.tokens for i in ids))
    return b"".join(map(model.tokens.__getitem__, ids)).hex()


def _apply_merge(vector: Vector) -> list[int]:
    """Replacing in a string goes from left to right without overlap, too."""
    left, right, result = vector.call.given["merge"]
    row = "".join(map(chr, vector.call.given["ids"]))
    return list(map(ord, row.replace(chr(left) + chr(right), chr(result))))


def _add_counts(vector: Vector) -> list[list[Any]]:
    total = Counter(dict(vector.call.given["first"])) + Counter(dict(vector.call.given["second"]))
    return list(map(list, total.items()))


_ANSWERS: dict[str, Callable[[Vector], Any]] = {
    "encode": _encode,
    "encode_ordinary": _encode,
    "count": lambda vector: len(_encode(vector)),
    "decode": _decode,
    "decode_bytes": _decode_bytes,
    "apply_merge": _apply_merge,
    "add_counts": _add_counts,
}
