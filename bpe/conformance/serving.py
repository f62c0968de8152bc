"""The adapter's end of the pipe: a target answers requests, one JSON line each, until it is told to stop.

Any target in Python can be put on the pipe with this; `spec/10-adapter.md` says what goes over it.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from typing import Any, Final, TextIO

from bpe.conformance.faults import TargetFault, Unsupported, describe_exception
from bpe.conformance.model import Model
from bpe.conformance.pipe_messages import LISTS, OPERATIONS, PROTOCOL_VERSION
from bpe.conformance.pipe_values import Json, write_any
from bpe.conformance.protocol import Loads
from bpe.conformance.refusal import Refusal
from bpe.conformance.vector_json import read_model, write_model

#: What a refusal may name over the pipe: numbers, and texts that are short enough to be a name.
_LONGEST_DETAIL: Final = 200


def serve(target: Any, source: TextIO, sink: TextIO, implementation: Mapping[str, str]) -> None:
    """Answer the requests of a source until it ends or says `stop`.

    Clauses: A1, A2, A3, A4.
    """
    session = _Session(target, implementation)
    for line in source:
        request = json.loads(line)
        if request.get("cmd") == "stop":
            return
        sink.write(session.answer(request) + "\n")
        sink.flush()


def exchange(target: Any, lines: Sequence[str]) -> list[str]:
    """Return the lines that a session with a target answers to these.

    >>> from bpe.targets import open_target
    >>> exchange(open_target("bpe:any"), ['{"cmd": "stop"}']), len(exchange(open_target("bpe:any"), ['{"cmd": "fly"}']))
    ([], 1)
    """
    answers = StringIO()
    serve(target, StringIO("".join(line + "\n" for line in lines)), answers, {"name": str(getattr(target, "name", ""))})
    return answers.getvalue().splitlines()


class _Session:
    """What stays between requests: the model that was loaded."""

    def __init__(self, target: Any, implementation: Mapping[str, str]) -> None:
        self.target = target
        self.implementation = dict(implementation)
        self._loaded: Model | None = None

    @property
    def model(self) -> Model | None:
        """The model that requests are about: what was loaded, or the target's own."""
        return self._loaded if self._loaded is not None else getattr(self.target, "model", None)

    def answer(self, request: Json) -> str:
        """Return the line that replies to a request, `seq` with it."""
        seq = {"seq": request["seq"]} if "seq" in request else {}
        try:
            # Here, because a target may answer what JSON cannot hold.
            return json.dumps(seq | self._handler(request["cmd"])(request))
        except Refusal as refusal:
            return json.dumps(seq | {"rejected": _describe_refusal(refusal)})
        except Unsupported as fault:
            return json.dumps(seq | {"unsupported": {"reason": fault.reason}})
        except KeyboardInterrupt:
            raise
        except BaseException as fault:  # noqa: BLE001 - a panic of a compiled library is no Exception
            said = {"message": _describe(fault), "traceback": traceback.format_exc(limit=-5)}
            return json.dumps(seq | {"errored": said})

    def _handler(self, command: str) -> Callable[[Json], Json]:
        if command in OPERATIONS:
            return self._call
        handlers = {"start": self._start, "load": self._load, "model": self._describe_model}
        if command not in handlers:
            raise Unsupported(f"no command is named {command!r}")
        return handlers[command]

    def _start(self, request: Json) -> Json:
        if request.get("protocol") != PROTOCOL_VERSION:
            raise Unsupported(f"protocol {request.get('protocol')!r}: this adapter speaks {PROTOCOL_VERSION}")
        operations = [name for name, operation in OPERATIONS.items() if hasattr(self.target, operation.method)]
        commands = ["load"] if isinstance(self.target, Loads) else ["model"]
        return {
            "protocol": PROTOCOL_VERSION,
            "implementation": self.implementation,
            "operations": commands + operations,
            "lists": self._lists(),
            "decodes_any_ids": hasattr(self.target, "decodes_any_ids"),
            "profiles": dict(getattr(self.target, "profiles", {})),
        }

    def _lists(self) -> Json:
        """Return what the target can list: ways to copy, formats, encodings."""
        present = {name: write for name, (write, _) in LISTS.items() if hasattr(self.target, name)}
        return {name: list(map(write, getattr(self.target, name))) for name, write in present.items()}

    def _load(self, request: Json) -> Json:
        model = read_model(request["model"])
        self.target.load(model)
        self._loaded = model
        return {"ok": True}

    def _describe_model(self, request: Json) -> Json:  # noqa: ARG002 - every handler takes the request
        if self.model is None:
            raise Unsupported("the vocabulary is not known")
        return {"model": write_model(self.model), "complete": bool(getattr(self.target, "knows_vocabulary", True))}

    def _call(self, request: Json) -> Json:
        operation = OPERATIONS[request["cmd"]]
        method = getattr(self.target, operation.method, None)
        if method is None:
            raise Unsupported(f"the tokenizer has no {request['cmd']}")
        positional, named = operation.read_arguments(request)
        model = (self.model,) if operation.on_model else ()
        return operation.write_answer(method(*model, *positional, **named))


def _describe(fault: BaseException) -> str:
    return fault.message if isinstance(fault, TargetFault) else describe_exception(fault)


def _describe_refusal(refusal: Refusal) -> Json:
    short = {name: write_any(value) for name, value in refusal.details.items() if _is_short(value)}
    return {"message": refusal.message} | ({"details": short} if short else {})


def _is_short(value: object) -> bool:
    return type(value) in (int, float, type(None)) or (isinstance(value, str | bytes) and len(value) <= _LONGEST_DETAIL)
