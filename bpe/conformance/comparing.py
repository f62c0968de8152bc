"""Two targets side by side, neither of them the reference: the smallest text on which they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy

from bpe.conformance.faults import TargetFault, Unsupported
from bpe.conformance.model import Model
from bpe.conformance.refusal import Refusal
from bpe.conformance.strategies import any_texts, texts


@dataclass(frozen=True)
class Difference:
    """A text, the way in which it was encoded, and what each target made of it."""

    text: str
    how: str
    first: str
    second: str


def compare(first: Any, second: Any, *, max_examples: int = 2_000, number: int = 0) -> Difference | None:
    """Return the smallest text found on which two targets differ, or `None` where none was found.

    Each is asked with its own vocabulary; texts are made of the tokens of both.
    """
    run = settings(
        max_examples=max_examples,
        database=None,
        deadline=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        phases=(Phase.generate, Phase.shrink),
    )
    drawn = _texts_of((first, second))
    random = Random(number)  # noqa: S311 - the same texts each time, not a secret
    try:
        text = find(drawn, lambda text: _difference(first, second, text) is not None, settings=run, random=random)
    except NoSuchExample:
        return None
    return _difference(first, second, text)


def _texts_of(targets: Sequence[Any]) -> SearchStrategy[str]:
    models = [model for target in targets if (model := getattr(target, "model", None)) is not None]
    return st.one_of(any_texts(), *(texts(model) for model in models))


def _difference(first: Any, second: Any, text: str) -> Difference | None:
    for how in ("ordinary text", "all special tokens allowed"):
        answers = [_answer(target, text, how) for target in (first, second)]
        if None not in answers and answers[0] != answers[1]:
            return Difference(text, how, str(answers[0]), str(answers[1]))
    return None


def _answer(target: Any, text: str, how: str) -> list[int] | str | None:
    """Return the ids of a text, what came instead, or `None` where the target cannot be asked."""
    model: Model | None = getattr(target, "model", None)
    try:
        if how == "ordinary text":
            return list(target.encode_ordinary(model, text))
        return list(target.encode(model, text, allowed_special="all", disallowed_special=()))
    except Unsupported:
        return None
    except Refusal:
        return "refused"
    except TargetFault as fault:
        return fault.kind
