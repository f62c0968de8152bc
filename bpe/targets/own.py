"""Our own tokenizer as a target of `bpe.conformance`: `bpe.Tokenizer`, with the engine under it."""

# ruff: noqa: D102 - the protocols in bpe.conformance say what each method does

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

import bpe
from bpe.conformance.model import Model, Training
from bpe.conformance.model_strategies import models
from bpe.conformance.protocol import SpecialTokens, TokenSpan
from bpe.conformance.together import encode_in_threads
from bpe.engine import COMPILED
from bpe.reference.pair_statistics import add_counts
from bpe.targets.own_models import refusing, to_model, to_pattern, to_vocabulary
from bpe.tokenizer import Tokenizer
from bpe.training import count_pre_tokens
from bpe.vocabulary import Vocabulary

if TYPE_CHECKING or not COMPILED:
    from bpe.targets.portable_stages import PortableStages as Stages
else:
    from bpe.targets.compiled_stages import CompiledStages as Stages


class TokenizerTarget:
    """What users hold, `bpe.Tokenizer`, for any model; the stages it is made of are asked for elsewhere."""

    decodes_any_ids: Literal[True] = True

    def __init__(self) -> None:
        self._recent: list[tuple[Model, bpe.Tokenizer]] = []

    @property
    def models(self) -> SearchStrategy[Model]:
        return models()

    def tokenizer(self, model: Model) -> bpe.Tokenizer:
        """Return the tokenizer of a model, the same one for the same object as long as it is among the last few."""
        for known, tokenizer in self._recent:
            if known is model:
                return tokenizer
        tokenizer = self.make(to_vocabulary(model))
        self._recent = [(model, tokenizer), *self._recent[:7]]
        return tokenizer

    def make(self, vocabulary: Vocabulary) -> bpe.Tokenizer:
        """Return a new tokenizer of a vocabulary."""
        return bpe.Tokenizer.from_vocabulary(vocabulary)

    @refusing
    def load(self, model: Model) -> None:
        self.tokenizer(model)

    @refusing
    def token_starts(self, model: Model, ids: Sequence[int]) -> Sequence[int]:
        _, starts = self.tokenizer(model).decode_with_offsets(ids)
        return starts

    @refusing
    def gaps(self, model: Model) -> Sequence[tuple[int, int]]:
        return [(gap.start, gap.stop - 1) for gap in self.tokenizer(model).vocabulary.gaps()]

    def encode_together(self, model: Model, texts: Sequence[str]) -> Sequence[Sequence[int] | None]:
        return encode_in_threads(lambda text: self.encode(model, text, disallowed_special=()), texts)

    @refusing
    def add_special_tokens(self, model: Model, special_tokens: Mapping[str, int]) -> None:
        self.tokenizer(model).with_special_tokens(special_tokens)

    @refusing
    def encode(
        self,
        model: Model,
        text: str,
        *,
        allowed_special: SpecialTokens = (),
        disallowed_special: SpecialTokens = "all",
    ) -> Sequence[int]:
        return self.tokenizer(model).encode(
            text, allowed_special=allowed_special, disallowed_special=disallowed_special
        )

    @refusing
    def encode_ordinary(self, model: Model, text: str) -> Sequence[int]:
        return self.tokenizer(model).encode_ordinary(text)

    @refusing
    def encode_and_change(self, model: Model, text: str) -> None:
        self.tokenizer(model).encode_ordinary(text).append(0)

    @refusing
    def encode_bytes(self, model: Model, data: bytes) -> Sequence[int]:
        return self.tokenizer(model).encode_bytes(data)

    @refusing
    def encode_batch(
        self, model: Model, texts: Sequence[str], *, allowed_special: SpecialTokens, workers: int
    ) -> Sequence[Sequence[int]]:
        return self.tokenizer(model).encode_batch(
            texts, num_threads=workers, allowed_special=allowed_special, disallowed_special=()
        )

    @refusing
    def encode_with_offsets(self, model: Model, text: str, *, allowed_special: SpecialTokens) -> Sequence[TokenSpan]:
        spans = self.tokenizer(model).encode_with_offsets(text, allowed_special=allowed_special, disallowed_special=())
        return [TokenSpan(*span) for span in spans]

    @refusing
    def count(self, model: Model, text: str, *, allowed_special: SpecialTokens) -> int:
        return self.tokenizer(model).count(text, allowed_special=allowed_special, disallowed_special=())

    @refusing
    def is_within_limit(self, model: Model, text: str, limit: int, *, allowed_special: SpecialTokens) -> bool:
        return self.tokenizer(model).is_within_limit(
            text, limit, allowed_special=allowed_special, disallowed_special=()
        )

    @refusing
    def is_canonical(self, model: Model, ids: Sequence[int], *, allowed_special: SpecialTokens) -> bool:
        return self.tokenizer(model).is_canonical(ids, allowed_special=allowed_special)

    @refusing
    def decode_bytes(self, model: Model, ids: Sequence[int]) -> bytes:
        return self.tokenizer(model).decode_bytes(ids)

    @refusing
    def decode(self, model: Model, ids: Sequence[int], errors: str = "replace") -> str:
        return self.tokenizer(model).decode(ids, errors)

    # --- training --------------------------------------------------------------------------------

    @refusing
    def count_pre_tokens(self, texts: Sequence[str], pattern: str | None) -> Mapping[str, int]:
        return count_pre_tokens(texts, to_pattern(pattern))

    def add_counts(self, first: Mapping[str, int], second: Mapping[str, int]) -> Mapping[str, int]:
        return add_counts(first, second)

    @refusing
    def train(self, given: Training) -> Model:
        trained = bpe.train(
            given.texts,
            256 + given.merges + len(given.special_tokens),
            pattern=given.pattern,
            special_tokens=given.special_tokens,
            min_frequency=given.min_frequency,
            tie_break=given.tie_break,
            byte_order=given.byte_order,
        )
        return to_model(trained.vocabulary)


class Own(Stages, TokenizerTarget):
    """What users hold, with the stages of the engine that runs."""

    name = "bpe"


class Fixed(Own):
    """One of our tokenizers, with its own vocabulary and no other."""

    def __init__(self, tokenizer: Tokenizer, name: str) -> None:
        super().__init__()
        self.name = name
        self.model = to_model(tokenizer.vocabulary)
        self._recent = [(self.model, tokenizer)]

    @property
    def models(self) -> SearchStrategy[Model]:
        return st.just(self.model)
