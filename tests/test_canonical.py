"""Canonical vocabularies: what the definition says, what the fast conversions do, and what follows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bpe.conformance import BYTES, Model
from bpe.conformance.model_strategies import bare_models, canonical_models, rank_models
from bpe.conversion import forget_merges, recover_merges
from bpe.errors import CannotExpressError
from bpe.reference.canonical import is_canonical_vocabulary, is_self_encoding, is_well_founded, recovered_merges
from bpe.targets.own_models import to_vocabulary
from bpe.vocabulary import Merge, TokenId, Vocabulary

A, B = b"ab"


def _recovers(vocabulary: Vocabulary) -> tuple[Merge, ...] | None:
    try:
        return recover_merges(vocabulary).merges
    except CannotExpressError:
        return None


def _forgets(vocabulary: Vocabulary) -> bool:
    try:
        forget_merges(vocabulary)
    except CannotExpressError:
        return False
    return True


@given(rank_models() | bare_models().map(lambda model: model.change(merges=None)))
def test_merges_are_recovered_as_the_definition_says(model: Model) -> None:
    vocabulary = to_vocabulary(model)
    assert _recovers(vocabulary) == recovered_merges(vocabulary.token_bytes)


@given(bare_models().filter(lambda model: model.merges is not None))
def test_merges_are_forgotten_exactly_on_canonical_vocabularies(model: Model) -> None:
    vocabulary = to_vocabulary(model)
    assert _forgets(vocabulary) == is_canonical_vocabulary(vocabulary)


@given(bare_models().filter(lambda model: model.merges is not None))
def test_canonical_is_well_founded_self_encoding_complete_and_in_order(model: Model) -> None:
    vocabulary = to_vocabulary(model)
    merges = vocabulary.merges or ()
    results = [merge.result for merge in merges]
    assert is_canonical_vocabulary(vocabulary) == (
        is_well_founded(merges)
        and all(is_self_encoding(token_id, vocabulary) for token_id in vocabulary.token_bytes)
        and results == sorted(i for i, token in vocabulary.token_bytes.items() if len(token) > 1)
    )


@given(st.one_of(canonical_models(), canonical_models().map(lambda model: model.change(merges=None))))
def test_every_token_of_a_canonical_vocabulary_encodes_to_itself(model: Model) -> None:
    vocabulary = to_vocabulary(model)
    assert is_canonical_vocabulary(vocabulary)
    assert all(is_self_encoding(TokenId(token_id), vocabulary) for token_id in vocabulary.token_bytes)


def test_encoding_to_itself_is_not_enough() -> None:
    merges = ((A, A, 256), (A, 256, 257), (B, 256, 258), (256, A, 257))
    vocabulary = to_vocabulary(Model(BYTES | {256: b"aa", 257: b"aaa", 258: b"baa"}, merges))
    assert all(is_self_encoding(token_id, vocabulary) for token_id in vocabulary.token_bytes)
    assert not is_canonical_vocabulary(vocabulary)
