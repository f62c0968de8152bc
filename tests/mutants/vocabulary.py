"""Chapter V, broken."""

# ruff: noqa: D102 - the protocols in bpe.conformance say what each method does

from __future__ import annotations

from collections.abc import Sequence

from bpe.conformance import BYTES, Model
from tests.mutants.listing import breaks
from tests.staged import Staged


@breaks("every_byte_has_an_id")
class FillsMissingBytes(Staged):
    """Gives a byte that has no id one of its own."""

    def load(self, model: Model) -> None:
        missing = {10_000 + value: token for value, token in BYTES.items() if token not in model.ids}
        super().load(model.change(tokens={**model.tokens, **missing}))


@breaks("tokens_are_distinct_and_not_empty")
class LastIdWins(Staged):
    """Keeps the last of the ids that have the same bytes, as a table by bytes does."""

    def load(self, model: Model) -> None:
        by_bytes = {token: token_id for token_id, token in model.tokens.items() if token}
        super().load(Model({token_id: token for token, token_id in by_bytes.items()}))


@breaks("gaps_are_reported")
class CallsItDense(Staged):
    """Counts the tokens, and takes ids to run from 0 to that number."""

    def gaps(self, model: Model) -> Sequence[tuple[int, int]]:  # noqa: ARG002
        return []


@breaks("gaps_are_reported")
class FillsGaps(Staged):
    """Gives every id in a gap a token of its own, as exports to other formats do."""

    def decode_bytes(self, model: Model, ids: Sequence[int]) -> bytes:
        filled = {i: f"<unused{i}>" for i in ids if type(i) is int and 0 <= i < max(model.all_ids)}
        missing = {text: i for i, text in filled.items() if i not in model.all_ids}
        return super().decode_bytes(model.change(special_tokens={**model.special_tokens, **missing}), ids)


@breaks("parts_come_before_the_whole")
class AnyOrder(Staged):
    """Takes merges in any order, and believes what they say they make."""

    def load(self, model: Model) -> None:
        super().load(model.change(merges=None))
