"""The stages of the portable engine, as the properties ask for them."""

# ruff: noqa: D102 - the protocols in bpe.conformance say what each method does

from __future__ import annotations

from collections.abc import Sequence

from bpe.conformance.model import Gaps, Model, Training
from bpe.conformance.protocol_training import PairCounts
from bpe.engine import merges, pre_split, safe_cuts
from bpe.engine.training import Row, train_merges
from bpe.targets.own_models import refusing, to_pattern, to_vocabulary
from bpe.training import count_pre_tokens


class PortableStages:
    """Pre-split, merging, safe cuts and pair statistics, in plain Python."""

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

    @refusing
    def pair_statistics(self, given: Training) -> Sequence[PairCounts]:
        counts = count_pre_tokens(given.texts, to_pattern(given.pattern), special_tokens=given.special_tokens)
        row = Row(counts, given.byte_order)
        statistics: list[PairCounts] = [dict(row.counts.items())]
        for step in train_merges(
            counts,
            given.merges,
            tie_break=given.tie_break,
            min_frequency=given.min_frequency,
            byte_order=given.byte_order,
        ):
            row.apply(step.merge)
            statistics.append(dict(row.counts.items()))
        return statistics
