"""What the properties ask of a tokenizer: one small protocol for each thing that it may be able to do.

A *target* is whatever is checked: a library, a program behind a pipe, a deliberately wrong tokenizer.
It says what it can do by the methods that it has; a property names the protocol that it needs, and is left out where a target lacks it.
Methods take the `Model` each time, so that a target may be a set of plain functions; one that is costly to set up keeps the last.

A target refuses an input by raising `Refusal`; any other exception is a fault of the target.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple, Protocol, runtime_checkable

from hypothesis.strategies import SearchStrategy

from bpe.conformance.model import Gaps, IdMerge, Model

#: A set of special tokens: texts, or all that there are.
SpecialTokens = Literal["all"] | Collection[str]


class TokenSpan(NamedTuple):
    """A token's id, and the half-open ranges of bytes and of characters that it covers."""

    token_id: int
    byte_start: int
    byte_stop: int
    char_start: int
    char_stop: int


# --- encoding ------------------------------------------------------------------------------------
#
# Where there is no `disallowed_special`, special tokens that are not allowed are ordinary text.


@runtime_checkable
class Encodes(Protocol):
    """The black box: text to ids and back.

    `models` are the models that it can be asked for: for a fixed encoding, that one alone.
    """

    @property
    def models(self) -> SearchStrategy[Model]:
        """Return the models that this target can be asked for."""

    def encode(
        self,
        model: Model,
        text: str,
        *,
        allowed_special: SpecialTokens = (),
        disallowed_special: SpecialTokens = "all",
    ) -> Sequence[int]:
        """Return the ids of a text; by default every special token in it is refused."""

    def encode_ordinary(self, model: Model, text: str) -> Sequence[int]:
        """Return the ids of a text in which nothing is special."""

    def decode_bytes(self, model: Model, ids: Sequence[int]) -> bytes:
        """Return the bytes of ids."""

    def decode(self, model: Model, ids: Sequence[int], errors: str = "replace") -> str:
        """Return the text of ids; `errors` is `replace` or `strict`."""


@runtime_checkable
class Loads(Encodes, Protocol):
    """Takes on any well-formed model; refuses one that is not."""

    def load(self, model: Model) -> None:
        """Accept a model, or refuse it."""


@runtime_checkable
class AddsSpecialTokens(Loads, Protocol):
    """Adds special tokens to a tokenizer that is there."""

    def add_special_tokens(self, model: Model, special_tokens: Mapping[str, int]) -> None:
        """Accept more special tokens for a model, or refuse them."""


@runtime_checkable
class ReportsGaps(Loads, Protocol):
    """Says which ids below the greatest no token has."""

    def gaps(self, model: Model) -> Sequence[tuple[int, int]]:
        """Return the first and the last id of each gap, in order."""


@runtime_checkable
class EncodesBytes(Loads, Protocol):
    """Encodes bytes that need not be UTF-8."""

    def encode_bytes(self, model: Model, data: bytes) -> Sequence[int]:
        """Return the ids of bytes, as ordinary text."""


@runtime_checkable
class EncodesBatches(Encodes, Protocol):
    """Encodes many texts in one call."""

    def encode_batch(
        self, model: Model, texts: Sequence[str], *, allowed_special: SpecialTokens, workers: int
    ) -> Sequence[Sequence[int]]:
        """Return the ids of each text, found by so many workers."""


@runtime_checkable
class Counts(Encodes, Protocol):
    """Counts tokens, and judges limits, without giving the ids."""

    def count(self, model: Model, text: str, *, allowed_special: SpecialTokens) -> int:
        """Return how many ids a text has."""

    def is_within_limit(self, model: Model, text: str, limit: int, *, allowed_special: SpecialTokens) -> bool:
        """Tell whether a text has at most so many ids."""


@runtime_checkable
class JudgesIds(Encodes, Protocol):
    """Tells whether ids are what their own text encodes to."""

    def is_canonical(self, model: Model, ids: Sequence[int], *, allowed_special: SpecialTokens) -> bool:
        """Tell whether ids are those of the text that they decode to."""


@runtime_checkable
class GivesOffsets(Encodes, Protocol):
    """Says which bytes and characters each token covers."""

    def encode_with_offsets(self, model: Model, text: str, *, allowed_special: SpecialTokens) -> Sequence[TokenSpan]:
        """Return each token with what it covers."""


@runtime_checkable
class RunsElsewhere(Encodes, Protocol):
    """Encodes in another process as well, which was started under the given seed for hashes."""

    def encode_elsewhere(
        self, model: Model, text: str, *, allowed_special: SpecialTokens, hash_seed: int
    ) -> Sequence[int]:
        """Return the ids that the other process gives."""


@runtime_checkable
class Copies(Encodes, Protocol):
    """Encodes with a copy of a tokenizer, or with what a pickle or the like of it holds."""

    @property
    def ways_to_copy(self) -> Sequence[str]:
        """Return the names of the ways in which a tokenizer can be copied."""

    def encode_copied(self, model: Model, text: str, way: str, *, allowed_special: SpecialTokens) -> Sequence[int]:
        """Return the ids that the copy gives."""


# --- stages --------------------------------------------------------------------------------------


@runtime_checkable
class Splits(Protocol):
    """Shows the pre-split."""

    def pre_split(self, pattern: str, text: str, *, gaps: Gaps = "refuse") -> Sequence[str]:
        """Return the pre-tokens of ordinary text."""


@runtime_checkable
class LimitsTime(Splits, Protocol):
    """Runs a pattern that is not a named one for some seconds at most."""

    def pre_split_within(self, pattern: str, text: str, seconds: float) -> Sequence[str]:
        """Return the pre-tokens, or refuse when that takes longer."""


@runtime_checkable
class SplitsAndLoads(Splits, Loads, Protocol):
    """Shows the pre-split, and encodes with any model."""


@runtime_checkable
class CutsSafely(Splits, Protocol):
    """Finds positions where a text may be cut without changing the pieces."""

    def safe_cuts(self, pattern: str, text: str) -> Sequence[int]:
        """Return the positions, in characters."""


@runtime_checkable
class Merges(Loads, Protocol):
    """Merges one pre-token, of any bytes, by merging alone."""

    def merge(self, model: Model, piece: bytes) -> Sequence[int]:
        """Return the ids of one pre-token."""


@runtime_checkable
class AppliesMerges(Protocol):
    """Applies one merge to a row of ids."""

    def apply_merge(self, ids: Sequence[int], merge: IdMerge) -> Sequence[int]:
        """Return the ids with a pair merged everywhere."""
