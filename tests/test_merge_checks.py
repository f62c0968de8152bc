"""The exhaustive checks of chapter M are its properties: these themselves, on fewer vocabularies, and wrong merging."""

# ruff: noqa: D102 - the protocols in bpe.conformance say what each method does

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from bpe.conformance import Model
from bpe.conformance.properties.merges import (
    a_pair_is_merged_left_to_right,
    ids_that_pair_up_glue,
    merging_everywhere_at_once_is_the_same,
    merging_keeps_the_bytes,
    merging_twice_is_merging_once,
    nothing_is_left_to_merge,
    pairs_and_ranks_agree_on_a_canonical_vocabulary,
    the_lowest_rank_merges_first,
    the_shortcut_changes_nothing_on_a_canonical_vocabulary,
    what_lies_between_boundaries_merges_alone,
    with_more_merges_boundaries_only_vanish,
)
from bpe.engine import merges as engine
from bpe.targets.own_models import to_vocabulary
from tests.engine_target import Running
from tests.merge_checks import (
    Table,
    check_boundaries_only_vanish,
    check_bytes,
    check_everywhere_at_once,
    check_gluing,
    check_locality,
    check_normal_form,
    check_order,
    is_canonical,
)
from tests.merge_tables import long_merger, make_table
from tests.mutants.merges import CutsLongPieces, LongestMatch, LosesALetter, NeverLooksBack, RightmostFirst
from tests.reference_target import Reference
from tests.small_vocabularies import (
    lists_of_merges,
    model_of,
    short_pieces,
)
from tests.staged import Staged
from tests.targets import ENGINE, REFERENCE


class LongPieces(Reference):
    """Merges as the engine does with long pre-tokens."""

    name = "engine-long"

    def encode_ordinary(self, model: Model, text: str) -> list[int]:
        return [*long_merger(to_vocabulary(model))(text.encode())]

    def merge(self, model: Model, piece: bytes) -> list[int]:
        return [*long_merger(to_vocabulary(model))(piece)]


@pytest.mark.parametrize("target", [REFERENCE, ENGINE, LongPieces()], ids=lambda target: str(target.name))
def test_the_properties_themselves_on_every_list_of_two_merges(target: Reference | Running) -> None:
    for model in map(model_of, lists_of_merges(2)):
        for text in (piece.decode() for piece in short_pieces(4)):
            merging_keeps_the_bytes(target, model, text)
            the_lowest_rank_merges_first(target, model, text)
            nothing_is_left_to_merge(target, model, text)
            with_more_merges_boundaries_only_vanish(target, model, text)
            what_lies_between_boundaries_merges_alone(target, model, text)
            if len({result for *_, result in model.merges or ()}) == len(model.merges or ()):
                merging_everywhere_at_once_is_the_same(target, model, text)
            if is_canonical(model):
                pairs_and_ranks_agree_on_a_canonical_vocabulary(target, model, text)
                the_shortcut_changes_nothing_on_a_canonical_vocabulary(target, model, text)


@pytest.mark.filterwarnings("ignore:Using `assume` outside")  # which the property does, and which does no harm
@pytest.mark.parametrize("target", [REFERENCE, ENGINE, LongPieces()], ids=lambda target: str(target.name))
def test_the_property_of_gluing_itself_on_every_list_of_two_merges(target: Reference | Running) -> None:
    for model in map(model_of, lists_of_merges(2)):
        tokens = [token_id for token_id, token in model.tokens.items() if token in (b"a", b"b") or len(token) > 1]
        for size in range(1, 5):
            for ids in product(tokens, repeat=size):
                ids_that_pair_up_glue(target, model, list(ids))


def test_every_pair_in_every_row_of_nine() -> None:
    # M2: each merge of two of three ids, and of one with itself, into another.
    for size in range(10):
        for ids in product((1, 2), repeat=size):
            for merge in ((1, 1, 3), (1, 2, 3), (2, 1, 3)):
                merging_twice_is_merging_once(REFERENCE, list(ids), merge)
    for piece in short_pieces(9):
        for pair in ("aa", "ab", "ba"):
            a_pair_is_merged_left_to_right(REFERENCE, pair, piece.decode())
            a_pair_is_merged_left_to_right(ENGINE, pair, piece.decode())


@pytest.mark.parametrize(
    ("check", "mutant"),
    [
        (check_bytes, LosesALetter),
        (check_order, RightmostFirst),
        (check_normal_form, NeverLooksBack),
        (check_everywhere_at_once, LongestMatch),
        (check_locality, CutsLongPieces),
        (check_gluing, CutsLongPieces),
    ],
)
def test_wrong_merging_is_noticed(check: Callable[[Model, Table], None], mutant: type[Staged]) -> None:
    pieces = short_pieces(4)
    models = [model_of(splits) for splits in lists_of_merges(2)]
    tables = [{piece: mutant().merge_alone(model, piece) for piece in pieces} for model in models]
    assert any(_rejects(check, model, table) for model, table in zip(models, tables, strict=True))


def test_a_new_boundary_is_noticed() -> None:
    one, two = (model_of(((b"a", b"b"), (b"b", b"a"))[:size]) for size in (1, 2))
    pieces = short_pieces(4)
    by_longest = [{piece: LongestMatch().merge_alone(model, piece) for piece in pieces} for model in (two, one)]
    assert _rejects(check_boundaries_only_vanish, two, *by_longest)


def test_an_engine_that_differs_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    for way in ("_merge_short", "_merge_long"):
        with monkeypatch.context() as patch:
            patch.setattr(engine, way, lambda ids, *_: ids)
            assert _rejects(make_table, model_of(((b"a", b"b"),)), short_pieces(2))


def _rejects(check: Callable[..., object], *arguments: object) -> bool:
    try:
        check(*arguments)
    except AssertionError:
        return True
    return False
