"""The reference as a target of `bpe.conformance`."""

# ruff: noqa: D102 - the protocols in bpe.conformance say what each method does

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from hypothesis.strategies import SearchStrategy

from bpe.byte_order import byte_order
from bpe.conformance import Model, Training
from bpe.conformance.model import Gaps, IdMerge
from bpe.conformance.model_strategies import models
from bpe.conformance.protocol import SpecialTokens
from bpe.conformance.protocol_training import PairCounts
from bpe.conformance.serving import exchange
from bpe.conformance.together import encode_in_threads
from bpe.reference import encoding, merges, pair_statistics, pre_split, safe_cuts, special_tokens, training
from bpe.targets.own_models import refusing, to_pattern, to_vocabulary
from bpe.vocabulary import Merge, TokenId, single_bytes
from tests.copies import COPIES


class Reference:
    """The definition, function by function."""

    name = "reference"
    decodes_any_ids: Literal[True] = True

    @property
    def models(self) -> SearchStrategy[Model]:
        return models()

    @refusing
    def load(self, model: Model) -> None:
        to_vocabulary(model)

    @refusing
    def gaps(self, model: Model) -> Sequence[tuple[int, int]]:
        return [(gap.start, gap.stop - 1) for gap in to_vocabulary(model).gaps()]

    def encode_together(self, model: Model, texts: Sequence[str]) -> Sequence[Sequence[int] | None]:
        return encode_in_threads(lambda text: self.encode(model, text, disallowed_special=()), texts)

    def exchange(self, lines: Sequence[str]) -> Sequence[str]:
        return exchange(self, lines)

    @property
    def ways_to_copy(self) -> Sequence[str]:
        return tuple(COPIES)

    @refusing
    def encode_copied(self, model: Model, text: str, way: str, *, allowed_special: SpecialTokens) -> Sequence[int]:
        vocabulary = COPIES[way](to_vocabulary(model))
        return encoding.encode(text, vocabulary, allowed_special=allowed_special, disallowed_special=())

    @refusing
    def encode(
        self,
        model: Model,
        text: str,
        *,
        allowed_special: SpecialTokens = (),
        disallowed_special: SpecialTokens = "all",
    ) -> Sequence[int]:
        return encoding.encode(
            text, to_vocabulary(model), allowed_special=allowed_special, disallowed_special=disallowed_special
        )

    @refusing
    def encode_ordinary(self, model: Model, text: str) -> Sequence[int]:
        return encoding.encode_ordinary(text, to_vocabulary(model))

    @refusing
    def encode_and_change(self, model: Model, text: str) -> None:
        encoding.encode_ordinary(text, to_vocabulary(model)).append(TokenId(0))

    @refusing
    def encode_bytes(self, model: Model, data: bytes) -> Sequence[int]:
        return encoding.encode_bytes(data, to_vocabulary(model))

    @refusing
    def decode_bytes(self, model: Model, ids: Sequence[int]) -> bytes:
        return encoding.decode_bytes(ids, to_vocabulary(model))

    @refusing
    def decode(self, model: Model, ids: Sequence[int], errors: str = "replace") -> str:
        return encoding.decode(ids, to_vocabulary(model), errors)

    @refusing
    def is_canonical(self, model: Model, ids: Sequence[int], *, allowed_special: SpecialTokens) -> bool:
        return encoding.is_canonical(ids, to_vocabulary(model), allowed_special=allowed_special)

    @refusing
    def pre_split(self, pattern: str, text: str, *, gaps: Gaps = "refuse") -> Sequence[str]:
        return pre_split.pre_split(text, to_pattern(pattern, gaps))

    @refusing
    def safe_cuts(self, pattern: str, text: str) -> Sequence[int]:
        return safe_cuts.safe_cuts(text, to_pattern(pattern))

    @refusing
    def merge(self, model: Model, piece: bytes) -> Sequence[int]:
        return merges.merge_piece(piece, to_vocabulary(model))

    def apply_merge(self, ids: Sequence[int], merge: IdMerge) -> Sequence[int]:
        return merges.apply_merge([TokenId(token_id) for token_id in ids], Merge(*map(TokenId, merge)))

    @refusing
    def count_pre_tokens(self, texts: Sequence[str], pattern: str | None) -> Mapping[str, int]:
        return pair_statistics.count_pre_tokens(pre_split.pre_split(text, to_pattern(pattern)) for text in texts)

    def add_counts(self, first: Mapping[str, int], second: Mapping[str, int]) -> Mapping[str, int]:
        return pair_statistics.add_counts(first, second)

    def _ordinary_counts(self, given: Training) -> dict[str, int]:
        """Return the pre-token counts of what is no special token in the texts."""
        spans = [
            span for text in given.texts for span in special_tokens.split_special_tokens(text, given.special_tokens)
        ]
        ordinary = [span.text for span in spans if not span.is_special]
        return pair_statistics.count_pre_tokens(pre_split.pre_split(t, to_pattern(given.pattern)) for t in ordinary)

    @refusing
    def train(self, given: Training) -> Model:
        steps = training.train_merges(
            self._ordinary_counts(given),
            given.merges,
            tie_break=given.tie_break,
            min_frequency=given.min_frequency,
            byte_order=given.byte_order,
        )
        tokens = single_bytes(byte_order(given.byte_order)) | {step.merge.result: step.token for step in steps}
        special = {text: len(tokens) + index for index, text in enumerate(given.special_tokens)}
        made = tuple((*step.merge.pair, step.merge.result) for step in steps)
        return Model(
            {int(token_id): token for token_id, token in tokens.items()}, made, given.pattern, special_tokens=special
        )

    @refusing
    def pair_statistics(self, given: Training) -> Sequence[PairCounts]:
        start = training.start_training(self._ordinary_counts(given), given.byte_order)
        steps = training.training_steps(
            self._ordinary_counts(given), given.tie_break, given.min_frequency, given.byte_order
        )
        states = [start, *(state for _, (_, state) in zip(range(given.merges), steps, strict=False))]
        return [dict[tuple[int, int], int](pair_statistics.count_pairs(state.sequences).items()) for state in states]
