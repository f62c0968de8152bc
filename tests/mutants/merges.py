"""Chapter M, broken."""

# ruff: noqa: D102 - the protocols in bpe.conformance say what each method does

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from bpe.conformance import Model
from bpe.conformance.model import IdMerge
from bpe.conformance.plain_merging import merge_alone, merge_of
from tests.mutants.listing import breaks
from tests.staged import Staged


@breaks("merging_keeps_the_bytes")
class LosesALetter(Staged):
    """Leaves out a byte that did not merge."""

    def merge_alone(self, model: Model, piece: bytes) -> list[int]:
        return [token_id for token_id in super().merge_alone(model, piece) if model.tokens[token_id] != b"b"]


@breaks("a_pair_is_merged_left_to_right", "ids_are_those_of_the_definition")
class RightmostFirst(Staged):
    """Merges the rightmost of equal pairs."""

    def merge_alone(self, model: Model, piece: bytes) -> list[int]:
        turned = _turn(model)
        return merge_alone(turned, piece[::-1])[::-1]


def _turn(model: Model) -> Model:
    """Return the model that reads from right to left."""
    tokens = {token_id: token[::-1] for token_id, token in model.tokens.items()}
    turned = None if model.merges is None else tuple((right, left, result) for left, right, result in model.merges)
    return Model(tokens, turned)


@breaks("the_lowest_rank_merges_first")
class RightmostFirstOfTies(RightmostFirst):
    """The same; the property of the lowest rank shrinks it to three letters as well."""


@breaks("merging_twice_is_merging_once")
class OverlappingMerge(Staged):
    """Lets a merge begin inside another."""

    def apply_merge(self, ids: Sequence[int], merge: IdMerge) -> Sequence[int]:
        starts = {index for index in range(len(ids) - 1) if tuple(ids[index : index + 2]) == merge[:2]}
        return [
            merge[2] if index in starts else token
            for index, token in enumerate(ids)
            if index - 1 not in starts or index in starts
        ]


@breaks(
    "the_lowest_rank_merges_first", "merging_everywhere_at_once_is_the_same", "with_more_merges_boundaries_only_vanish"
)
class LongestMatch(Staged):
    """Takes the longest token that the text begins with, again and again, as greedy tokenizers do."""

    def merge_alone(self, model: Model, piece: bytes) -> list[int]:
        ids: list[int] = []
        while piece:
            length = max(size for size in range(1, len(piece) + 1) if piece[:size] in model.ids)
            ids.append(model.ids[piece[:length]])
            piece = piece[length:]
        return ids


@breaks("the_lowest_rank_merges_first")
class LeastIdFirst(Staged):
    """Goes by the ids that merges make instead of their order in the list."""

    def merge_alone(self, model: Model, piece: bytes) -> list[int]:
        if model.merges is not None:
            model = model.change(merges=tuple(sorted(model.merges, key=lambda merge: merge[2])))
        return super().merge_alone(model, piece)


@breaks("nothing_is_left_to_merge", "the_lowest_rank_merges_first")
class NeverLooksBack(Staged):
    """After a merge, forgets that the new token may merge with what stands before it."""

    def merge_alone(self, model: Model, piece: bytes) -> list[int]:
        merge = merge_of(model)
        row = [model.ids[bytes([value])] for value in piece]
        found = [merge(left, right) for left, right in pairwise(row)]
        while any(found):
            _, index, result = min((each[0], index, each[1]) for index, each in enumerate(found) if each)
            row[index : index + 2] = [result]
            found[index : index + 2] = [merge(result, row[index + 1])] if index + 1 < len(row) else []
            if index:
                found[index - 1] = None
        return row


@breaks("pairs_and_ranks_agree_on_a_canonical_vocabulary")
class LongestFirst(Staged):
    """Under rank semantics, merges the pair that makes the longest token first."""

    def merge_alone(self, model: Model, piece: bytes) -> list[int]:
        if model.merges is not None:
            return super().merge_alone(model, piece)
        by_length = sorted(model.tokens.values(), key=lambda token: (-len(token), token))
        ids = merge_alone(Model(dict(enumerate(by_length))), piece)
        return [model.ids[by_length[index]] for index in ids]


@breaks("the_shortcut_changes_nothing_on_a_canonical_vocabulary", "the_shortcut_takes_whole_tokens_alone")
class ShortcutForPrefixes(Staged):
    """Under the shortcut, takes the longest token that a pre-token begins with."""

    def encode_piece(self, model: Model, piece: bytes) -> list[int]:
        if not model.whole_pre_token or not piece:
            return super().encode_piece(model, piece)
        size = max(size for size in range(1, len(piece) + 1) if piece[:size] in model.ids)
        return [model.ids[piece[:size]], *self.encode_piece(model, piece[size:])]


@breaks("the_shortcut_takes_whole_tokens_alone")
class AlwaysTheShortcut(Staged):
    """Takes the shortcut whatever the profile says."""

    def encode_piece(self, model: Model, piece: bytes) -> list[int]:
        return super().encode_piece(model.change(whole_pre_token=True), piece)


@breaks(
    "what_lies_between_boundaries_merges_alone",
    "text_between_boundaries_merges_alone",
    "ids_that_pair_up_glue",
    "the_lowest_rank_merges_first",
)
class CutsLongPieces(Staged):
    """Cuts a long pre-token into blocks of three bytes, so that no piece takes long."""

    def merge_alone(self, model: Model, piece: bytes) -> list[int]:
        merge = super().merge_alone
        return [token for start in range(0, len(piece), 3) for token in merge(model, piece[start : start + 3])]
