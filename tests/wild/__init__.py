"""Tokenizers wrong in ways met in the wild, which the checker's author did not plan for, and right ones beside them.

Each opens by name: `bpe check python:tests.wild:RightmostTie`.
"""

from tests.wild import decoding, loading, merging, special, splitting, state, texts
from tests.wild.library import BlackBox, OnTop, Scratch
from tests.wild.listing import SPECIMENS, Specimen
from tests.wild.shapes import OnCl100k, ScratchCl100k, ScratchO200k, WithShortcut

__all__ = ["CONTROLS", "SPECIMENS", "Specimen"]

_MODULES = (merging, splitting, texts, special, decoding, state, loading)

#: The same objects without a fault.
CONTROLS = {
    kind.__name__: Specimen(kind, kind.__name__, needs_cl100k=kind in (OnCl100k, ScratchCl100k))
    for kind in (OnTop, Scratch, BlackBox, WithShortcut, ScratchO200k, OnCl100k, ScratchCl100k)
}


def __getattr__(name: str) -> object:
    """Return a specimen or a control by its name."""
    try:
        return {**SPECIMENS, **CONTROLS}[name].make
    except KeyError:
        raise AttributeError(name) from None
