"""Our trainers that answer to the definition: the portable one, and the compiled one where there is one."""

from __future__ import annotations

from typing import Final

from bpe.engine import trainer, training

TRAINERS: Final = tuple(dict.fromkeys((training.train_merges, trainer.train_merges)))
