"""The stages of the compiled kernels, as the properties ask for them; what has no kernel is asked of the portable engine."""

# ruff: noqa: D102 - the protocols in bpe.conformance say what each method does

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bpe.conformance.model import Gaps, Model, Training
from bpe.conformance.protocol_training import PairCounts
from bpe.engine import compiled_training
from bpe.engine.kernels.encoding import Encoder
from bpe.engine.kernels.pre_tokens import split
from bpe.engine.kernels.safe_cuts import last_safe_cut
from bpe.engine.utf8 import scalar_text
from bpe.targets.own_models import refusing, to_pattern, to_vocabulary
from bpe.targets.portable_stages import PortableStages
from bpe.training import count_pre_tokens


class CompiledStages(PortableStages):
    """Pre-split, merging, safe cuts and pair statistics, compiled."""

    @refusing
    def pre_split(self, pattern: str, text: str, *, gaps: Gaps = "refuse") -> Sequence[str]:
        resolved = to_pattern(pattern, gaps)
        if resolved is None or resolved.name is None:
            return super().pre_split(pattern, text, gaps=gaps)
        return split(scalar_text(text), resolved.name)

    @refusing
    def safe_cuts(self, pattern: str, text: str) -> Sequence[int]:
        resolved = to_pattern(pattern)
        if resolved is None or resolved.name is None:
            return super().safe_cuts(pattern, text)
        return [at for at in range(1, len(text)) if last_safe_cut(text, resolved.name, at, at + 1)]

    @refusing
    def merge(self, model: Model, piece: bytes) -> Sequence[int]:
        # Whole pre-tokens are no matter of merging.
        return Encoder(to_vocabulary(replace(model, whole_pre_token=False))).encode_piece(piece)

    @refusing
    def pair_statistics(self, given: Training) -> Sequence[PairCounts]:
        counts = count_pre_tokens(given.texts, to_pattern(given.pattern), special_tokens=given.special_tokens)
        trainer = compiled_training.start_training(
            counts, given.merges, given.tie_break, given.min_frequency, given.byte_order
        )
        assert trainer is not None  # no text that a property draws has 2 ** 29 positions
        statistics: list[PairCounts] = [trainer.statistics()]
        while trainer.advance(1):
            statistics.append(trainer.statistics())
        return statistics
