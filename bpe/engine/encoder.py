"""The encoder of a vocabulary: compiled where the kernels are, portable elsewhere, and always with the same answers."""

# ruff: noqa: D102 - `PortableEncoder` says what each method does

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Protocol, cast

from bpe.engine import COMPILED
from bpe.engine.encoding import PortableEncoder, TokenSpan
from bpe.reference.encoding import SpecialTokens
from bpe.vocabulary import TokenId, Vocabulary

if COMPILED:
    from bpe.engine.kernels import encoding as kernels
    from bpe.engine.kernels.pair_table import CollidingPairsError


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
        with suppress(CollidingPairsError):  # a vocabulary made to slow the kernels down
            encoder: Encoder = kernels.Encoder(vocabulary)
            return encoder
    return PortableEncoder(vocabulary)


def encoder_when_used(vocabulary: Vocabulary, use: Callable[[Encoder], None]) -> Encoder:
    """Return what stands for the encoder of a vocabulary, makes it when first asked for anything, and hands it to `use`.

    Clauses: E9.

    >>> from bpe.vocabulary import single_bytes
    >>> made = []
    >>> stand_in = encoder_when_used(Vocabulary(single_bytes()), made.append)
    >>> stand_in.encode_ordinary("a"), stand_in.encode_ordinary("b"), len(made)
    ([97], [98], 1)
    """
    return cast("Encoder", _WhenUsed(vocabulary, use))


class _WhenUsed:
    __slots__ = ("_encoder", "_use", "_vocabulary")

    def __init__(self, vocabulary: Vocabulary, use: Callable[[Encoder], None]) -> None:
        self._vocabulary = vocabulary
        self._use = use
        self._encoder: Encoder | None = None

    def __getattr__(self, name: str) -> Any:
        # Only asked for what is not here: the methods. Threads that come here at once make equal encoders, and one stays.
        if self._encoder is None:
            self._encoder = make_encoder(self._vocabulary)
            self._use(self._encoder)
        return getattr(self._encoder, name)
