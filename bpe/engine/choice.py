"""Which engine runs: the compiled kernels where they are installed, the portable one otherwise.

The choice is made once, when `bpe.engine` is imported, and the environment may make it:
`BPE_PURE_PYTHON=1` for the portable engine, `BPE_PURE_PYTHON=0` for the kernels or an error.
"""

from __future__ import annotations

import importlib
import os
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec
from typing import Final

from bpe.errors import InvalidSettingError, KernelsError

#: The environment variable that chooses, here and where a wheel is built.
VARIABLE: Final = "BPE_PURE_PYTHON"

_ENTRY = "bpe.engine.kernels.encoding"
_REMEDY = f"install bpe-spec anew where a C compiler is at hand, or set {VARIABLE}=1 to run the portable engine"


def choose_kernels() -> bool:
    """Load the kernels unless they are not wanted or not compiled, and return whether they run.

    Kernels that are compiled and do not load are an error: a silent change to the portable engine would look like a slow one.

    Raises:
        InvalidSettingError: the variable says neither 0 nor 1.
        KernelsError: the kernels do not load, or are demanded and not compiled.
    """
    choice = os.environ.get(VARIABLE, "")
    if choice not in {"", "0", "1"}:
        message = f"{VARIABLE} is {choice!r}: set it to 1 (portable engine), to 0 (compiled kernels), or not at all"
        raise InvalidSettingError(message, variable=VARIABLE, value=choice)
    if choice == "1":
        return False
    if not _are_compiled(_ENTRY):
        if choice == "0":
            raise KernelsError(
                f"{VARIABLE}=0 demands the kernels, which are not compiled: {_REMEDY}", reason="not compiled"
            )
        return False
    _load(_ENTRY)
    return True


def _are_compiled(name: str) -> bool:
    # Found without being run: interpreted, the module would mean something else.
    spec = find_spec(name)
    return spec is not None and (spec.origin or "").endswith(tuple(EXTENSION_SUFFIXES))


def _load(name: str) -> None:
    try:
        importlib.import_module(name)
    except (ImportError, ValueError) as fault:  # librt is missing; librt is of another version
        message = f"the compiled kernels do not load: {fault}; {_REMEDY}"
        raise KernelsError(message, reason=str(fault)) from fault
