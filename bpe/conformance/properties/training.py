"""Chapter T: which pairs are merged, and in which order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from bpe.conformance.clauses import clause
from bpe.conformance.model import Model, Training
from bpe.conformance.model_strategies import patterns
from bpe.conformance.plain_merging import count_pairs, merge_everywhere, preferred_pair, scan
from bpe.conformance.plain_text import utf8
from bpe.conformance.protocol_training import CountsPreTokens, ShowsStatistics, Trains, TrainsAndLoads, TrainsAndMerges
from bpe.conformance.strategies import corpora, joined_texts, trainings

#: Patterns that Python's own `re` understands alike, so that pre-tokens are known without a tokenizer.
_SIMPLE_PATTERNS = (r"[ab]+|[^ab]", r"(?s:..?)", r"[a-z]+|[^a-z]+")

Rows = list[tuple[list[int], int]]


def _simple_trainings() -> SearchStrategy[tuple[Training]]:
    return st.tuples(trainings(pattern=st.none() | st.sampled_from(_SIMPLE_PATTERNS)))


def pre_tokens(training: Training) -> list[str]:
    """Return the pre-tokens of a training whose pattern is simple, in order."""
    ordinary = [part for text in training.texts for special, part in scan(text, training.special_tokens) if not special]
    if training.pattern is None:
        return ordinary
    return [piece for text in ordinary for piece in re.findall(training.pattern, text)]


@dataclass(frozen=True)
class Stage:
    """Where a training stands before a merge, or at its end."""

    rows: Rows
    counts: dict[tuple[int, int], int]


def replay(training: Training, trained: Model) -> Iterator[Stage]:
    """Yield what the rows and counts are before each merge of a trained model, and at the end, by counting again."""
    pieces = pre_tokens(training)
    rows = [([trained.ids[bytes([value])] for value in utf8(p)], pieces.count(p)) for p in dict.fromkeys(pieces)]
    yield Stage(rows, count_pairs(rows))
    for merge in trained.merges or ():
        rows = [(merge_everywhere(row, merge), weight) for row, weight in rows]
        yield Stage(rows, count_pairs(rows))


def chosen_counts(training: Training, trained: Model) -> list[int]:
    """Return the count of each merge's pair at the step that chose it."""
    stages = replay(training, trained)
    return [stage.counts.get(merge[:2], 0) for merge, stage in zip(trained.merges or (), stages, strict=False)]


@st.composite
def _with_shuffled(draw: DrawFn) -> tuple[Training, list[str]]:
    """Return a training without special tokens, and its pre-tokens in another order."""
    (training,) = draw(_simple_trainings())
    training = training.change(special_tokens=())
    return training, draw(st.permutations(pre_tokens(training)))


@clause("T1", _with_shuffled())
def training_depends_on_the_multiset_of_pre_tokens(target: Trains, training: Training, shuffled: list[str]) -> None:
    """The result of training MUST depend on the multiset of pre-tokens alone, and under the profile `first-seen` also on the order in which they first appear."""
    assume(sorted(shuffled) == sorted(pre_tokens(training)))
    first_order = list(dict.fromkeys(pre_tokens(training)))
    repeats = list(shuffled)
    for piece in first_order:
        repeats.remove(piece)
    reordered = first_order + repeats if training.tie_break == "first-seen" else shuffled
    assert target.train(training.change(texts=tuple(reordered))) == target.train(training)


@clause("T2", _simple_trainings())
def every_merge_takes_a_most_frequent_pair(target: Trains, training: Training) -> None:
    """Every merge MUST take a pair of the highest count, and of several the one that the tie-break profile prefers."""
    trained = target.train(training)
    for merge, stage in zip(trained.merges or (), replay(training, trained), strict=False):
        assert merge[:2] == preferred_pair(stage.counts, trained, training.tie_break)


@clause("T3", st.tuples(trainings(), st.integers(0, 12)))
def fewer_merges_are_a_prefix(target: Trains, training: Training, fewer: int) -> None:
    """The merges of training to fewer tokens MUST be the first merges of training to more."""
    most = target.train(training.change(merges=max(fewer, training.merges))).merges or ()
    least = target.train(training.change(merges=min(fewer, training.merges))).merges or ()
    assert least == most[: min(fewer, training.merges)]


@clause("T4", _simple_trainings())
def counts_never_rise(target: Trains, training: Training) -> None:
    """The counts of successive merges MUST NOT rise, and the count of a pair MUST NOT rise after the step that created it."""
    trained = target.train(training)
    counts = chosen_counts(training, trained)
    assert counts == sorted(counts, reverse=True)
    for before, after in pairwise(replay(training, trained)):
        risen = {pair for pair in before.counts if after.counts.get(pair, 0) > before.counts[pair]}
        assert not risen


@clause("T5", _simple_trainings())
def training_stops_when_pairs_are_too_rare(target: Trains, training: Training) -> None:
    """Training MUST stop, without an error, when no pair reaches the minimum frequency, and not before it has the merges that are asked for."""
    trained = target.train(training.change(merges=40))
    assert all(count >= training.min_frequency for count in chosen_counts(training, trained))
    *_, last = replay(training, trained)
    if len(trained.merges or ()) < 40:
        assert max(last.counts.values(), default=0) < training.min_frequency


@clause("T6", st.tuples(trainings()))
def tokens_are_made_of_older_ones(target: Trains, training: Training) -> None:
    """A new token's bytes MUST be those of its two parts, its id MUST be the next after all before it, and its parts MUST be older than it."""
    trained = target.train(training)
    for number, (left, right, result) in enumerate(trained.merges or ()):
        assert result == 256 + number
        assert max(left, right) < result
        assert trained.tokens[result] == trained.tokens[left] + trained.tokens[right]
    assert sorted(trained.tokens) == list(range(256 + len(trained.merges or ())))


@clause("T7", st.tuples(trainings()))
def no_two_tokens_have_the_same_bytes(target: Trains, training: Training) -> None:
    """Different tokens of a trained vocabulary MUST have different bytes."""
    tokens = list(target.train(training).tokens.values())
    assert len(set(tokens)) == len(tokens)


@clause("T8", st.tuples(trainings()))
def every_token_encodes_to_itself(target: TrainsAndLoads, training: Training) -> None:
    """Every token of a trained vocabulary MUST encode to itself, by merging alone and as one pre-token."""
    trained = target.train(training).bare
    for text in trained.token_texts:
        for model in (trained, trained.change(whole_pre_token=True)):
            assert list(target.encode_ordinary(model, text)) == [trained.ids[utf8(text)]]


@clause("T8", st.tuples(trainings()))
def tokens_that_are_no_text_encode_to_themselves(target: TrainsAndMerges, training: Training) -> None:
    """Every token of a trained vocabulary MUST encode to itself, by merging alone and as one pre-token."""
    trained = target.train(training)
    for token_id, token in trained.tokens.items():
        if len(token) > 1:  # there is nothing to merge in a single byte
            assert list(target.merge(trained, token)) == [token_id]


@clause("T9", _simple_trainings())
def training_pre_tokens_encode_as_training_left_them(target: TrainsAndLoads, training: Training) -> None:
    """Encoding a pre-token of the training texts by merging alone MUST give the ids with which training ended."""
    trained = target.train(training)
    *_, last = replay(training, trained)
    for piece, (row, _) in zip(dict.fromkeys(pre_tokens(training)), last.rows, strict=True):
        assert list(target.encode_ordinary(trained.bare, piece)) == row


@clause("T10", _simple_trainings())
def statistics_equal_a_recount(target: ShowsStatistics, training: Training) -> None:
    """Pair statistics that are kept up to date MUST equal a recount before each merge and at the end."""
    stages = list(replay(training, target.train(training)))
    assert [dict(counts) for counts in target.pair_statistics(training)] == [stage.counts for stage in stages]


@clause("T11", _simple_trainings())
def counts_sum_to_the_places_for_pairs(target: ShowsStatistics, training: Training) -> None:
    """The sum of all pair counts MUST be the sum over the pre-tokens of one less than their length in ids, overlapping places included, none below zero, times how often they occur."""
    stages = replay(training, target.train(training))
    for counts, stage in zip(target.pair_statistics(training), stages, strict=True):
        assert sum(counts.values()) == sum(weight * max(len(row) - 1, 0) for row, weight in stage.rows)


@st.composite
def _with_parts(draw: DrawFn) -> tuple[list[list[str]], str | None]:
    return draw(st.lists(corpora().map(list), max_size=4)), draw(st.none() | patterns())


@clause("T12", _with_parts())
def counts_of_parts_add_up(target: CountsPreTokens, parts: list[list[str]], pattern: str | None) -> None:
    """The pre-token counts of a list of texts MUST be the sum of those of its parts, however it is divided and in whatever order and grouping they are added, but for the order of first appearance."""
    counted = [target.count_pre_tokens(part, pattern) for part in parts]
    whole = target.count_pre_tokens([text for part in parts for text in part], pattern)
    none = target.count_pre_tokens([], pattern)
    from_left, from_right = none, none
    for counts in counted:
        from_left = target.add_counts(from_left, counts)
    for counts in reversed(counted):
        from_right = target.add_counts(counts, from_right)
    assert list(from_left.items()) == list(from_right.items()) == list(whole.items())
    for first, second in pairwise(counted):
        assert target.add_counts(first, second) == target.add_counts(second, first)


@clause("T12", st.tuples(st.lists(joined_texts(("a", "b", " ")))))
def texts_without_a_pattern_are_counted_whole(target: CountsPreTokens, corpus: list[str]) -> None:
    """The pre-token counts of a list of texts MUST be the sum of those of its parts, however it is divided and in whatever order and grouping they are added, but for the order of first appearance."""
    expected = {text: corpus.count(text) for text in dict.fromkeys(corpus) if text}
    assert list(target.count_pre_tokens(corpus, None).items()) == list(expected.items())


@clause("T13", st.tuples(trainings()))
def training_equals_the_definition(target: Trains, reference: Trains, training: Training) -> None:
    """A trainer MUST give the merges, the tokens and the ids that the definition gives, under every profile."""
    assert target.train(training) == reference.train(training)
