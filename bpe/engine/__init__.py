"""The definition, computed fast.

Each module mirrors one of `bpe.reference` by name and has the same signatures; properties say that the two agree.
What is no hot loop exists once, in the reference.
"""

from typing import Final

#: Whether the engine runs as compiled code; this one is portable Python.
COMPILED: Final[bool] = False
