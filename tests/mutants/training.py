"""Chapter T, broken."""

# ruff: noqa: D102 - the protocols in bpe.conformance say what each method does

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from bpe.conformance import Model, Training
from bpe.conformance.model import IdMerge
from bpe.conformance.protocol_training import PairCounts
from tests.mutants.listing import breaks
from tests.staged import Rows, Staged

Pair = tuple[int, int]


@breaks("training_depends_on_the_multiset_of_pre_tokens", "every_merge_takes_a_most_frequent_pair")
class FirstSeenAlways(Staged):
    """Takes the pair that it met first, whatever the tie-break profile."""

    def choose(self, counts: PairCounts, model: Model, training: Training) -> Pair:
        return super().choose(counts, model, training.change(tie_break="first-seen"))


@breaks("every_merge_takes_a_most_frequent_pair", "training_equals_the_definition")
class CountsWithoutOverlap(Staged):
    """Counts only as many pairs in a run as can merge."""

    def count_rows(self, rows: Rows) -> dict[Pair, int]:
        counts: dict[Pair, int] = {}
        for row, weight in rows:
            last: tuple[Pair, int] | None = None
            for index, pair in enumerate(pairwise(row)):
                if last != (pair, index - 1):
                    counts[pair] = counts.get(pair, 0) + weight
                    last = (pair, index)
        return counts


@breaks("every_merge_takes_a_most_frequent_pair", "training_equals_the_definition")
class TiesTheOtherWay(Staged):
    """Under `smallest-pair` takes the greatest."""

    def choose(self, counts: PairCounts, model: Model, training: Training) -> Pair:
        if training.tie_break == "smallest-pair":
            return max(pair for pair, count in counts.items() if count == max(counts.values()))
        return super().choose(counts, model, training)


@breaks("fewer_merges_are_a_prefix")
class GoesByTheGoal(Staged):
    """Lets the size that is asked for decide between pairs."""

    def choose(self, counts: PairCounts, model: Model, training: Training) -> Pair:
        if training.merges % 2:
            return super().choose(counts, model, training)
        return max(counts, key=lambda pair: (counts[pair], pair))


@breaks("counts_never_rise", "every_merge_takes_a_most_frequent_pair")
class RarestFirst(Staged):
    """Takes the rarest pair."""

    def choose(self, counts: PairCounts, model: Model, training: Training) -> Pair:  # noqa: ARG002
        return min(counts, key=lambda pair: (counts[pair], pair))


@breaks("training_stops_when_pairs_are_too_rare")
class FailsWhenDone(Staged):
    """Takes the greatest of no pairs when there are no more, as simple trainers do."""

    def step(self, model: Model, rows: Rows, training: Training) -> tuple[Model, Rows] | None:
        max(self.count_rows(rows).values())
        return super().step(model, rows, training)


@breaks("training_stops_when_pairs_are_too_rare", "training_equals_the_definition")
class StopsOneTooLate(Staged):
    """Takes a pair that is one short of the minimum frequency."""

    def is_enough(self, count: int, training: Training) -> bool:
        return count >= training.min_frequency - 1


@breaks("training_stops_when_pairs_are_too_rare")
class StopsTooEarly(Staged):
    """Takes only pairs that occur more often than the minimum frequency."""

    def is_enough(self, count: int, training: Training) -> bool:
        return count > training.min_frequency


@breaks("tokens_are_made_of_older_ones", "training_equals_the_definition")
class LeavesAGap(Staged):
    """Leaves out an id where others have their special tokens."""

    def new_id(self, model: Model) -> int:
        return max(model.tokens) + 1 + (len(model.tokens) == 257)


@breaks("no_two_tokens_have_the_same_bytes", "every_token_encodes_to_itself")
class MergesOncePerWord(Staged):
    """Applies a merge only to the first occurrence in each pre-token, and so makes some tokens twice."""

    def apply(self, row: list[int], merge: IdMerge) -> list[int]:
        for index, pair in enumerate(pairwise(row)):
            if pair == merge[:2]:
                return [*row[:index], merge[2], *row[index + 2 :]]
        return row


@breaks(
    "every_token_encodes_to_itself",
    "tokens_that_are_no_text_encode_to_themselves",
    "training_pre_tokens_encode_as_training_left_them",
)
class LastMergeFirst(Staged):
    """Encodes with the merges in the wrong order."""

    def merge_alone(self, model: Model, piece: bytes) -> list[int]:
        return (
            super().merge_alone(model.change(merges=tuple(reversed(model.merges or ()))), piece)
            if self._ordered(model)
            else []
        )

    def _ordered(self, model: Model) -> bool:
        return model.merges is not None


@breaks("statistics_equal_a_recount")
class ForgetsToSubtract(Staged):
    """Keeps counting pairs that a merge has taken away."""

    def pair_statistics(self, given: Training) -> Sequence[PairCounts]:
        seen: Counter[Pair] = Counter()
        statistics: list[PairCounts] = []
        for counts in super().pair_statistics(given):
            seen |= Counter(counts)
            statistics.append(dict(seen))
        return statistics


@breaks("counts_sum_to_the_places_for_pairs", "statistics_equal_a_recount")
class ForgetsTheWeights(Staged):
    """Counts each pre-token once, however often it occurs."""

    def pair_statistics(self, given: Training) -> Sequence[PairCounts]:
        return super().pair_statistics(given.change(texts=tuple(dict.fromkeys(given.texts)), pattern=None))


@breaks("counts_of_parts_add_up", "texts_without_a_pattern_are_counted_whole")
class CountsEachOnce(Staged):
    """Counts in how many texts a pre-token occurs, at most one."""

    def count_pre_tokens(self, texts: Sequence[str], pattern: str | None) -> Mapping[str, int]:
        return dict.fromkeys(super().count_pre_tokens(texts, pattern), 1)


@breaks("counts_of_parts_add_up")
class AddsBackwards(Staged):
    """Adds counts so that the second comes first."""

    def add_counts(self, first: Mapping[str, int], second: Mapping[str, int]) -> Mapping[str, int]:
        return super().add_counts(second, first)
