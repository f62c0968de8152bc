"""Our own targets by name: `bpe:any`, `bpe:cl100k_base`, `bpe:mine.bpe.json`."""

from __future__ import annotations

from bpe.encoding_table import ENCODINGS
from bpe.encodings import get_encoding
from bpe.loading import load
from bpe.targets.own import Fixed, Own


def open_own(argument: str) -> Own:
    """Return the target for every model, for a named encoding, or for a file."""
    if argument == "any":
        return Own()
    return Fixed(get_encoding(argument) if argument in ENCODINGS else load(argument), f"bpe:{argument}")
