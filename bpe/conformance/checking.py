"""Trying the properties on a target: which apply, how many cases each, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase
from hypothesis.errors import Flaky, Unsatisfiable

from bpe.conformance.attempts import Attempt, Counterexample, Limits, TimeIsUpError, Verdict
from bpe.conformance.cases import read_case
from bpe.conformance.clauses import Property
from bpe.conformance.model import Model
from bpe.conformance.properties import PROPERTIES

__all__ = ["Counterexample", "Plan", "Verdict", "check", "replay", "why_not"]

#: Cases of one property before the next one has its turn, where time is what is limited.
ROUND: Final = 25

#: How long one counterexample may be made smaller: at most so many seconds, and at most this part of the whole time.
SHRINKING_SECONDS: Final = 10.0
SHRINKING_PART: Final = 0.05


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
    #: What tells the seconds.
    clock: Callable[[], float] = time.monotonic

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
    Then no case is begun any more; a counterexample may be made smaller for a twentieth of that time beyond it.
    """
    plan = plan or Plan()
    open_ones: dict[Property, Verdict] = {}
    for each in plan.chosen():
        reason = why_not(each, target, reference)
        no_time = "there was no time for it"
        verdict = Verdict(each.clause, each.name, each.sentence, "unsupported", reason=reason or no_time)
        yield verdict
        if reason is None:
            open_ones[each] = verdict
    for turn in _turns(plan):
        for each in list(open_ones):
            limits = Limits(plan.clock, turn.stop, plan.shrinking_seconds)
            verdict = _try(Attempt(each, target, reference, limits), plan, turn, open_ones[each])
            yield verdict
            if verdict.state == "passed":
                open_ones[each] = verdict
            else:
                del open_ones[each]
            if plan.clock() > turn.stop:
                return
        if not open_ones:
            return


@dataclass(frozen=True)
class _Turn:
    """One round: how many cases for each property, and under which seed."""

    cases: int
    seed: int
    #: When the time is over, by the plan's clock.
    stop: float


def _turns(plan: Plan) -> Iterator[_Turn]:
    if plan.max_examples is not None:
        yield _Turn(plan.max_examples, plan.seed, float("inf"))
        return
    stop = plan.clock() + (60.0 if plan.seconds is None else plan.seconds)
    number = 0
    while plan.clock() < stop:
        # Later rounds are larger, because large cases come late in each.
        yield _Turn(ROUND * 2 ** min(number, 5), plan.seed + number, stop)
        number += 1


def _try(attempt: Attempt, plan: Plan, turn: _Turn, before: Verdict) -> Verdict:
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
        phases=(Phase.reuse, Phase.generate, *((Phase.shrink,) if attempt.shrinks else ())),
    )
    try:
        # The settings last: a seed takes the database away.
        attempt.each.check(
            attempt.target, attempt.reference, using=lambda test: run(seed(turn.seed)(test)), around=attempt.run
        )
    except Unsatisfiable:
        return replace(before, state="unsupported", reason=attempt.unsupported or "no case applies to this target")
    except TimeIsUpError:
        if attempt.cases == 0 and attempt.failure is None:
            return before
    except Flaky:
        if attempt.failure is None:
            raise
    except BaseException as fault:
        if attempt.failure is None or isinstance(fault, KeyboardInterrupt):
            raise
    if attempt.failure is None:
        return replace(before, state="passed", reason=None, cases=before.cases + attempt.cases)
    attempt.simplify()
    return attempt.verdict(before.cases)


def _database(plan: Plan) -> ExampleDatabase | None:
    return None if plan.folder is None else DirectoryBasedExampleDatabase(plan.folder)


def replay(target: Any, name: str, case: Sequence[Any], reference: Any = None) -> None:
    """Try one property on one case, given as JSON values; raise what it raises.

    Raises `KeyError` where no property has the name.
    """
    each = {each.name: each for each in PROPERTIES}[name]
    own: Model | None = getattr(target, "model", None)
    each(*each.parties(target, reference), *read_case(case, own))
