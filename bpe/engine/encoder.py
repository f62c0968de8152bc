"""The encoder of a vocabulary: compiled where the kernels are, portable elsewhere, and always with the same answers."""

# ruff: noqa: D102 - `PortableEncoder` says what each method does

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from bpe.engine import COMPILED
from bpe.engine.encoding import PortableEncoder, TokenSpan
from bpe.reference.encoding import SpecialTokens
from bpe.vocabulary import TokenId, Vocabulary

if COMPILED:
    from bpe.engine.kernels import encoding as kernels


class Encoder(Protocol):
    """What both engines offer for one vocabulary; `PortableEncoder` says what each method does."""

    def encode(
        self, text: str, allowed_special: SpecialTokens = ..., disallowed_special: SpecialTokens = ...
    ) -> list[TokenId]: ...

    def encode_ordinary(self, text: str) -> list[TokenId]: ...

    def encode_bytes(self, data: bytes) -> list[TokenId]: ...

    def encode_to_array(
        self, text: str, allowed_special: SpecialTokens, disallowed_special: SpecialTokens
    ) -> object: ...

    def encode_with_offsets(
        self, text: str, allowed_special: SpecialTokens, disallowed_special: SpecialTokens
    ) -> list[TokenSpan]: ...

    def count(
        self, text: str, allowed_special: SpecialTokens, disallowed_special: SpecialTokens, limit: int | None = ...
    ) -> int: ...

    def decode_bytes(self, ids: Iterable[int]) -> bytes: ...

    def decode_each(self, ids: Iterable[int]) -> list[bytes]: ...


def make_encoder(vocabulary: Vocabulary) -> Encoder:
    """Return the encoder of a vocabulary: that of the kernels where they run and their tables have room for it.

    Clauses: E9.

    >>> from bpe.vocabulary import single_bytes
    >>> make_encoder(Vocabulary(single_bytes() | {256: b"aa"})).encode_ordinary("aaa")
    [256, 97]
    """
    if COMPILED and kernels.fits(vocabulary):
        encoder: Encoder = kernels.Encoder(vocabulary)
        return encoder
    return PortableEncoder(vocabulary)
