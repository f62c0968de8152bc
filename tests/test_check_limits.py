"""When the checker ends: by a clock that the tests set, and by counting what it tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import strategies as st

from bpe.conformance import Model, Plan, Property, Verdict, check, clause, replay
from bpe.conformance import counterexample_vectors as vectors
from bpe.conformance.model_strategies import Models
from bpe.conformance.protocol import Encodes
from bpe.conformance.recording import RecordedCall
from bpe.conformance.report import latest
from bpe.conformance.report_text import describe_case
from bpe.targets import object_target, open_target
from tests import checked_tokenizers as made


@dataclass
class Slow:
    """A clock that goes on by a number of seconds with each case, and the numbers that were tried."""

    seconds: float
    now: float = 0.0
    tried: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    asked: int = 0

    def clock(self) -> float:
        """Return the time, and count how often it is asked for: once for each case, tried or not."""
        self.asked += 1
        return self.now

    def try_number(self, number: int, *, limit: int) -> None:
        """Take the time of one case, and fail from a limit on."""
        self.tried.append(number)
        self.now += self.seconds
        if number >= limit:
            self.failed.append(number)
            raise AssertionError(f"{number} is too large")


def _numbers(given: Models) -> st.SearchStrategy[tuple[Model, int]]:
    return st.tuples(given, st.integers(0, 1_000_000))


def small_numbers(slow: Slow, limit: int, *, sweeps: bool = False) -> Property:
    """Return a property that holds of the numbers below a limit."""

    @clause("E1", _numbers, sweeps=sweeps)
    def numbers_are_small(target: Encodes, model: Model, number: int) -> None:  # noqa: ARG001 - what a property is given
        """Numbers MUST be small."""
        slow.try_number(number, limit=limit)

    return numbers_are_small


def verdict_on(each: Property, slow: Slow, plan: Plan) -> Verdict:
    """Return the verdict on one that has a vocabulary of its own."""
    target = open_target("python:tests.checked_tokenizers:trained")
    (verdict,) = latest(check(target, None, replace(plan, properties=[each], clock=slow.clock)))
    return verdict


def test_no_case_is_begun_once_the_time_is_over() -> None:
    slow = Slow(seconds=1.0)
    verdict = verdict_on(small_numbers(slow, limit=10**9), slow, Plan(seconds=60.0))
    assert (verdict.state, verdict.cases) == ("passed", len(slow.tried))
    assert len(slow.tried) == 61


def test_a_case_that_takes_all_the_time_is_the_only_one() -> None:
    slow = Slow(seconds=1_000.0)
    verdict = verdict_on(small_numbers(slow, limit=10**9), slow, Plan(seconds=60.0))
    assert (verdict.state, verdict.cases, len(slow.tried)) == ("passed", 1, 1)


def test_shrinking_ends_with_its_share_of_the_time_and_the_smallest_so_far() -> None:
    slow = Slow(seconds=1.0)
    verdict = verdict_on(small_numbers(slow, limit=10), slow, Plan(seconds=60.0))
    found = verdict.counterexample
    assert found is not None
    assert found.cut_short
    assert found.case[1] == min(slow.failed) > 10
    first = slow.tried.index(slow.failed[0])
    assert len(slow.tried) - first <= 1 + 4 + 1  # the first, three seconds of others, the one that is shown
    assert slow.asked - len(slow.tried) <= 10  # the case that there was no time for is the last
    assert "  size      there was no time" in "\n".join(describe_case("mine", verdict))


def test_shrinking_with_time_enough_is_not_cut_short() -> None:
    slow = Slow(seconds=0.0)
    verdict = verdict_on(small_numbers(slow, limit=10), slow, Plan(seconds=60.0))
    assert verdict.counterexample is not None
    assert verdict.counterexample.case[1] == 10
    assert not verdict.counterexample.cut_short
    assert "no time" not in "\n".join(describe_case("mine", verdict))


def test_what_sweeps_through_one_vocabulary_is_not_shrunk() -> None:
    slow = Slow(seconds=1.0)
    verdict = verdict_on(small_numbers(slow, limit=10, sweeps=True), slow, Plan(max_examples=100))
    assert verdict.counterexample is not None
    assert not verdict.counterexample.cut_short
    assert len(set(slow.failed)) == 1
    assert len(slow.failed) == 2  # found, and shown


def test_what_sweeps_through_vocabularies_that_are_drawn_is_shrunk() -> None:
    slow = Slow(seconds=0.0)
    each = small_numbers(slow, limit=10, sweeps=True)
    (verdict,) = latest(check(open_target("bpe:any"), None, Plan(max_examples=100, properties=[each])))
    assert verdict.counterexample is not None
    assert verdict.counterexample.case[1] == 10


class Takes(made.StripsSpaces):
    """Takes a second for each text, by a clock."""

    def __init__(self, slow: Slow) -> None:
        self.slow = slow

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text without its outer spaces."""
        self.slow.now += 1.0
        return super().encode(text)


def test_what_was_cut_short_is_replayed() -> None:
    slow = Slow(seconds=1.0)
    target, name = object_target(Takes(slow), "takes"), "decoding_gives_back_the_text"
    (verdict,) = latest(check(target, None, Plan(seconds=600.0, clauses=[name], clock=slow.clock)))
    assert verdict.counterexample is not None
    assert verdict.counterexample.cut_short
    with pytest.raises(AssertionError):
        replay(target, name, verdict.counterexample.case)


def test_a_vocabulary_is_restricted_for_the_call_that_differs_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    restricted: list[RecordedCall] = []
    restrict = vectors.restrict

    def counted(model: Model, call: RecordedCall) -> Model:
        restricted.append(call)
        return restrict(model, call)

    monkeypatch.setattr(vectors, "restrict", counted)
    model = open_target("python:tests.checked_tokenizers:trained").model.change(special_tokens={})
    target = object_target(made.RightmostTie(), "rightmost", model)
    group = vectors.vector_of("E9", "ids", _calls(model, ["a"] * 1_000 + ["aaa"]), target, open_target("bpe:any"))
    assert [call.arguments for call in restricted] == [("aaa",)]
    assert group["tests"][0]["input"]["text"] == "aaa"


def _calls(model: Model, texts: Sequence[str]) -> list[RecordedCall]:
    return [RecordedCall("encode_ordinary", (text,), (), "", model) for text in texts]
