"""What users hold as a target of `bpe.conformance`: `bpe.Tokenizer`, with either engine under it."""

# ruff: noqa: D102 - the protocols in bpe.conformance say what each method does

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from hypothesis.strategies import SearchStrategy

import bpe
from bpe.conformance import Model, TokenSpan, Training
from bpe.conformance.model import Gaps
from bpe.conformance.model_strategies import models
from bpe.conformance.protocol import SpecialTokens
from bpe.conformance.protocol_training import PairCounts
from bpe.conformance.serving import exchange
from bpe.conformance.together import encode_in_threads
from bpe.engine import COMPILED, merges, pre_split, safe_cuts
from bpe.engine.encoder import Encoder, make_encoder
from bpe.engine.encoding import PortableEncoder
from bpe.engine.training import Row
from bpe.engine.utf8 import scalar_text
from bpe.reference.pair_statistics import add_counts
from bpe.training import count_pre_tokens
from bpe.vocabulary import Merge, TokenId, Vocabulary
from tests.copies import COPIES
from tests.elsewhere import Elsewhere
from tests.files_target import Files
from tests.models import refusing, to_model, to_pattern, to_vocabulary


class Engine(Files):
    """What users hold, `bpe.Tokenizer`, with the portable engine under it, its files and its encodings."""

    name = "engine"
    make_encoder: Callable[[Vocabulary], Encoder] = staticmethod(PortableEncoder)
    decodes_any_ids: Literal[True] = True

    def __init__(self) -> None:
        self._recent: list[tuple[Model, bpe.Tokenizer]] = []
        self._elsewhere = Elsewhere()

    @property
    def models(self) -> SearchStrategy[Model]:
        return models()

    def tokenizer(self, model: Model) -> bpe.Tokenizer:
        """Return the tokenizer of a model, the same one for the same object as long as it is among the last few."""
        for known, tokenizer in self._recent:
            if known is model:
                return tokenizer
        tokenizer = bpe.Tokenizer.from_vocabulary(to_vocabulary(model))
        object.__setattr__(tokenizer, "_encoder", self.make_encoder(tokenizer.vocabulary))
        self._recent = [(model, tokenizer), *self._recent[:7]]
        return tokenizer

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

    def exchange(self, lines: Sequence[str]) -> Sequence[str]:
        return exchange(self, lines)

    @property
    def ways_to_copy(self) -> Sequence[str]:
        return tuple(COPIES)

    @refusing
    def encode_copied(self, model: Model, text: str, way: str, *, allowed_special: SpecialTokens) -> Sequence[int]:
        tokenizer: bpe.Tokenizer = COPIES[way](self.tokenizer(model))
        return tokenizer.encode(text, allowed_special=allowed_special, disallowed_special=())

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

    def encode_elsewhere(
        self, model: Model, text: str, *, allowed_special: SpecialTokens, hash_seed: int
    ) -> Sequence[int]:
        allowed = allowed_special if isinstance(allowed_special, str) else sorted(allowed_special)
        return self._elsewhere.encode(to_vocabulary(model), text, allowed, hash_seed % 3)

    def close(self) -> None:
        """End the processes that were started."""
        self._elsewhere.close()

    # --- stages ----------------------------------------------------------------------------------

    @refusing
    def pre_split(self, pattern: str, text: str, *, gaps: Gaps = "refuse") -> Sequence[str]:
        return pre_split.pre_split(text, to_pattern(pattern, gaps))

    @refusing
    def pre_split_within(self, pattern: str, text: str, seconds: float) -> Sequence[str]:
        return pre_split.pre_split(text, to_pattern(pattern), time_limit=seconds)

    @refusing
    def safe_cuts(self, pattern: str, text: str) -> Sequence[int]:
        return list(safe_cuts.safe_cuts(text, to_pattern(pattern)))

    @refusing
    def merge(self, model: Model, piece: bytes) -> Sequence[int]:
        return merges.compile_merger(to_vocabulary(model))(piece)

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

    @refusing
    def pair_statistics(self, given: Training) -> Sequence[PairCounts]:
        counts = count_pre_tokens(given.texts, to_pattern(given.pattern), special_tokens=given.special_tokens)
        row = Row(counts, given.byte_order)
        statistics: list[PairCounts] = [dict(row.counts.items())]
        for merge in self.train(given).merges or ():
            row.apply(Merge(*map(TokenId, merge)))
            statistics.append(dict(row.counts.items()))
        return statistics


if COMPILED:
    from bpe.engine.kernels import encoding, pre_tokens

    class Kernels(Engine):
        """What users hold, with the compiled engine under it."""

        name = "kernels"
        make_encoder: Callable[[Vocabulary], Encoder] = staticmethod(make_encoder)

        @refusing
        def pre_split(self, pattern: str, text: str, *, gaps: Gaps = "refuse") -> Sequence[str]:
            resolved = to_pattern(pattern, gaps)
            if resolved is None or resolved.name is None:
                return pre_split.pre_split(text, resolved)
            return pre_tokens.split(scalar_text(text), resolved.name)

        @refusing
        def merge(self, model: Model, piece: bytes) -> Sequence[int]:
            # Whole pre-tokens are no matter of merging.
            return encoding.Encoder(to_vocabulary(replace(model, whole_pre_token=False))).encode_piece(piece)
