"""Trying the properties on a target: which apply, how many cases each, and what came of it."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from hypothesis import HealthCheck, Phase, Verbosity, reject, seed, settings
from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase
from hypothesis.errors import Flaky, HypothesisDeprecationWarning, Unsatisfiable

from bpe.conformance.attribution import attribute
from bpe.conformance.cases import read_case, write_case
from bpe.conformance.clauses import Property
from bpe.conformance.counterexample_vectors import vector_of
from bpe.conformance.explaining import Explanation, explain
from bpe.conformance.faults import TargetFault, Unsupported
from bpe.conformance.model import Model
from bpe.conformance.properties import PROPERTIES
from bpe.conformance.recording import RecordedCall, Recorder
from bpe.conformance.shortening import shorten

#: `unsupported`: the target cannot be asked. `failed`: an answer breaks the clause. The rest: there was no answer.
State = Literal["passed", "failed", "errored", "crashed", "timed out", "unsupported"]

#: Cases of one property before the next one has its turn, where time is what is limited.
ROUND: Final = 25

#: How long one counterexample may be made smaller: at most so many seconds, and at most this part of the whole time.
SHRINKING_SECONDS: Final = 10.0
SHRINKING_PART: Final = 0.05


@dataclass(frozen=True)
class Counterexample:
    """The smallest case found that breaks a property, as JSON values, and what happened in it."""

    case: tuple[Any, ...]
    calls: tuple[RecordedCall, ...]
    explanation: Explanation
    #: Where the case shows a difference from the reference: the clause of the stage that first departs, and why.
    attributed: tuple[str, str] | None = None
    #: The same as a group of test vectors, where the reference answers a call otherwise.
    vector: Any = None


@dataclass(frozen=True)
class Verdict:
    """What came of one property."""

    clause: str
    #: The name of the property.
    name: str
    sentence: str
    state: State
    cases: int = 0
    #: Why the target cannot be asked, or how it failed.
    reason: str | None = None
    counterexample: Counterexample | None = None

    @property
    def is_broken(self) -> bool:
        """Whether the clause is broken, by an answer or for want of one."""
        return self.state not in ("passed", "unsupported")


@dataclass(frozen=True)
class Plan:
    """What is to be tried, and how much: by time, or by the number of cases."""

    clauses: Collection[str] | None = None
    seconds: float | None = 60.0
    max_examples: int | None = None
    seed: int = 0
    #: Where counterexamples are kept between runs; `None` keeps none.
    folder: Path | None = None
    properties: Sequence[Property] = field(default=PROPERTIES)

    @property
    def shrinking_seconds(self) -> float:
        """How long one counterexample may be made smaller."""
        if self.max_examples is not None or self.seconds is None:
            return SHRINKING_SECONDS
        return min(SHRINKING_SECONDS, self.seconds * SHRINKING_PART)

    def chosen(self) -> list[Property]:
        """Return the properties to try: of the clauses, or of the chapters, that are named."""
        if self.clauses is None:
            return list(self.properties)
        return [each for each in self.properties if {each.clause, each.clause[0], each.name} & set(self.clauses)]


def why_not(each: Property, target: Any, reference: Any) -> str | None:
    """Return why a property cannot be tried on a target, or `None` where it can."""
    if not each.applies_to(target):
        return f"the target cannot do what this needs: {each.needs.__name__}"
    if not each.black_box and not getattr(target, "knows_vocabulary", True):
        return "the vocabulary is not known"
    if each.compares and reference is None:
        return "there is no reference to compare with"
    return None


def check(target: Any, reference: Any = None, plan: Plan | None = None) -> Iterator[Verdict]:
    """Yield a verdict for each property whenever there is a new one; the last for each counts.

    With a limit of time the properties take turns, so that each has had some cases when it is over.
    """
    plan = plan or Plan()
    open_ones: dict[Property, Verdict] = {}
    for each in plan.chosen():
        reason = why_not(each, target, reference)
        verdict = _verdict(each, "unsupported", reason=reason or "there was no time for it")
        yield verdict
        if reason is None:
            open_ones[each] = verdict
    for turn in _turns(plan):
        for each in list(open_ones):
            verdict = _try(_Attempt(each, target, reference, plan.shrinking_seconds), plan, turn, open_ones[each])
            yield verdict
            if verdict.state == "passed":
                open_ones[each] = verdict
            else:
                del open_ones[each]
            if turn.is_over():
                return
        if not open_ones:
            return


@dataclass(frozen=True)
class _Turn:
    """One round: how many cases for each property, and under which seed."""

    cases: int
    seed: int
    stop: float

    def is_over(self) -> bool:
        return time.monotonic() > self.stop


def _turns(plan: Plan) -> Iterator[_Turn]:
    if plan.max_examples is not None:
        yield _Turn(plan.max_examples, plan.seed, float("inf"))
        return
    stop = time.monotonic() + (60.0 if plan.seconds is None else plan.seconds)
    number = 0
    while time.monotonic() < stop:
        # Later rounds are larger, because large cases come late in each.
        yield _Turn(ROUND * 2 ** min(number, 5), plan.seed + number, stop)
        number += 1


def _verdict(each: Property, state: State, **more: Any) -> Verdict:
    return Verdict(each.clause, each.name, each.sentence, state, **more)


def _try(attempt: _Attempt, plan: Plan, turn: _Turn, before: Verdict) -> Verdict:
    """Return the verdict after one more round."""
    run = settings(
        max_examples=turn.cases,
        database=_database(plan),
        deadline=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        phases=(Phase.reuse, Phase.generate, Phase.shrink),
    )
    try:
        attempt.each.check(
            attempt.target, attempt.reference, using=lambda test: seed(turn.seed)(run(test)), around=attempt.run
        )
    except Unsatisfiable:
        return replace(before, state="unsupported", reason=attempt.unsupported or "no case applies to this target")
    except Flaky:
        if attempt.failure is None:
            raise
    except BaseException as fault:
        if attempt.failure is None or isinstance(fault, KeyboardInterrupt):
            raise
    if attempt.failure is None:
        return replace(before, state="passed", reason=None, cases=before.cases + attempt.cases)
    attempt.shorten()
    return attempt.verdict(before.cases)


def _database(plan: Plan) -> ExampleDatabase | None:
    return None if plan.folder is None else DirectoryBasedExampleDatabase(plan.folder)


class _Attempt:
    """One property tried on many cases; it remembers the last that failed, which is the smallest in the end."""

    def __init__(self, each: Property, target: Any, reference: Any, shrinking_seconds: float) -> None:
        self.each = each
        self.shrinking_seconds = shrinking_seconds
        self.target = target
        self.reference = reference
        self.cases = 0
        self.unsupported: str | None = None
        self.failure: BaseException | None = None
        self.case: tuple[Any, ...] = ()
        self._shrink_until = float("inf")

    def run(self, statement: Callable[..., None], case: tuple[Any, ...]) -> None:
        """Try one case; once there is no time to make a counterexample smaller, only the one that is known fails."""
        if self.failure is not None and time.monotonic() > self._shrink_until:
            if case == self.case:
                raise self.failure
            return
        parties = (self.target, self.reference) if self.each.compares else (self.target,)
        try:
            statement(*parties, *case)
        except Unsupported as fault:
            self.unsupported = fault.reason
            reject()
        except Exception as fault:
            self._remember(fault, case)
            raise
        self.cases += 1

    def _remember(self, fault: Exception, case: tuple[Any, ...]) -> None:
        if type(fault).__module__.startswith("hypothesis"):
            return
        if self.failure is None:
            self._shrink_until = time.monotonic() + self.shrinking_seconds
        if isinstance(fault, TargetFault) and fault.kind == "timed out":
            self._shrink_until = 0.0  # each further attempt could take as long again
        self.failure, self.case = fault, case

    def shorten(self) -> None:
        """Leave out what the text of the counterexample does not need, where any text would be a case.

        That is so in comparisons with the reference; elsewhere a text may have conditions.
        """
        texts = [place for place, value in enumerate(self.case) if isinstance(value, str)]
        if self.each.compares and texts:
            before, behind = self.case[: texts[-1]], self.case[texts[-1] + 1 :]
            shorten(self.case[texts[-1]], lambda text: self._fails_alike((*before, text, *behind)))

    def _fails_alike(self, case: tuple[Any, ...]) -> bool:
        if time.monotonic() > self._shrink_until:
            return False
        known = self.failure
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", HypothesisDeprecationWarning)  # of `assume` outside a test
                self.each(self.target, self.reference, *case)
        except Exception as fault:  # noqa: BLE001 - whatever the target raises
            if type(fault) is not type(known) or isinstance(fault, TargetFault):
                return False
            self.failure, self.case = fault, case
            return True
        return False

    def verdict(self, earlier: int) -> Verdict:
        """Return what the failure means."""
        assert self.failure is not None
        fault = self.failure
        state: State = "failed" if isinstance(fault, AssertionError) else "errored"
        if isinstance(fault, TargetFault):
            state = fault.kind
        reason = None if isinstance(fault, AssertionError) else f"{type(fault).__name__}: {fault}"
        return _verdict(
            self.each, state, cases=earlier + self.cases, reason=reason, counterexample=self._counterexample(fault)
        )

    def _counterexample(self, fault: BaseException) -> Counterexample:
        own = getattr(self.target, "model", None)
        if isinstance(fault, TargetFault) and fault.kind == "timed out":
            return Counterexample(tuple(write_case(self.case, own)), (), Explanation(None, None, str(fault)))
        recorder = Recorder(self.target)
        explanation = Explanation(None, None, str(fault) or None)
        parties = (recorder, self.reference) if self.each.compares else (recorder,)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", HypothesisDeprecationWarning)  # of `assume` outside a test
                self.each(*parties, *self.case)
        except Exception as again:  # noqa: BLE001 - it is the failure once more
            calls = tuple(recorder.calls)
            explanation = explain(again)
        else:
            calls = tuple(recorder.calls)
            explanation = Explanation(None, None, f"the same calls gave another answer the second time: {fault}")
        attributed = attribute(self.target, self.reference, self.case) if self.each.clause == "E9" else None
        vector = self._vector(calls)
        calls = tuple(replace(call, model=None) for call in calls)  # a report is to be small, and may be pickled
        return Counterexample(tuple(write_case(self.case, own)), calls, explanation, attributed, vector)

    def _vector(self, calls: Sequence[RecordedCall]) -> Any:
        # A vocabulary that is not known is none to put into a vector.
        if not getattr(self.target, "knows_vocabulary", True):
            return None
        return vector_of(self.each.clause, self.each.name, calls, self.target, self.reference)


def replay(target: Any, name: str, case: Sequence[Any], reference: Any = None) -> None:
    """Try one property on one case, given as JSON values; raise what it raises.

    Raises `KeyError` where no property has the name.
    """
    each = {each.name: each for each in PROPERTIES}[name]
    own: Model | None = getattr(target, "model", None)
    parties = (target, reference) if each.compares else (target,)
    each(*parties, *read_case(case, own))
