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


@breaks("long_texts_are_encoded_as_defined")
class CutsAtTwoHundredFiftySix(Staged):
    """Cuts a text after each 256 characters, because a length has to go into a byte."""

    def ordinary(self, model: Model, text: str) -> list[int]:
        blocks = [text[start : start + 256] for start in range(0, len(text), 256)]
        return [
            token_id for block in blocks for token_id in super(CutsAtTwoHundredFiftySix, self).ordinary(model, block)
        ]


@breaks("each_token_is_that_of_the_definition")
class LosesControls(Staged):
    """Decodes control characters to nothing."""

    def decode_bytes(self, model: Model, ids: Sequence[int]) -> bytes:
        return super().decode_bytes(model, ids).translate(None, bytes(range(32)))
