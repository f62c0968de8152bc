"""The trainer that runs: the compiled one where there is one, else the portable one."""

from __future__ import annotations

from bpe.engine import COMPILED

if COMPILED:
    from bpe.engine.compiled_training import start_counting, train_merges, train_untraced
else:
    from bpe.engine.pre_token_counts import start_counting
    from bpe.engine.training import train_merges, train_untraced

__all__ = ["start_counting", "train_merges", "train_untraced"]
