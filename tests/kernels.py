"""Compiled encoders with small tables and blocks, so that short texts fill them; none where the engine is portable."""

from __future__ import annotations

from bpe.engine import COMPILED
from bpe.vocabulary import Vocabulary

if COMPILED:
    from bpe.engine.kernels.encoding import Encoder


def small_kernels(vocabulary: Vocabulary) -> list[Encoder]:
    """Return compiled encoders that remember few pre-tokens, and cut texts into short blocks; the first merges very long pre-tokens from left to right."""
    if not COMPILED:
        return []
    return [
        Encoder(vocabulary, remembered=0, block=3, worthwhile=0),
        Encoder(vocabulary, remembered=1 << 13, block=64),
    ]
