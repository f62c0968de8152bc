"""How the values of requests and replies are written in JSON, and what an operation is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bpe.conformance.model import Training
from bpe.conformance.protocol import SpecialTokens
from bpe.conformance.vector_json import read_text, read_training, write_text

Json = dict[str, Any]
Arguments = tuple[tuple[Any, ...], Json]


@dataclass(frozen=True)
class Operation:
    """One operation: the method of a target that it calls, and how arguments and answer are written and read."""

    method: str
    write_arguments: Callable[..., Json]
    read_arguments: Callable[[Json], Arguments]
    write_answer: Callable[[Any], Json]
    read_answer: Callable[[Json], Any]
    #: Whether the first argument of the method is the model that was loaded.
    on_model: bool = True


def write_special(tokens: SpecialTokens) -> Any:
    """Return the JSON value of a set of special tokens: `all`, or a list."""
    return tokens if isinstance(tokens, str) else sorted(map(write_text, tokens), key=str)


def read_special(value: Any) -> SpecialTokens:
    """Return the set that a JSON value means."""
    return "all" if value == "all" else frozenset(map(read_text, value))


def write_ids(ids: Sequence[int]) -> Json:
    """Return the reply that holds ids."""
    return {"ids": [int(token_id) for token_id in ids]}


def read_ids(reply: Json) -> list[int]:
    """Return the ids of a reply; raise `TypeError` where they are no list of integers."""
    ids = reply["ids"]
    if not isinstance(ids, list) or not all(type(token_id) is int for token_id in ids):
        raise TypeError(f"ids are no list of integers: {ids!r}")
    return ids


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


def write_texts(texts: Sequence[str]) -> list[Any]:
    """Return the JSON value of several texts."""
    return list(map(write_text, texts))


def read_texts(values: Sequence[Any]) -> list[str]:
    """Return the texts that a JSON value means."""
    return list(map(read_text, values))


def write_training(training: Training) -> Json:
    """Return the request that holds a training."""
    plain = ("merges", "pattern", "tie_break", "min_frequency", "byte_order")
    texts = {"texts": write_texts(training.texts), "special_tokens": write_texts(training.special_tokens)}
    return texts | {name: getattr(training, name) for name in plain}


def read_training_request(request: Json) -> Arguments:
    """Return the training of a request, as the only argument."""
    plain = ("merges", "pattern", "tie_break", "min_frequency", "byte_order")
    texts = {"texts": read_texts(request["texts"]), "special_tokens": read_texts(request["special_tokens"])}
    return (read_training(texts | {name: request[name] for name in plain}),), {}


def just(name: str) -> tuple[Callable[[Any], Json], Callable[[Json], Any]]:
    """Return how an answer is written and read that is one plain JSON value.

    >>> write, read = just("count")
    >>> write(3), read({"count": 3})
    ({'count': 3}, 3)
    """
    return lambda value: {name: value}, lambda reply: reply[name]


def pairs(mapping: Mapping[Any, Any]) -> list[list[Any]]:
    """Return a mapping as a list of pairs, in order, for JSON has texts alone as keys."""
    return [[write_any(key) if isinstance(key, str) else key, value] for key, value in mapping.items()]
