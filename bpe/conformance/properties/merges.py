"""Chapter M: merging inside one pre-token, without the whole-pre-token shortcut."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from bpe.conformance.clauses import clause
from bpe.conformance.model import BYTES, IdMerge, Model
from bpe.conformance.model_strategies import bare_models, canonical_models, pair_models, rank_models
from bpe.conformance.plain_merging import boundaries, merge_alone, merge_everywhere, merge_of
from bpe.conformance.plain_text import first_fault
from bpe.conformance.protocol import AppliesMerges, Loads, Merges
from bpe.conformance.strategies import id_lists, joined_texts, with_piece

PIECES = with_piece(bare_models())


def _merge(target: Loads, model: Model, piece: str) -> list[int]:
    """Return the ids of a text by merging alone: a bare model has no pattern and no shortcut."""
    return list(target.encode_ordinary(model, piece))


@st.composite
def _with_ids(draw: DrawFn) -> tuple[Model, list[int]]:
    model = draw(bare_models())
    return model, draw(id_lists(model))


@clause("M1", PIECES)
def merging_keeps_the_bytes(target: Loads, model: Model, piece: str) -> None:
    """Merging MUST keep the bytes: those of the ids, one after the other, are those of the pre-token."""
    assert b"".join(model.tokens[token_id] for token_id in _merge(target, model, piece)) == piece.encode()


@clause("M2", st.tuples(st.sampled_from(("aa", "ab", "ba")), joined_texts("ab", max_size=12)))
def a_pair_is_merged_left_to_right(target: Loads, pair: str, piece: str) -> None:
    """A pair MUST be merged from left to right without overlap, so that where its result is neither of its parts no occurrence remains and merging again, or merging an absent pair, changes nothing."""
    model = Model(BYTES | {256: pair.encode()}, ((ord(pair[0]), ord(pair[1]), 256),))
    # Replacing in a string has the same rule.
    expected = [256 if letter == "X" else ord(letter) for letter in piece.replace(pair, "X")]
    assert _merge(target, model, piece) == expected


@clause("M2", st.tuples(st.lists(st.integers(1, 2)), st.sampled_from(((1, 1, 3), (1, 2, 3), (2, 1, 3)))))
def merging_twice_is_merging_once(target: AppliesMerges, ids: list[int], merge: IdMerge) -> None:
    """A pair MUST be merged from left to right without overlap, so that where its result is neither of its parts no occurrence remains and merging again, or merging an absent pair, changes nothing."""
    merged = list(target.apply_merge(ids, merge))
    assert merged == merge_everywhere(ids, merge)
    assert merge[:2] not in pairwise(merged)
    assert list(target.apply_merge(merged, merge)) == merged
    if merge[:2] not in pairwise(ids):
        assert merged == ids


@clause("M3", PIECES)
def the_lowest_rank_merges_first(target: Loads, model: Model, piece: str) -> None:
    """Of all pairs that may merge, the one of lowest rank MUST be merged first, and among equal ones the leftmost."""
    assert _merge(target, model, piece) == merge_alone(model, piece.encode())


@clause("M4", PIECES)
def nothing_is_left_to_merge(target: Loads, model: Model, piece: str) -> None:
    """The result of merging MUST be in normal form: no two neighbours in it may merge."""
    merge = merge_of(model)
    for left, right in pairwise(_merge(target, model, piece)):
        assert merge(left, right) is None, f"{left} and {right} may merge"


def _well_founded() -> SearchStrategy[Model]:
    """Return models in which each merge makes a token of its own; its parts always come before it."""
    return pair_models().filter(lambda model: _is_well_founded(model.merges or ())) | canonical_models()


def _is_well_founded(merges: tuple[IdMerge, ...]) -> bool:
    return len({result for _, _, result in merges}) == len(merges)


@clause("M5", with_piece(_well_founded()))
def merging_everywhere_at_once_is_the_same(target: Loads, model: Model, piece: str) -> None:
    """On a well-founded vocabulary, merging the leftmost pair and looking again MUST give what applying each merge once, everywhere and in the order of ranks, gives."""
    row = [model.ids[bytes([value])] for value in piece.encode()]
    for merge in model.merges or ():
        row = merge_everywhere(row, merge)
    assert _merge(target, model, piece) == row


@clause("M6", with_piece(canonical_models()))
def pairs_and_ranks_agree_on_a_canonical_vocabulary(target: Loads, model: Model, piece: str) -> None:
    """On a canonical vocabulary, pair semantics and rank semantics MUST give the same ids."""
    assert _merge(target, model, piece) == _merge(target, model.change(merges=None), piece)


@clause("M7", with_piece(canonical_models() | canonical_models().map(lambda model: model.change(merges=None))))
def the_shortcut_changes_nothing_on_a_canonical_vocabulary(target: Loads, model: Model, piece: str) -> None:
    """The whole-pre-token shortcut MUST change nothing on a canonical vocabulary; on any other, a pre-token that is a token as a whole is sure to become it under the shortcut alone."""
    assert _merge(target, model.change(whole_pre_token=True), piece) == _merge(target, model, piece)


@clause("M7", with_piece(rank_models() | pair_models()))
def the_shortcut_takes_whole_tokens_alone(target: Loads, model: Model, piece: str) -> None:
    """The whole-pre-token shortcut MUST change nothing on a canonical vocabulary; on any other, a pre-token that is a token as a whole is sure to become it under the shortcut alone."""
    for text in (piece, *model.token_texts):
        merged = merge_alone(model, text.encode())
        whole = [model.ids[text.encode()]] if text.encode() in model.ids else merged
        assert _merge(target, model, text) == merged
        assert _merge(target, model.change(whole_pre_token=True), text) == whole


@clause("M8", with_piece(pair_models()))
def with_more_merges_boundaries_only_vanish(target: Loads, model: Model, piece: str) -> None:
    """The boundaries that merging leaves under one more merge of the highest rank MUST be among those that it leaves without it."""
    merges = model.merges or ()
    before = set(range(len(piece.encode()) + 1))
    for size in range(1, len(merges) + 1):
        made = {result: model.tokens[result] for _, _, result in merges[:size]}
        fewer = Model({i: token for i, token in model.tokens.items() if len(token) == 1} | made, merges[:size])
        after = set(boundaries(model, _merge(target, fewer, piece)))
        assert after <= before, f"merge {size - 1} makes boundaries at {sorted(after - before)}"
        before = after


@clause("M9", PIECES)
def what_lies_between_boundaries_merges_alone(target: Merges, model: Model, piece: str) -> None:
    """The bytes between two boundaries of a pre-token's ids MUST merge alone to the ids that stand between them."""
    ids = list(target.merge(model, piece.encode()))
    cuts = boundaries(model, ids)
    for start in range(len(ids)):
        for stop in range(start + 1, len(ids) + 1):
            assert list(target.merge(model, piece.encode()[cuts[start] : cuts[stop]])) == ids[start:stop]


@clause("M9", PIECES)
def text_between_boundaries_merges_alone(target: Loads, model: Model, piece: str) -> None:
    """The bytes between two boundaries of a pre-token's ids MUST merge alone to the ids that stand between them."""
    ids = _merge(target, model, piece)
    cuts = boundaries(model, ids)
    size = 0
    for character in piece:
        size += len(character.encode())
        if size in cuts:
            stop = cuts.index(size)
            assert _merge(target, model, piece.encode()[:size].decode()) == ids[:stop]
            assert _merge(target, model, piece.encode()[size:].decode()) == ids[stop:]


@clause("M10", _with_ids())
def ids_that_pair_up_glue(target: Loads, model: Model, ids: list[int]) -> None:
    """Two or more ids MUST be what merging gives for their bytes exactly when every two neighbours are, and a single id exactly when it encodes to itself."""

    def is_result(some: list[int]) -> bool:
        data = b"".join(model.tokens[token_id] for token_id in some)
        assume(first_fault(data) is None)  # a black box merges text alone
        return _merge(target, model, data.decode()) == some

    assume(ids)
    if len(ids) == 1:
        assert is_result(ids) == (merge_alone(model, model.tokens[ids[0]]) == ids)
    else:
        assert is_result(ids) == all(is_result([left, right]) for left, right in pairwise(ids))
