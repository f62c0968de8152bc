"""The encoder of a vocabulary: compiled where the kernels are, portable elsewhere, and always with the same answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from bpe.engine import COMPILED
from bpe.engine.encoding import Encoder as PortableEncoder
from bpe.engine.encoding import TokenSpan
from bpe.reference.encoding import SpecialTokens
from bpe.vocabulary import TokenId, Vocabulary

if COMPILED:
    from bpe.engine.kernels import encoding as kernels
