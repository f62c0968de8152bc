"""The definition, computed fast: the same functions as in `bpe.reference`, and properties that say that the two agree.

- Text to ids and back: `encoding`, which begins with `utf8`, `special_tokens`, `pre_split` (with `stand_ins`) and `merges`; `safe_cuts`, where long texts may be cut.
- Training: `pre_token_counts`, then `training`.
- Many texts on several cores: `batches` and the modules whose names begin with `batch`.
- Which engine runs: `choice`, and what follows from it, `encoder` and `trainer`, with `compiled_training`.

What is no hot loop exists once, here or in the reference.
The hottest loops exist twice: in portable Python here, and in `bpe.engine.kernels`, which is compiled.
"""

from typing import Final

from bpe.engine.choice import choose_kernels

#: Whether the engine runs on compiled kernels; it is portable Python otherwise.
COMPILED: Final[bool] = choose_kernels()
