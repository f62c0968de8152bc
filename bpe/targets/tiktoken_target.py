"""tiktoken as a target: one of its encodings, or any model of rank semantics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tiktoken
from hypothesis.strategies import SearchStrategy

from bpe.conformance.faults import Unsupported
from bpe.conformance.model import Model
from bpe.conformance.model_strategies import models
from bpe.conformance.protocol import SpecialTokens
from bpe.encoding_table import ENCODINGS
from bpe.encodings import get_encoding
from bpe.patterns import NAMED_PATTERNS
from bpe.targets.object_target import ObjectTarget, answering, object_target, vocabulary_of


def open_tiktoken(argument: str) -> Any:
    """Return the target for an encoding, or for every rank model.

    An encoding is built from our pinned file where that is at hand, so that nothing is fetched; else tiktoken opens it.
    """
    if argument == "any":
        return AnyTiktoken()
    encoding = _build(argument)
    model = vocabulary_of(encoding)
    assert model is not None
    assert model.pattern is not None
    return object_target(encoding, f"tiktoken:{argument}", model.change(pattern=_pattern_name(model.pattern)))


def _build(name: str) -> tiktoken.Encoding:
    if name not in ENCODINGS:
        return tiktoken.get_encoding(name)
    # From our file, since tiktoken would download its own.
    ours = get_encoding(name)
    return tiktoken.Encoding(
        name, pat_str=ours.pat_str, mergeable_ranks=ours.mergeable_ranks, special_tokens=ours.special_tokens
    )


def _pattern_name(source: str) -> str:
    return next((name for name, known in NAMED_PATTERNS.items() if known == source), source)


class AnyTiktoken:
    """A `tiktoken.Encoding` built from each model that has rank semantics and the whole-pre-token shortcut."""

    name = "tiktoken"
    decodes_any_ids = True

    def __init__(self) -> None:
        self._recent: tuple[Model, ObjectTarget] | None = None

    @property
    def models(self) -> SearchStrategy[Model]:
        """Return models of rank semantics with the shortcut."""
        return models().map(lambda model: model.change(merges=None, whole_pre_token=True, surrogates="replace"))

    def load(self, model: Model) -> None:
        """Build the encoding of a model."""
        self._target(model)

    def encode(
        self,
        model: Model,
        text: str,
        *,
        allowed_special: SpecialTokens = (),
        disallowed_special: SpecialTokens = "all",
    ) -> Sequence[int]:
        """Return the ids of a text."""
        return self._target(model).encode(
            model, text, allowed_special=allowed_special, disallowed_special=disallowed_special
        )

    def encode_ordinary(self, model: Model, text: str) -> Sequence[int]:
        """Return the ids of a text in which nothing is special."""
        return self._target(model).encode_ordinary(model, text)

    def decode_bytes(self, model: Model, ids: Sequence[int]) -> bytes:
        """Return the bytes of ids."""
        return self._target(model).decode_bytes(model, ids)

    def _target(self, model: Model) -> ObjectTarget:
        if self._recent is None or self._recent[0] is not model:
            self._recent = model, object_target(_encoding_of(model), "tiktoken", model)
        return self._recent[1]


@answering
def _encoding_of(model: Model) -> tiktoken.Encoding:
    if model.merges is not None or not model.whole_pre_token:
        raise Unsupported("tiktoken has rank semantics with the whole-pre-token shortcut alone")
    if model.gaps != "refuse" or model.surrogates != "replace":
        raise Unsupported("tiktoken has no such profile")
    pattern = "(?s:.+)" if model.pattern is None else NAMED_PATTERNS.get(model.pattern, model.pattern)
    return tiktoken.Encoding(
        "model",
        pat_str=pattern,
        mergeable_ranks={token: token_id for token_id, token in model.tokens.items()},
        special_tokens=dict(model.special_tokens),
    )
