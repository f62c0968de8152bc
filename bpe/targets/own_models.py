"""Between the models of `bpe.conformance` and our vocabularies, and between their refusals and our errors."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from bpe.conformance.model import Gaps, Model
from bpe.conformance.refusal import Refusal
from bpe.errors import BpeError
from bpe.patterns import Pattern, resolve_pattern
from bpe.vocabulary import Merge, TokenId, Vocabulary

P = ParamSpec("P")
R = TypeVar("R")


def refusing(method: Callable[P, R]) -> Callable[P, R]:
    """Turn our errors into the refusals that the properties know; any other exception is a fault and passes."""

    @wraps(method)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except BpeError as error:
            fields = {name: value for name, value in error.fields.items() if name != "message"}
            raise Refusal(error.message, **fields) from error

    return wrapped


def to_pattern(pattern: str | None, gaps: Gaps = "refuse") -> Pattern | None:
    """Return the pattern that a model means."""
    resolved = resolve_pattern(pattern)
    return None if resolved is None else Pattern(resolved.source, gaps)


def to_vocabulary(model: Model) -> Vocabulary:
    """Return the vocabulary that a model describes."""
    made = None if model.merges is None else tuple(Merge(*map(TokenId, merge)) for merge in model.merges)
    return Vocabulary(
        {TokenId(token_id): token for token_id, token in model.tokens.items()},
        merges=made,
        pattern=to_pattern(model.pattern, model.gaps),
        special_tokens={text: TokenId(token_id) for text, token_id in model.special_tokens.items()},
        aliases=model.aliases,
        whole_pre_token=model.whole_pre_token,
        errors=model.surrogates,
    )


def to_model(vocabulary: Vocabulary) -> Model:
    """Return the model that describes a vocabulary."""
    pattern = vocabulary.pattern
    made = vocabulary.merges
    return Model(
        {int(token_id): token for token_id, token in vocabulary.token_bytes.items()},
        merges=None if made is None else tuple((m.left, m.right, m.result) for m in made),
        pattern=None if pattern is None else pattern.name or pattern.source,
        gaps="refuse" if pattern is None else pattern.gaps,
        special_tokens=dict(vocabulary.special_tokens),
        aliases=dict(vocabulary.aliases),
        whole_pre_token=vocabulary.whole_pre_token,
        surrogates=vocabulary.errors,
    )
