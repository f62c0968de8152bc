"""NumPy, which is an extra of the package: only .npy files need it."""

from __future__ import annotations

from types import ModuleType

from bpe.errors import BpeError


def import_numpy() -> ModuleType:
    """Return the module; raise `BpeError` where it is not installed."""
    try:
        import numpy  # noqa: ICN001, PLC0415 - an extra
        import numpy.lib.format  # noqa: PLC0415
    except ModuleNotFoundError as fault:
        raise BpeError(".npy files need NumPy: pip install 'bpe-spec[numpy]'") from fault
    return numpy
