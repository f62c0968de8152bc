"""The definition, computed fast.

Each module mirrors one of `bpe.reference` by name and has the same signatures; properties say that the two agree.
What is no hot loop exists once, in the reference.
The hottest loops exist twice: in portable Python here, and in `bpe.engine.kernels`, which is compiled.
"""

from typing import Final

from bpe.engine.choice import choose_kernels

#: Whether the engine runs on compiled kernels; it is portable Python otherwise.
COMPILED: Final[bool] = choose_kernels()
