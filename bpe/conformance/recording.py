"""What was asked of a target and what it answered, call by call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bpe.conformance.model import Model
from bpe.conformance.refusal import Refusal


@dataclass(frozen=True)
class RecordedCall:
    """One call: the method, its arguments without the model, what came of it, and the model."""

    method: str
    arguments: tuple[Any, ...]
    named: tuple[tuple[str, Any], ...]
    outcome: str
    model: Model | None = None

    def __str__(self) -> str:
        shown = [*map(_show, self.arguments), *(f"{name}={_show(value)}" for name, value in self.named)]
        return f"{self.method}({', '.join(shown)}) -> {self.outcome}"


class Recorder:
    """Stands in front of a target, does as the target does, and notes each call."""

    def __init__(self, target: Any) -> None:
        self._target = target
        self.calls: list[RecordedCall] = []

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._target, name)
        return self._recording(name, value) if callable(value) else value

    def _recording(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def recorded(*arguments: Any, **named: Any) -> Any:
            try:
                answer = method(*arguments, **named)
            except BaseException as fault:
                self._note(name, arguments, named, _describe_fault(fault))
                raise
            self._note(name, arguments, named, _show(answer))
            return answer

        return recorded

    def _note(self, name: str, arguments: tuple[Any, ...], named: dict[str, Any], outcome: str) -> None:
        own = tuple(value for value in arguments if not isinstance(value, Model))
        model = next((value for value in arguments if isinstance(value, Model)), None)
        self.calls.append(RecordedCall(name, own, tuple(named.items()), outcome, model))


def _describe_fault(fault: BaseException) -> str:
    return f"refused: {fault.message}" if isinstance(fault, Refusal) else f"{type(fault).__name__}: {fault}"


def _show(value: Any, longest: int = 200) -> str:
    """Return a value as Python writes it, sets in order, cut where it is long."""
    text = (
        "{" + ", ".join(map(repr, sorted(value))) + "}" if isinstance(value, frozenset | set) and value else repr(value)
    )
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text)} characters)"
