"""Our trainers that answer to the definition: the portable one, and the compiled one where there is one."""

from __future__ import annotations

from typing import Final

from bpe.engine import COMPILED, training

if COMPILED:
    from bpe.engine import compiled_training

    TRAINERS: Final = (training.train_merges, compiled_training.train_merges)
else:
    TRAINERS: Final = (training.train_merges,)
