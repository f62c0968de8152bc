"""What merging makes of every short text, by the definition and by each way in which the engine merges: they must agree."""

from __future__ import annotations

from collections.abc import Callable

from bpe.conformance import Model
from bpe.engine import COMPILED
from bpe.engine import merges as engine
from bpe.reference.encoding import encode_piece
from bpe.reference.merges import merge_all_by_pairs, merge_by_ranks, merge_piece
from bpe.targets.own_models import to_vocabulary
from bpe.vocabulary import TokenId, Vocabulary
from tests.merge_checks import Table

if COMPILED:
    from bpe.engine.kernels.left_to_right import tables_of
    from bpe.engine.kernels.pair_table import PairTable

Merger = Callable[[bytes], list[TokenId]]


def long_merger(vocabulary: Vocabulary) -> Merger:
    """Return the engine's way with long pre-tokens, for pre-tokens of any length."""
    rank_of, result_of = engine._pair_functions(vocabulary)
    return lambda piece: engine._merge_long([TokenId(value) for value in piece], rank_of, result_of)


def left_to_right_merger(vocabulary: Vocabulary) -> Merger | None:
    """Return the kernels' way from left to right, which a vocabulary that is not canonical does not have, nor one without kernels."""
    if not COMPILED:
        return None
    tables = tables_of(PairTable(vocabulary))
    if tables is None:
        return None
    ids = [*vocabulary.token_bytes]

    def merge(piece: bytes) -> list[TokenId]:
        numbers = tables.merge_piece(piece)
        assert numbers is not None
        return [ids[number] for number in numbers]

    return merge


def make_table(model: Model, pieces: list[bytes]) -> Table:
    """Return the ids of every text, which the definition and each way of the engine agree on."""
    vocabulary = to_vocabulary(model)
    short, long = engine.compile_merger(vocabulary), long_merger(vocabulary)
    left_to_right = left_to_right_merger(vocabulary)
    table: dict[bytes, list[int]] = {}
    for piece in pieces:
        ids = merge_piece(piece, vocabulary)
        assert short(piece) == ids, (model, piece)
        assert long(piece) == ids, (model, piece)
        if left_to_right is not None and piece:
            assert left_to_right(piece) == ids, (model, piece)
        table[piece] = [*ids]
    return table


def check_everywhere(vocabulary: Vocabulary, table: Table) -> None:
    """M5: so says the definition of applying each merge once, everywhere."""
    assert vocabulary.merges is not None
    if len({merge.result for merge in vocabulary.merges}) == len(vocabulary.merges):
        for piece, ids in table.items():
            assert merge_all_by_pairs(piece, vocabulary.token_ids, vocabulary.merges) == ids, piece


def check_other_semantics(model: Model, table: Table) -> None:
    """M6 and M7: on a canonical vocabulary rank semantics and the shortcut for whole pre-tokens give the same ids."""
    ranks = to_vocabulary(model.change(merges=None))
    short, long = engine.compile_merger(ranks), long_merger(ranks)
    left_to_right = left_to_right_merger(ranks)
    assert (left_to_right is not None) == COMPILED
    shortcut = to_vocabulary(model.change(whole_pre_token=True))
    for piece, ids in table.items():
        assert merge_by_ranks(piece, ranks.token_ids) == short(piece) == long(piece) == ids, (model, piece)
        assert encode_piece(piece, shortcut) == ids, (model, piece)
        if left_to_right is not None and piece:
            assert left_to_right(piece) == ids, (model, piece)
