"""A counterexample as a test vector: the first call that the reference answers otherwise, with its answer.

A real vocabulary does not fit into a vector, and need not: of what no text has as bytes, merging knows nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from bpe.conformance.faults import Unsupported
from bpe.conformance.model import Model
from bpe.conformance.pipe_encoding import ENCODING
from bpe.conformance.recording import RecordedCall
from bpe.conformance.specification import read_clauses
from bpe.conformance.vector_json import write_model

#: The operations of vectors that a counterexample may be about, by the method that they call, and their names on the pipe.
_OPERATIONS: Final[Mapping[str, tuple[str, str]]] = {
    "encode": ("encode", "encode"),
    "encode_ordinary": ("encode_ordinary", "encode_ordinary"),
    "encode_bytes": ("encode_bytes", "encode_bytes"),
    "encode_batch": ("encode_batch", "encode_batch"),
    "decode_bytes": ("decode_bytes", "decode"),
    "decode": ("decode", "decode_text"),
    "count": ("count", "count"),
    "is_within_limit": ("is_within_limit", "is_within_limit"),
    "encode_with_offsets": ("offsets", "offsets"),
    "token_starts": ("token_starts", "token_starts"),
}


def vector_of(clause: str, name: str, calls: Iterable[RecordedCall], target: Any, reference: Any) -> Any:
    """Return a group of one test, as `spec/vectors` has them, or `None` where no call shows the difference.

    The answer is the reference's, and `confirmed_by` is left empty: for a vector of the specification another library confirms it.
    """
    for call in calls:
        if call.method in _OPERATIONS and call.model is not None and reference is not None:
            group = _group(clause, name, call, target, reference)
            if group is not None:
                return group
    return None


def _group(clause: str, name: str, call: RecordedCall, target: Any, reference: Any) -> Any:
    operation, on_pipe = _OPERATIONS[call.method]
    assert call.model is not None
    try:
        got = _outcome(lambda: _answer(target, call.model, call, on_pipe))
        # Of a thousand calls all but one are right, and to restrict a real vocabulary takes long.
        if got == _outcome(lambda: _answer(reference, call.model, call, on_pipe)):
            return None
        model = restrict(call.model, call)
        output = _answer(reference, model, call, on_pipe)
    except Exception:  # noqa: BLE001 - what is refused names what only a person can say
        return None
    if got == output:
        return None
    level = next(each.level for each in read_clauses() if each.id == clause)
    test = {
        "id": name.replace("_", "-"),
        "clauses": [clause],
        "flags": [],
        "level": level,
        "operation": operation,
        "input": ENCODING[on_pipe].write_arguments(*call.arguments, **dict(call.named)),
        "output": output,
        "confirmed_by": [],
    }
    return {"model": write_model(model), "tests": [test]}


def _answer(party: Any, model: Model | None, call: RecordedCall, on_pipe: str) -> Any:
    """Return the one value of the answer to a call, as a vector has it."""
    answer = getattr(party, call.method)(model, *call.arguments, **dict(call.named))
    (value,) = ENCODING[on_pipe].write_answer(answer).values()
    return value


def _outcome(ask: Callable[[], Any]) -> Any:
    """Return an answer, or what came instead, which is never equal to one."""
    try:
        return ask()
    except Unsupported:
        raise
    except Exception as fault:  # noqa: BLE001 - however it fails
        return fault


def restrict(model: Model, call: RecordedCall) -> Model:
    """Return what a model must have to answer a call: the single bytes, and the tokens that the call can meet.

    >>> from bpe.conformance.model import BYTES
    >>> call = RecordedCall("encode_ordinary", ("aab",), (), "")
    >>> restrict(Model(BYTES | {256: b"aa", 257: b"bb"}), call)
    Model(BYTES | {256: b'aa'})
    """
    texts, ids = _met(call.arguments)
    tokens = {
        token_id: token
        for token_id, token in model.tokens.items()
        if len(token) == 1 or token_id in ids or any(token in text for text in texts)
    }
    merges = None if model.merges is None else tuple(merge for merge in model.merges if tokens.keys() >= set(merge))
    return model.change(tokens=tokens, merges=merges)


def _met(arguments: Iterable[Any]) -> tuple[list[bytes], set[int]]:
    """Return the bytes of the texts and the ids among the arguments."""
    texts: list[bytes] = []
    ids: set[int] = set()
    for argument in arguments:
        if isinstance(argument, str):
            texts.append(argument.encode("utf-8", "replace"))
        elif isinstance(argument, bytes):
            texts.append(argument)
        elif isinstance(argument, int):
            ids.add(argument)
        elif isinstance(argument, list | tuple):
            more_texts, more_ids = _met(argument)
            texts += more_texts
            ids |= more_ids
    return texts, ids
