"""Chapter T, with nothing left out: every corpus of one or two short pre-tokens of two letters, once or twice each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import pairwise, permutations, product
from typing import Final, get_args

import pytest

from bpe.conformance import Model
from bpe.conformance.model import TieBreak
from bpe.conformance.plain_merging import count_pairs, preferred_pair
from bpe.reference import training as definition
from bpe.reference.merges import merge_by_pairs
from bpe.reference.training import MergeStep, TrainingState, start_training, training_steps
from bpe.vocabulary import Merge, single_bytes
from tests.mutants.training import MergesOncePerWord
from tests.small_vocabularies import short_pieces
from tests.trainers import TRAINERS

Corpus = Mapping[str, int]
#: A trainer as the definition has it: each step, and the state after it.
Steps = Callable[[Corpus, TieBreak], Iterator[tuple[MergeStep, TrainingState]]]

TIE_BREAKS: Final = get_args(TieBreak)
#: More merges than any of these corpora gives.
_ALL: Final = 100


def small_corpora(longest: int) -> Iterator[Corpus]:
    """Yield every corpus of one or two different pre-tokens up to a length, in both orders, each once or twice."""
    words = [piece.decode() for piece in short_pieces(longest) if piece]
    for size in (1, 2):
        for chosen, weights in product(permutations(words, size), product((1, 2), repeat=size)):
            yield dict(zip(chosen, weights, strict=True))


def check_training(corpus: Corpus, tie_break: TieBreak, train: Steps = training_steps) -> int:
    """Check chapter T for one corpus, trained until no pair is left; return 1, to be counted."""
    steps, states = [], [start_training(corpus)]
    for step, state in train(corpus, tie_break):
        steps.append(step)
        states.append(state)
    check_choices(steps, states, tie_break)
    check_tokens(steps)
    check_encoding(corpus, steps, states[-1])
    for train_merges in TRAINERS:
        assert train_merges(corpus, _ALL, tie_break=tie_break) == tuple(steps)  # T13
    return 1


def check_choices(steps: list[MergeStep], states: list[TrainingState], tie_break: TieBreak) -> None:
    """T2, T4, T5: each pair is the preferred one of a recount, no count rises, and no pair is left at the end."""
    counts = [count_pairs(state.sequences) for state in states]
    for step, state, counted in zip(steps, states, counts, strict=False):
        assert step.merge.pair == preferred_pair(
            counted, Model({int(i): token for i, token in state.token_bytes.items()}), tie_break
        )
        assert step.count == counted[step.merge.pair]
    assert all(after.count <= before.count for before, after in pairwise(steps))
    for before, after in pairwise(counts):
        assert all(after.get(pair, 0) <= count for pair, count in before.items())
    assert not counts[-1]


def check_tokens(steps: list[MergeStep]) -> None:
    """T7, T8: tokens are distinct, and each encodes to itself."""
    merges = [step.merge for step in steps]
    assert len({step.token for step in steps}) == len(steps)
    for step in steps:
        assert merge_by_pairs(step.token, _BYTE_IDS, merges) == [step.merge.result]


def check_encoding(corpus: Corpus, steps: list[MergeStep], last: TrainingState) -> None:
    """T9: each pre-token encodes to the ids with which training ended."""
    merges = [step.merge for step in steps]
    for pre_token, (ids, _) in zip(corpus, last.sequences, strict=True):
        assert merge_by_pairs(pre_token.encode(), _BYTE_IDS, merges) == list(ids)


_BYTE_IDS: Final = {token: token_id for token_id, token in single_bytes().items()}


def test_corpora_are_all_there() -> None:
    assert list(small_corpora(1))[:6] == [{"a": 1}, {"a": 2}, {"b": 1}, {"b": 2}, {"a": 1, "b": 1}, {"a": 1, "b": 2}]
    for longest, words in ((1, 2), (3, 14), (4, 30)):
        assert sum(1 for _ in small_corpora(longest)) == 2 * words + 4 * words * (words - 1)


@pytest.mark.parametrize("tie_break", TIE_BREAKS)
def test_every_corpus_of_five_letters(tie_break: TieBreak) -> None:
    assert sum(check_training(corpus, tie_break) for corpus in small_corpora(5)) == 15_252


@pytest.mark.deep
@pytest.mark.parametrize("tie_break", TIE_BREAKS)
def test_every_corpus_of_six_letters(tie_break: TieBreak) -> None:
    assert sum(check_training(corpus, tie_break) for corpus in small_corpora(6)) == 63_252


@pytest.mark.parametrize("tie_break", TIE_BREAKS)
def test_another_tie_break_is_noticed(tie_break: TieBreak) -> None:
    for other in set(TIE_BREAKS) - {tie_break}:
        assert _rejects(tie_break, partial(_train_otherwise, other))


def test_a_merge_that_is_not_made_everywhere_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def apply_once(ids: tuple[int, ...], merge: Merge) -> list[int]:
        return MergesOncePerWord().apply(list(ids), (*merge.pair, merge.result))

    monkeypatch.setattr(definition, "apply_merge", apply_once)
    assert _rejects("first-seen", training_steps)


def _train_otherwise(other: TieBreak, corpus: Corpus, _: TieBreak) -> Iterator[tuple[MergeStep, TrainingState]]:
    return training_steps(corpus, other)


def _rejects(tie_break: TieBreak, train: Steps) -> bool:
    for corpus in small_corpora(4):
        try:
            check_training(corpus, tie_break, train)
        except AssertionError:
            return True
    return False
