"""What the judges of test vectors share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bpe.conformance.model import Model
from bpe.conformance.plain_text import first_surrogate, repair
from bpe.conformance.vector_json import read_text
from bpe.conformance.vectors import Vector
from bpe.patterns import NAMED_PATTERNS

#: Matches a whole text, in every dialect of regular expressions.
WHOLE_TEXT = r"[\s\S]+"


class Abstains(Exception):  # noqa: N818 - not a fault
    """The peer has no such operation, or other rules by design."""


class Refuses(Exception):  # noqa: N818 - not a fault
    """The peer refuses the input."""


def require(condition: object) -> None:
    """Abstain unless a condition holds."""
    if not condition:
        raise Abstains


def model_of(vector: Vector) -> Model:
    """Return the model of a vector, if it has one that is well formed as far as peers care."""
    model = vector.model
    require(model is not None)
    assert model is not None
    tokens = list(model.tokens.values())
    require(len(set(tokens)) == len(tokens) and all(tokens))
    require({bytes([value]) for value in range(256)} <= set(tokens))
    return model


def source_of(pattern: str | None) -> str:
    """Return the regular expression of a pattern; without one, a text is one pre-token."""
    return WHOLE_TEXT if pattern is None else NAMED_PATTERNS.get(pattern, pattern)


def scalar_text(model: Model, value: Any) -> str:
    """Return a text as a model takes it; peers do not share the rule for surrogates, which is tried apart."""
    text = read_text(value)
    require(first_surrogate(text) is None or model.surrogates == "replace")
    return repair(text)


def allowed_of(vector: Vector, model: Model) -> set[str]:
    """Return the special tokens that a call allows; abstain from those that a model does not have."""
    value = vector.call.given.get("allowed_special", ())
    allowed = set(model.special_tokens) if value == "all" else set(map(read_text, value))
    require(allowed <= set(model.special_tokens))
    return allowed


def overlap(tokens: Iterable[str]) -> bool:
    """Tell whether two tokens can share a character of a text."""
    texts = list(tokens)
    return any(
        one in other or any(one.endswith(other[:size]) for size in range(1, len(other)))
        for one in texts
        for other in texts
        if one != other
    )
