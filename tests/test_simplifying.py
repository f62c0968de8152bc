"""Counterexamples are made smaller by steps that end, take nothing away that matters, and stay within what a property is about."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpe.conformance import PROPERTIES, Model, Property, Training
from bpe.conformance.attempts import Attempt, Limits
from bpe.conformance.clauses import Case
from bpe.conformance.model import BYTES, REVERSED_BYTES
from bpe.conformance.simplifying import simpler_cases, simplify, size_of
from bpe.conformance.tiny_cases import first_tiny_case, tiny_cases
from bpe.targets.own_models import to_vocabulary
from tests.targets import REFERENCE


def _cases(each: Property) -> st.SearchStrategy[Case]:
    return each.cases if isinstance(each.cases, st.SearchStrategy) else each.cases(REFERENCE.models)


@settings(suppress_health_check=list(HealthCheck))
@given(st.sampled_from([each for each in PROPERTIES if not each.sweeps]).flatmap(_cases))
def test_each_step_leaves_less_to_read(case: Case) -> None:
    """So making a case simpler comes to an end."""
    for number, simpler in enumerate(simpler_cases(case)):
        assert size_of(simpler) < size_of(case), simpler
        if number > 200:
            break


def _small(case: Case, kept: tuple[bool, ...] = (), *, needs: Any) -> Case:
    return simplify(case, lambda simpler: bool(needs(*simpler)), kept)


def test_what_plays_no_part_is_left_out() -> None:
    model = Model(
        REVERSED_BYTES | {256: b"ab", 257: b"abab", 258: b"ba"},
        ((158, 157, 256), (256, 256, 257), (157, 158, 258)),
        pattern="gpt2",
        special_tokens={"<s>": 259, "<t>": 260},
        surrogates="replace",
    )
    given_case = (model, "the abab <t>", frozenset({"<s>", "<t>"}), 7)
    assert _small(given_case, needs=lambda _, text, *__: "aba" in text) == (
        Model(BYTES, ()),
        "aba",
        frozenset(),
        0,
    )
    left = _small(given_case, needs=lambda model, _, allowed, __: "<t>" in allowed and "<t>" in model.special_tokens)
    assert left == (Model(BYTES, (), special_tokens={"<t>": 256}), "", frozenset({"<t>"}), 0)
    with_merges = _small(given_case, needs=lambda model, *_: b"abab" in model.tokens.values())[0]
    assert list(with_merges.tokens.values())[256:] == [b"ab", b"abab"]
    to_vocabulary(with_merges)


def test_trainings_lists_and_numbers_become_simpler() -> None:
    training = Training(("the cat", "sat on"), 9, "gpt2", ("<s>",), "first-seen", 2, "gpt2")
    assert _small((training,), needs=lambda training: "a" in "".join(training.texts) and training.merges > 1) == (
        Training(("a",), 2),
    )
    assert _small(([5, 600, 7], b"\xffab"), needs=lambda ids, data: sum(ids) > 500 and data) == ([501], b"a")


def test_names_are_kept() -> None:
    assert _small(("gpt2", "aab"), (True, False), needs=lambda _, text: "b" in text) == ("gpt2", "b")


def test_texts_that_nobody_reads_take_few_attempts() -> None:
    attempts: list[Case] = []

    def fails(case: Case) -> bool:
        attempts.append(case)
        return len(case[0]) > 1000

    (text,) = simplify(("a" * 50_000,), fails)
    assert 1000 < len(text) < 1200
    assert len(attempts) < 1000


def test_tiny_cases_come_smallest_first() -> None:
    model = Model(BYTES | {256: b"bb", 257: b"bbb"}, ((98, 98, 256), (256, 98, 257)), pattern="gpt2")
    cases = list(tiny_cases((model, "bbbbb")))
    sizes = [size_of(case) for case in cases]
    assert sizes == sorted(sizes)
    assert max(sizes) <= size_of((model, "bbbbb"))
    for tiny, _ in cases:
        assert tiny.pattern == "gpt2"
        to_vocabulary(tiny)
    merging = first_tiny_case((model, "bbbbb"), lambda case: len(case[0].tokens) > 257 and len(case[1]) > 2)
    assert merging[1] == "aaa"


@pytest.mark.parametrize("reference", [REFERENCE, None])
def test_a_case_that_the_reference_fails_is_none(reference: object) -> None:
    """A step that leads out of what the property is about is not taken; without a reference, none is."""

    class Wrong:
        """Does what the reference does, and is wrong."""

    def about_long_texts(target: object, text: str) -> None:
        """Texts MUST be long."""
        assert len(text) >= 5
        assert not isinstance(target, Wrong)

    each = Property("X1", about_long_texts, st.just(("abcdefg",)))
    attempt = Attempt(each, Wrong(), reference, Limits(lambda: 0.0, 1.0, 1.0))
    with pytest.raises(AssertionError):
        attempt.run(each, ("abcdefg",))
    attempt.simplify()
    assert attempt.case == (("aaaaa",) if reference else ("abcdefg",))


OWN = Model(BYTES | {256: b"aa"}, ((97, 97, 256),), special_tokens={"<s>": 257})


class OneVocabulary:
    """Answers by its own vocabulary, whatever it is asked for, and wrongly where there are two letters `b`."""

    model = OWN

    def encode(self, _: Model, text: str) -> list[int]:
        """Return the ids of a text."""
        return [0] if text.count("b") > 1 else [*REFERENCE.encode(OWN, text)]


def test_the_vocabulary_of_a_target_that_has_one_alone_is_kept() -> None:
    """Under another its answers would be others, too."""

    def same_ids(target: OneVocabulary, reference: object, model: Model, text: str) -> None:  # noqa: ARG001
        """Ids MUST be the same."""
        assert [*target.encode(model, text)] == [*REFERENCE.encode(model, text)]

    class Right(OneVocabulary):
        """The reference of this test."""

        def encode(self, model: Model, text: str) -> list[int]:
            """Return the ids of a text."""
            return [*REFERENCE.encode(model, text)]

    each = Property("X1", same_ids, st.just((OWN, "aabab")))
    attempt = Attempt(each, OneVocabulary(), Right(), Limits(lambda: 0.0, 1.0, 1.0))
    with pytest.raises(AssertionError):
        attempt.run(each, (OWN, "aabab"))
    attempt.simplify()
    assert attempt.case == (OWN, "bb")
