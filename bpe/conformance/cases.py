"""The values of one case as JSON, so that a counterexample can be kept, sent, and tried again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bpe.conformance.model import Model, Training
from bpe.conformance.pipe_values import Json, read_training_request, write_training
from bpe.conformance.vector_json import read_model, read_text, write_model, write_text


def write_case(case: Sequence[Any], own: Model | None = None) -> list[Any]:
    """Return the JSON value of a case; `own` is the model of a target that has one alone, and is not written out.

    >>> write_case(("aaa", frozenset({"<s>"}), 3))
    [{'text': 'aaa'}, {'set': [{'text': '<s>'}]}, 3]
    """
    return [_write(value, own) for value in case]


def read_case(values: Sequence[Any], own: Model | None = None) -> tuple[Any, ...]:
    """Return the case that a JSON value means.

    Raises `ValueError` for a value that means none.

    >>> read_case([{"text": "aaa"}, {"set": [{"text": "<s>"}]}, 3])
    ('aaa', frozenset({'<s>'}), 3)
    """
    return tuple(_read(value, own) for value in values)


def _write(value: Any, own: Model | None) -> Any:  # noqa: PLR0911 - one line for each kind of value
    if isinstance(value, str):
        return {"text": write_text(value)}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, Model):
        return {"model": "own" if value is own else write_model(value)}
    if isinstance(value, Training):
        return {"training": write_training(value)}
    if isinstance(value, frozenset):
        return {"set": [_write(each, own) for each in sorted(value)]}
    if isinstance(value, tuple):
        return {"tuple": [_write(each, own) for each in value]}
    if isinstance(value, Mapping):
        return {"items": [[_write(key, own), _write(each, own)] for key, each in value.items()]}
    if isinstance(value, list):
        return [_write(each, own) for each in value]
    return value


def _read(value: Any, own: Model | None) -> Any:
    if isinstance(value, list):
        return [_read(each, own) for each in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    readers: dict[str, Callable[[Any], Any]] = {
        "text": read_text,
        "bytes": bytes.fromhex,
        "model": lambda model: own if model == "own" else read_model(model),
        "training": _read_training,
        "set": lambda values: frozenset(_read(each, own) for each in values),
        "tuple": lambda values: tuple(_read(each, own) for each in values),
        "items": lambda pairs: {_read(key, own): _read(each, own) for key, each in pairs},
    }
    if kind not in readers:
        raise ValueError(f"{kind!r} is no kind of value in a case")
    return readers[kind](content)


def _read_training(content: Json) -> Training:
    (training,), _ = read_training_request(content)
    assert isinstance(training, Training)
    return training
