"""The checker's end of the pipe: a program that speaks the adapter protocol, as a target like any other."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from threading import RLock
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bpe.conformance.faults import AdapterFault, TargetFault, Unsupported, describe_exception
from bpe.conformance.model import Model
from bpe.conformance.model_strategies import models
from bpe.conformance.pipe_messages import LISTS, OPERATIONS, PROTOCOL_VERSION
from bpe.conformance.pipe_values import Json, read_any
from bpe.conformance.process import LineProcess
from bpe.conformance.protocol import SpecialTokens
from bpe.conformance.refusal import Refusal
from bpe.conformance.vector_json import read_model, write_model

#: How long a program may take to start, in seconds: an interpreter, a large vocabulary.
START_SECONDS: Final = 120.0


def open_pipe(command: Sequence[str], *, seconds: float = 10.0, on_trial: bool = True) -> PipeTarget:
    """Start a program and return it as a target that can do what the program says that it can.

    Clauses: A1, A2, A3, A4.
    `seconds` is the time for one answer; `on_trial` says whether the program's protocol is tried too, which starts it often.
    Raises `AdapterFault` where it does not start or does not speak the protocol.
    """
    hello = _greet(command)
    operations = [name for name in hello["operations"] if name in OPERATIONS]
    methods: dict[str, Any] = {OPERATIONS[name].method: _method(name) for name in operations}
    if hello.get("decodes_any_ids", True):
        methods["decodes_any_ids"] = True
    if on_trial:
        methods["exchange"] = _exchange
    if "load" in hello["operations"]:
        methods["load"] = _load
        methods["models"] = property(lambda _: models())
    if "encode_ordinary" not in operations:
        methods["encode_ordinary"] = _encode_without_special_tokens
    for name, (_, read) in LISTS.items():
        if name in hello.get("lists", {}):
            methods[name] = tuple(map(read, hello["lists"][name]))
    kind: type[PipeTarget] = type("PipeTarget", (PipeTarget,), methods)
    return kind(command, hello, seconds)


class PipeTarget:
    """A program on the pipe; the methods of the operations that it declares are added by `open_pipe`."""

    def __init__(self, command: Sequence[str], hello: Json, seconds: float) -> None:
        self.command = tuple(command)
        self.implementation: Mapping[str, str] = hello["implementation"]
        self.profiles: Mapping[str, Any] = hello.get("profiles", {})
        self.name = " ".join(filter(None, (self.implementation.get("name"), self.implementation.get("version"))))
        self.seconds = seconds
        self.requests = 0
        self.restarts = 0
        self.model: Model | None = None
        self.knows_vocabulary = "load" in hello["operations"]
        self._lock = RLock()
        self._process: LineProcess | None = None
        self._loaded: Model | None = None
        if "load" not in hello["operations"]:
            self._ask_for_the_model("model" in hello["operations"])

    @property
    def models(self) -> SearchStrategy[Model]:
        """Return the one model of the program, or an unknown one."""
        assert self.model is not None  # a program that takes any has models of its own
        return st.just(self.model)

    def _ask_for_the_model(self, can_tell: bool) -> None:
        """Ask for the vocabulary, which may take its time, of a program that answers at all."""
        with suppress(Refusal, Unsupported):
            self.ask({"cmd": "encode", "text": "a", "allowed_special": [], "disallowed_special": []})
        self.model = Model({}, surrogates=self.profiles.get("surrogates", "strict"))
        if can_tell:
            described = self.ask({"cmd": "model"}, START_SECONDS)
            try:
                self.model = read_model(described["model"])
            except (AttributeError, KeyError, TypeError, ValueError) as fault:
                raise AdapterFault(f"the answer to model has another form: {describe_exception(fault)}") from None
            self.knows_vocabulary = bool(described.get("complete", True))

    def ask(self, request: Json, seconds: float | None = None) -> Json:
        """Return the reply to a request; restart the process first where the last one ended it."""
        with self._lock:  # the process answers one after the other
            self.requests += 1
            seq = self.requests
            try:
                line = self._running().ask(_to_line({**request, "seq": seq}), seconds or self.seconds)
                reply = _read_reply(line, seq)
            except TargetFault:
                self._end()  # also where a line is no answer: those to come might answer earlier requests
                raise
        return _check_reply(reply)

    def load_for(self, model: Model) -> None:
        """Make a model the one that requests are about, unless it is already."""
        if self._process is not None and (self._loaded is model or self._loaded == model):
            return
        self._loaded = None
        self.ask({"cmd": "load", "model": write_model(model)})
        self._loaded = model

    def close(self) -> None:
        """End the program."""
        if self._process is not None:
            self._process.tell(_to_line({"cmd": "stop"}))
            self._process.close()
            self._process = None

    def _running(self) -> LineProcess:
        if self._process is None:
            self._process = LineProcess(self.command)
            self._loaded = None
            self._process.ask(_to_line({"cmd": "start", "protocol": PROTOCOL_VERSION}), START_SECONDS)
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.close()
            self._process = None
            self.restarts += 1


def _greet(command: Sequence[str]) -> Json:
    try:
        process = LineProcess(command)
    except OSError as fault:
        raise AdapterFault(f"{command[0]!r} does not start: {fault.strerror or fault}") from None
    try:
        line = process.ask(_to_line({"cmd": "start", "protocol": PROTOCOL_VERSION}), START_SECONDS)
    except TargetFault as fault:
        raise AdapterFault(f"{' '.join(command)!r} does not answer 'start': {fault.message}") from None
    finally:
        process.kill()
        process.close()
    return _check_hello(line, command)


def _check_hello(line: bytes, command: Sequence[str]) -> Json:
    try:
        hello = json.loads(line)
        if hello["protocol"] != PROTOCOL_VERSION:
            raise AdapterFault(f"{' '.join(command)!r} speaks protocol {hello['protocol']!r}, not {PROTOCOL_VERSION}")
        missing = {"encode", "decode"} - set(hello["operations"])
        if missing:
            raise AdapterFault(f"{' '.join(command)!r} declares no {' and no '.join(sorted(missing))}")
        " ".join(filter(None, (hello["implementation"].get(field) for field in ("name", "version"))))
        dict(hello.get("profiles", {}))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        shown = line[:200].decode("utf-8", "replace")
        raise AdapterFault(f"{' '.join(command)!r} answers 'start' with no greeting: {shown!r}") from None
    answered: Json = hello
    return answered


def _read_reply(line: bytes, seq: int) -> Json:
    """Return the reply to a request; raise `TargetFault` where the line is none."""
    try:
        reply: object = json.loads(line)
    except (ValueError, RecursionError):
        raise TargetFault("errored", f"the answer is no JSON: {line[:200]!r}") from None
    if not isinstance(reply, dict) or reply.get("seq") != seq:
        raise TargetFault("errored", f"the answer is not that of request {seq}: {line[:200]!r}")
    return reply


def _check_reply(reply: Json) -> Json:
    """Return a reply; raise what it says instead of an answer."""
    try:
        instead = _instead_of_an_answer(reply)
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        said = describe_exception(fault)
        raise TargetFault("errored", f"what stands for an answer has another form: {said}") from None
    if instead is not None:
        raise instead
    return reply


def _instead_of_an_answer(reply: Json) -> Exception | None:
    if "rejected" in reply:
        rejected = reply["rejected"]
        details = {name: read_any(value) for name, value in rejected.get("details", {}).items()}
        return Refusal(str(rejected.get("message", "")), **details)
    if "unsupported" in reply:
        return Unsupported(str(reply["unsupported"].get("reason", "")))
    if "errored" in reply:
        return TargetFault("errored", str(reply["errored"].get("message", "")))
    return None


def _to_line(message: Json) -> bytes:
    # ASCII alone: a lone surrogate inside a string of JSON is \\ud800, and nothing depends on the locale.
    return json.dumps(message, separators=(",", ":")).encode("ascii") + b"\n"


def _method(name: str) -> Callable[..., Any]:
    operation = OPERATIONS[name]

    def method(self: PipeTarget, *arguments: Any, **named: Any) -> Any:
        if operation.on_model:
            model, *arguments = arguments  # type: ignore[assignment]
            if self.model is None and hasattr(self, "load"):
                self.load_for(model)
        reply = self.ask({"cmd": name, **operation.write_arguments(*arguments, **named)})
        try:
            return operation.read_answer(reply)
        except (KeyError, TypeError, ValueError) as fault:
            raise TargetFault("errored", f"the answer to {name} has another form: {fault}") from None

    return method


def _load(self: PipeTarget, model: Model) -> None:
    self.load_for(model)


def _encode_without_special_tokens(self: Any, model: Model, text: str) -> Sequence[int]:
    nothing: SpecialTokens = ()
    ids: Sequence[int] = self.encode(model, text, allowed_special=nothing, disallowed_special=nothing)
    return ids


def _exchange(self: PipeTarget, lines: Sequence[str]) -> list[str]:
    """Return the lines that a new process of the program answers to these."""
    process = LineProcess(self.command)
    try:
        return [process.ask(line.encode() + b"\n", START_SECONDS).decode().rstrip("\n") for line in lines]
    finally:
        process.kill()
        process.close()
