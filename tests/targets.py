"""What the properties are tried on."""

from __future__ import annotations

from typing import Final

from bpe.engine import COMPILED
from tests.engine_target import Engine, Running
from tests.reference_target import Reference

REFERENCE: Final = Reference()
ENGINE: Final = Engine()


def _engines() -> tuple[Running, ...]:
    if not COMPILED:
        return (ENGINE,)
    from tests.engine_target import Kernels

    return (ENGINE, Kernels())


#: The portable engine, and the kernels where they are compiled.
ENGINES: Final = _engines()
