"""rustbpe as a target: what it trains, and how it encodes with that."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Final

import rustbpe
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bpe.conformance.faults import AdapterFault, Unsupported
from bpe.conformance.model import BYTES, Model, Training
from bpe.conformance.protocol import SpecialTokens
from bpe.conformance.strategies import trainings
from bpe.conversion import recover_merges
from bpe.patterns import NAMED_PATTERNS
from bpe.targets.object_target import answering
from bpe.targets.own_models import to_model, to_vocabulary

#: The one rule for ties, the one order of bytes and the one least count that it has.
_ITS_WAY: Final = {"tie_break": "smallest-pair", "byte_order": "value", "min_frequency": 1, "special_tokens": ()}


def open_rustbpe(argument: str) -> Any:
    """Return the target; there is one."""
    if argument != "any":
        raise AdapterFault(f"rustbpe:{argument}: it has no files; say rustbpe:any")
    return RustBpe()


class RustBpe:
    """A trainer, and the tokenizers that come of it."""

    name = "rustbpe"

    def __init__(self) -> None:
        self.implementation = {"name": self.name, "version": version(self.name)}
        self._recent: list[tuple[Model, Any]] = []

    @property
    def models(self) -> SearchStrategy[Model]:
        """Return models that it has trained."""
        return trainings(**{name: st.just(value) for name, value in _ITS_WAY.items()}).map(self.train)

    @answering
    def train(self, training: Training) -> Model:
        """Return what it makes of texts."""
        if training != training.change(**_ITS_WAY):
            raise Unsupported("it has one rule for ties, one order of bytes, no least count and no special tokens")
        tokenizer = rustbpe.Tokenizer()
        pattern = "(?s:.+)" if training.pattern is None else NAMED_PATTERNS.get(training.pattern, training.pattern)
        tokenizer.train_from_iterator(list(training.texts), 256 + training.merges, pattern=pattern)
        model = _model_of(tokenizer, training.pattern)
        self._recent = [(model, tokenizer), *self._recent[:7]]
        return model

    def load(self, model: Model) -> None:
        """Take on a model that it has trained; it can take on no other."""
        self._tokenizer(model)

    @answering
    def encode(
        self,
        model: Model,
        text: str,
        *,
        allowed_special: SpecialTokens = (),
        disallowed_special: SpecialTokens = "all",  # noqa: ARG002 - its models have no special tokens
    ) -> Sequence[int]:
        """Return the ids of a text."""
        if allowed_special not in ("all", (), frozenset(), set()):
            raise Unsupported("it has no special tokens")
        ids: Sequence[int] = self._tokenizer(model).encode(text)
        return ids

    def encode_ordinary(self, model: Model, text: str) -> Sequence[int]:
        """Return the ids of a text."""
        return self.encode(model, text)

    def decode_bytes(self, model: Model, ids: Sequence[int]) -> bytes:
        """Return the bytes of ids that a text has."""
        return self.decode(model, ids).encode()

    @answering
    def decode(self, model: Model, ids: Sequence[int], errors: str = "replace") -> str:
        """Return the text of ids."""
        if errors != "replace":
            raise Unsupported("decode has no argument for errors")
        text: str = self._tokenizer(model).decode(list(ids))
        return text

    def _tokenizer(self, model: Model) -> Any:
        for known, tokenizer in self._recent:
            if known is model or known == model:
                return tokenizer
        raise Unsupported("it encodes with what it has trained, and loads nothing")


def _model_of(tokenizer: Any, pattern: str | None) -> Model:
    ranked = sorted((rank, bytes(token)) for token, rank in tokenizer.get_mergeable_ranks())
    ranks = Model(BYTES | dict(ranked), pattern=pattern)
    return to_model(recover_merges(to_vocabulary(ranks)))
