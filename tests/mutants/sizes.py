"""Wrong only where there is much: in long texts, and in a few tokens of many."""

# ruff: noqa: D102 - the protocols in bpe.conformance say what each method does

from __future__ import annotations

from collections.abc import Sequence

from bpe.conformance import Model
from tests.mutants.listing import breaks
from tests.staged import Staged


@breaks("long_texts_are_given_back", "long_texts_are_encoded_as_defined")
class ShortBuffer(Staged):
    """Copies the first 256 bytes of a text, and nothing behind them."""

    def ordinary(self, model: Model, text: str) -> list[int]:
        return super().ordinary(model, text.encode()[:256].decode(errors="ignore"))


@breaks("each_token_is_that_of_the_definition")
class LosesControls(Staged):
    """Decodes control characters to nothing."""

    def decode_bytes(self, model: Model, ids: Sequence[int]) -> bytes:
        return super().decode_bytes(model, ids).translate(None, bytes(range(32)))


@breaks("each_character_is_cut_as_defined")
class KnowsTheFirstPlane(Staged):
    """Takes each character beyond the first plane for U+FFFD."""

    def scalars(self, model: Model, text: str) -> str:
        known = (character if character < "\U00010000" else "\ufffd" for character in text)
        return super().scalars(model, "".join(known))
