"""The compiled trainer beside the portable one and the definition: every profile, small corpora, real texts."""

from __future__ import annotations

import doctest
import random
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpe.byte_order import ByteOrder
from bpe.engine import COMPILED, pre_token_counts
from bpe.engine import training as portable
from bpe.patterns import NAMED_PATTERNS, Pattern, resolve_pattern
from bpe.reference import training as definition
from bpe.reference.pair_statistics import count_pairs
from bpe.reference.training import MergeStep, TieBreak, training_steps

pytestmark = pytest.mark.skipif(not COMPILED, reason="the kernels are not compiled here")
if COMPILED:
    from bpe.engine import compiled_training as compiled

TIE_BREAKS = get_args(TieBreak)
#: More merges than any of these corpora gives.
ALL = 10_000

#: Few letters, so that most counts are ties and most runs overlap; of all lengths in bytes.
PIECES = st.lists(st.sampled_from(["a", "b", "aa", "ab", "é", "漢", "😀", "a" * 9]), max_size=12).map("".join)
CORPORA = st.dictionaries(PIECES, st.integers(0, 3) | st.sampled_from([2**31, 2**40]), max_size=6)


def profiles() -> Iterator[tuple[TieBreak, ByteOrder]]:
    for tie_break in TIE_BREAKS:
        for order in get_args(ByteOrder):
            yield tie_break, order


# --- the same merges -----------------------------------------------------------------------------


@given(corpus=CORPORA, merges=st.integers(0, 12), min_frequency=st.integers(1, 4))
def test_small_corpora_as_the_definition(corpus: Mapping[str, int], merges: int, min_frequency: int) -> None:
    """Merges, counts and tokens are those of the definition, under every profile (T13)."""
    for tie_break, byte_order in profiles():
        profile: dict[str, Any] = {"tie_break": tie_break, "byte_order": byte_order, "min_frequency": min_frequency}
        expected = definition.train_merges(corpus, merges, **profile)
        assert compiled.train_merges(corpus, merges, **profile) == expected


@pytest.mark.parametrize("seed", range(6))
def test_larger_corpora_as_the_portable_engine(seed: int) -> None:
    """Hundreds of words of which many occur equally often, long runs among them, until no pair is left."""
    draw = random.Random(seed)
    letters = draw.choice(["ab", "abc", "aé", "abcdefgh", "漢字"])
    words = {"".join(draw.choices(letters, k=draw.choice((1, 3, 8, 40, 300)))) for _ in range(300)}
    corpus = {word: draw.choice((1, 1, 2, 3, 1000)) for word in sorted(words)}
    for tie_break, byte_order in profiles():
        profile: dict[str, Any] = {"tie_break": tie_break, "byte_order": byte_order}
        assert compiled.train_merges(corpus, ALL, **profile) == portable.train_merges(corpus, ALL, **profile)


@given(corpus=CORPORA)
def test_statistics_equal_a_recount(corpus: Mapping[str, int]) -> None:
    """Before the first merge and after each, the counts are those of a recount (T10)."""
    trainer = compiled.start_training(corpus, ALL, "smallest-pair", 1, "value")
    assert trainer is not None
    assert trainer.statistics() == _recount(definition.start_training(corpus))
    for _, state in training_steps(corpus, "smallest-pair"):
        trainer.advance(1)
        assert trainer.statistics() == _recount(state)


def _recount(state: definition.TrainingState) -> dict[tuple[int, int], int]:
    return {pair: count for pair, count in count_pairs(state.sequences).items() if count}


def test_progress_is_told_of_each_step() -> None:
    told: list[MergeStep] = []
    steps = compiled.train_merges({"aaab": 2}, 2, progress=told.append)
    assert tuple(told) == steps
    assert [step.token for step in steps] == [b"aa", b"ab"]


@pytest.mark.parametrize("count", [2**62 - 1, 2**62, 2**63, 2**70])
def test_counts_beyond_64_bits(count: int) -> None:
    """Where sums would not fit, the portable engine answers."""
    corpus = {"aab": count, "ab": count}
    assert compiled.train_merges(corpus, 2) == definition.train_merges(corpus, 2)
    assert compiled.train_merges(corpus, 1)[0].count == 2 * count


def test_a_minimum_frequency_beyond_64_bits() -> None:
    assert compiled.train_merges({"aab": 5}, 2, min_frequency=2**70) == ()


def test_more_merges_than_a_field_holds() -> None:
    assert len(compiled.train_merges({"aab": 5}, 2**40)) == 2


# --- the same counts -----------------------------------------------------------------------------

WORDS = st.lists(
    st.sampled_from(
        ["the", " cat", "'ll", "  ", "\n", "\r\n\n", "123", "12345", "été", " été", "漢字", "😀!?", "x" * 7, "y" * 8]
    )
    | st.sampled_from(["z" * 15, "z" * 16, "z" * 17, " " * 40, "q" * 300, "\u0301", "\x00"])
    | st.text(max_size=5),
    max_size=30,
).map("".join)


@pytest.mark.parametrize("name", NAMED_PATTERNS)
@given(texts=st.lists(WORDS, max_size=4))
def test_counts_and_their_order(name: str, texts: list[str]) -> None:
    """Counts, and the order of first appearance, are the portable engine's (T12)."""
    pattern = resolve_pattern(name)
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    assert list(_count(compiled.start_counting(pattern), texts).items()) == list(
        _count(pre_token_counts.PreTokenCounter(pattern), texts).items()
    )


def test_many_distinct_pre_tokens() -> None:
    """The table grows, short and long pre-tokens share it, and each keeps its count."""
    draw = random.Random(1)
    words = [f" {'w' * draw.choice((1, 5, 12, 20, 40))}{_letters(number)}" for number in range(30_000)]
    texts = ["".join(words), "".join(draw.choices(words, k=20_000))]
    pattern = resolve_pattern("gpt2")
    counts = _count(compiled.start_counting(pattern), texts)
    assert list(counts) == list(dict.fromkeys(words))
    assert counts == _count(pre_token_counts.PreTokenCounter(pattern), texts)


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


@pytest.mark.parametrize("pattern", [None, Pattern(r"\w+|\W+")])
def test_other_patterns_are_counted_by_the_portable_engine(pattern: Pattern | None) -> None:
    assert isinstance(compiled.start_counting(pattern), pre_token_counts.PreTokenCounter)


def _count(counter: Any, texts: list[str]) -> Mapping[str, int]:
    for text in texts:
        counter.add(text)
    result: Mapping[str, int] = counter.result()
    return result


def test_examples() -> None:
    assert doctest.testmod(compiled) == doctest.TestResults(failed=0, attempted=10)
