"""The checker convicts every mutant of its clause, as an object and as a program on the pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest

from bpe.conformance.checking import Plan, Verdict, check
from bpe.conformance.pipe import open_pipe
from bpe.conformance.report import latest
from tests.mutants import MUTANTS, Mutant
from tests.targets import REFERENCE

#: What no answer over a pipe can show: what another process does besides answering; the order in which tokens were given; whose list an answer is.
_UNSEEN = {"AsksTheNetwork", "WritesInTheOrderGiven", "GivesItsOwnList"}


def _is_adapter(mutant: Mutant) -> bool:
    """Tell whether a mutant is itself the other end of the pipe, which can be replaced but not put on one."""
    return mutant.target.__module__.endswith(".adapter")


def _verdicts(target: Any, mutant: Mutant) -> dict[str, Verdict]:
    # By this clock each case takes a second: a conviction is what is wanted here, and shrinking ends after ten more.
    plan = Plan(clauses=mutant.breaks, max_examples=150, seed=1, clock=count().__next__)
    return {verdict.name: verdict for verdict in latest(check(target, REFERENCE, plan))}


@contextmanager
def _on_the_pipe(name: str) -> Iterator[Any]:
    target = open_pipe([sys.executable, "-m", "tests.serve_mutant", name])
    try:
        yield target
    finally:
        target.close()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.target.__name__)
def test_mutant_is_convicted_as_an_object(mutant: Mutant) -> None:
    verdicts = _verdicts(mutant.target(), mutant)
    assert any(verdict.is_broken for verdict in verdicts.values()), verdicts
    for verdict in verdicts.values():
        assert verdict.counterexample is not None or not verdict.is_broken


@pytest.mark.parametrize(
    "mutant",
    [m for m in MUTANTS if m.target.__name__ not in _UNSEEN and not _is_adapter(m)],
    ids=lambda mutant: mutant.target.__name__,
)
def test_mutant_is_convicted_through_the_pipe(mutant: Mutant) -> None:
    with _on_the_pipe(mutant.target.__name__) as target:
        verdicts = _verdicts(target, mutant)
    assert any(verdict.is_broken for verdict in verdicts.values()), verdicts
