"""What the properties are tried on."""

from __future__ import annotations

from typing import Final

from tests.engine_target import Engine
from tests.reference_target import Reference

REFERENCE: Final = Reference()
ENGINE: Final = Engine()
