"""One property on many cases: what came of it, and the smallest case that failed."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, NoReturn, TypeAlias

from hypothesis import reject
from hypothesis.errors import HypothesisDeprecationWarning

from bpe.conformance.attribution import attribute
from bpe.conformance.cases import write_case
from bpe.conformance.clauses import Case, Property
from bpe.conformance.counterexample_vectors import vector_of
from bpe.conformance.explaining import Explanation, explain
from bpe.conformance.faults import TargetFault, Unsupported
from bpe.conformance.model import BYTES, Model
from bpe.conformance.recording import RecordedCall, Recorder
from bpe.conformance.simplifying import simplify
from bpe.conformance.tiny_cases import first_tiny_case

#: `unsupported`: the target cannot be asked. `failed`: an answer breaks the clause. The rest: there was no answer.
State: TypeAlias = Literal["passed", "failed", "errored", "crashed", "timed out", "unsupported"]

_NEVER: Final = float("inf")

#: Values that are names, of which no part is a simpler one.
_KEPT: Final = frozenset({"pattern"})


class TimeIsUpError(BaseException):
    """Ends the search for cases, or for smaller ones; no `Exception`, because Hypothesis would take it for a failure."""


@dataclass(frozen=True)
class Counterexample:
    """The smallest case found that breaks a property, as JSON values, and what happened in it."""

    case: tuple[Any, ...]
    #: What the property calls the values of the case.
    names: tuple[str, ...]
    calls: tuple[RecordedCall, ...]
    explanation: Explanation
    #: Where the case shows a difference from the reference: the clause of the stage that first departs, and why.
    attributed: tuple[str, str] | None = None
    #: The same as a group of test vectors, where the reference answers a call otherwise.
    vector: Any = None
    #: Whether a smaller case may have been found with more time.
    cut_short: bool = False


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
class Limits:
    """When to end: the search for a counterexample, and making one smaller."""

    clock: Callable[[], float]
    #: When no case is begun any more, by the clock.
    stop: float
    #: How long one counterexample may be made smaller.
    shrinking_seconds: float


class Attempt:
    """One property tried on many cases; it remembers the last that failed, which is the smallest in the end."""

    def __init__(self, each: Property, target: Any, reference: Any, limits: Limits) -> None:
        self.each = each
        self.target = target
        self.reference = reference
        self.cases = 0
        self.unsupported: str | None = None
        self.failure: BaseException | None = None
        self.case: Case = ()
        self._limits = limits
        self._shrink_until = _NEVER
        self._cut_short = False

    @property
    def shrinks(self) -> bool:
        """Whether there are smaller cases than one that fails; a vocabulary that is drawn can always be smaller."""
        return not self.each.sweeps or getattr(self.target, "model", None) is None

    def run(self, statement: Callable[..., None], case: Case) -> None:
        """Try one case, or raise what it raised before.

        Raises `TimeIsUpError` where there is no time to look for a counterexample, or for a smaller one.
        """
        now = self._limits.clock()
        if self.failure is None and now > self._limits.stop:
            raise TimeIsUpError
        if self.failure is not None and (not self.shrinks or now > self._shrink_until):
            self._recall(case)
        try:
            statement(*self.each.parties(self.target, self.reference), *case)
        except Unsupported as fault:
            self.unsupported = fault.reason
            reject()
        except Exception as fault:
            self._remember(fault, case)
            raise
        self.cases += 1

    def _recall(self, case: Case) -> NoReturn:
        assert self.failure is not None
        if case == self.case:  # Hypothesis asks for the smallest once more, when it has done
            raise self.failure
        self._cut_short = self.shrinks
        raise TimeIsUpError

    def _remember(self, fault: Exception, case: Case) -> None:
        if type(fault).__module__.startswith("hypothesis"):
            return
        if self.failure is None:
            self._shrink_until = self._limits.clock() + self._limits.shrinking_seconds
        if isinstance(fault, TargetFault) and fault.kind == "timed out":
            self._shrink_until = -_NEVER  # each further attempt could take as long again
        self.failure, self.case = fault, case

    def simplify(self) -> None:
        """Leave out what the counterexample does not need, where there is a reference that says what is a case still.

        What a property says need not be true of every value, so it counts as a case only if the reference keeps the property there.
        """
        if isinstance(self.failure, TargetFault):  # no answer: each attempt may cost a new start
            return
        if self._limits.clock() > self._shrink_until:
            self._cut_short = True
        elif self.reference is not None and self.each.applies_to(self.reference):
            own = getattr(self.target, "model", None)  # it answers by this one, whatever it is asked for
            named = zip(self.each.value_names, self.case, strict=True)
            kept = [name in _KEPT or (own is not None and isinstance(value, Model)) for name, value in named]
            simplify(self.case, self._fails_alike, kept)
            if not self._cut_short:
                first_tiny_case(self.case, self._fails_alike, kept)

    def _fails_alike(self, case: Case) -> bool:
        if self._limits.clock() > self._shrink_until:
            self._cut_short = True
            return False
        fault = self._fault_of(self.target, case)
        if type(fault) is not type(self.failure) or isinstance(fault, TargetFault):
            return False
        if self._fault_of(self.reference, self._with_known_vocabulary(case)) is not None:
            return False
        self.failure, self.case = fault, case
        return True

    def _with_known_vocabulary(self, case: Case) -> Case:
        """Return the case with a vocabulary of bytes where the target's own is not known: what is asked then is no matter of tokens."""
        if getattr(self.target, "knows_vocabulary", True):
            return case
        return tuple(value.change(tokens=BYTES) if isinstance(value, Model) else value for value in case)

    def _fault_of(self, target: Any, case: Case) -> Exception | None:
        try:
            self._try_alone(target, case)
        except Exception as fault:  # noqa: BLE001 - whatever the target raises
            return fault
        return None

    def _try_alone(self, target: Any, case: Case) -> None:
        """Try one case where Hypothesis draws none."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", HypothesisDeprecationWarning)  # of `assume` outside a test
            self.each(*self.each.parties(target, self.reference), *case)

    def verdict(self, earlier: int) -> Verdict:
        """Return what the failure means."""
        assert self.failure is not None
        fault, each = self.failure, self.each
        state: State = "failed" if isinstance(fault, AssertionError) else "errored"
        if isinstance(fault, TargetFault):
            state = fault.kind
        reason = None if isinstance(fault, AssertionError) else f"{type(fault).__name__}: {fault}"
        found = replace(self._counterexample(fault), cut_short=self._cut_short)
        return Verdict(each.clause, each.name, each.sentence, state, earlier + self.cases, reason, found)

    def _counterexample(self, fault: BaseException) -> Counterexample:
        written = tuple(write_case(self.case, getattr(self.target, "model", None)))
        names = self.each.value_names
        if isinstance(fault, TargetFault) and fault.kind == "timed out":
            return Counterexample(written, names, (), Explanation(None, None, str(fault)))
        recorder = Recorder(self.target)
        explanation = Explanation(None, None, str(fault) or None)
        try:
            self._try_alone(recorder, self.case)
        except Exception as again:  # noqa: BLE001 - it is the failure once more
            calls = tuple(recorder.calls)
            explanation = explain(again)
        else:
            calls = tuple(recorder.calls)
            explanation = Explanation(None, None, f"the same calls gave another answer the second time: {fault}")
        attributed = attribute(self.target, self.reference, self.case) if self.each.clause == "E9" else None
        vector = self._vector(calls)
        calls = tuple(replace(call, model=None) for call in calls)  # a report is to be small, and may be pickled
        return Counterexample(written, names, calls, explanation, attributed, vector)

    def _vector(self, calls: Sequence[RecordedCall]) -> Any:
        # A vocabulary that is not known is none to put into a vector.
        if not getattr(self.target, "knows_vocabulary", True):
            return None
        return vector_of(self.each.clause, self.each.name, calls, self.target, self.reference)
