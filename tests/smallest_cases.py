"""The smallest case on which a property rejects a mutant: found as the checker finds it, written down, and compared with another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

from hypothesis.errors import Flaky

from bpe.conformance import Model, Property, Training
from bpe.conformance.attempts import Attempt, Limits
from bpe.conformance.clauses import Case
from bpe.conformance.model import BYTES, REVERSED_BYTES, SPREAD_BYTES
from bpe.conformance.simplifying import THING, size_of
from bpe.patterns import NAMED_PATTERNS
from tests.mutants import Mutant
from tests.targets import ENGINE, REFERENCE

Comparison = Literal["the same", "as small", "larger", "none found"]

_UNLIMITED = Limits(clock=lambda: 0.0, stop=1.0, shrinking_seconds=1.0)

_NAMES = {each.__name__: each for each in (Model, Training)} | {
    "BYTES": BYTES,
    "REVERSED_BYTES": REVERSED_BYTES,
    "SPREAD_BYTES": SPREAD_BYTES,
}


def smallest_case(each: Property, mutant: Mutant, using: Callable[[Any], Any]) -> Case | None:
    """Return the values of the case, or `None` where none is found; `using` are Hypothesis's settings."""
    reference = REFERENCE if each.applies_to(REFERENCE) else ENGINE
    attempt = Attempt(each, mutant.target(), reference, _UNLIMITED)
    try:
        each.check(attempt.target, reference, using=using, around=attempt.run)
    except Flaky:  # the fault does not show each time
        pass
    except Exception:
        if attempt.failure is None:
            raise
    if attempt.failure is None:
        return None
    attempt.simplify()
    return attempt.case


def write_case(case: Case) -> list[str]:
    """Return the values of a case as Python writes them, sets in order.

    >>> write_case(("a", frozenset({"b", "a"})))
    ["'a'", "frozenset({'a', 'b'})"]
    """
    return [
        f"frozenset({{{', '.join(map(repr, sorted(value)))}}})"
        if isinstance(value, frozenset) and value
        else repr(value)
        for value in case
    ]


def read_case(written: Sequence[str]) -> Case:
    """Return the case that was written.

    >>> read_case(["'a'", "frozenset({'a', 'b'})"]) == ("a", frozenset({"b", "a"}))
    True
    """
    return tuple(eval(value, dict(_NAMES)) for value in written)


def compare_cases(expected: Sequence[str], found: Case | None) -> Comparison:
    """Say how a case compares with the one that was expected, which is written down.

    >>> [compare_cases(["'b'"], case) for case in (("b",), ("a",), ("bb",), None)]
    ['the same', 'as small', 'larger', 'none found']
    """
    if found is None:
        return "none found"
    if write_case(found) == [*expected]:
        return "the same"
    return "as small" if _things_in(found) <= _things_in(read_case(expected)) else "larger"


def _things_in(case: Case) -> int:
    """Return how many letters, tokens and so on a case has, of whatever kind; a pattern's name is none."""
    return sum(size_of(value) for value in case if not (isinstance(value, str) and value in NAMED_PATTERNS)) // THING
