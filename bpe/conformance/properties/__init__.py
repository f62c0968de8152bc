"""The properties, one module for each chapter of the specification."""

from __future__ import annotations

from typing import Final

from bpe.conformance.clauses import Property
from bpe.conformance.properties import bytes as bytes_chapter
from bpe.conformance.properties import (
    encoding,
    files,
    merges,
    pre_split,
    resources,
    special_tokens,
    training,
    vocabulary,
)

_CHAPTERS = (bytes_chapter, special_tokens, pre_split, merges, encoding, training, vocabulary, files, resources)

#: Every property, chapter by chapter, in the order in which they are written.
PROPERTIES: Final = tuple(
    value for chapter in _CHAPTERS for value in vars(chapter).values() if isinstance(value, Property)
)
