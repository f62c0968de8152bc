"""The properties in anyone's own tests: one call, or a test for each property."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from bpe.conformance.checking import Plan, check
from bpe.conformance.clauses import Property
from bpe.conformance.report import Report, latest
from bpe.conformance.report_text import describe_case


def run_conformance(
    target: Any,
    reference: Any = None,
    *,
    clauses: Collection[str] | None = None,
    max_examples: int = 100,
    seed: int = 0,
    known: Collection[str] = (),
) -> Report:
    """Try every property that applies to a target; raise `AssertionError` that shows the smallest input that breaks each.

    `clauses` names clauses, chapters or properties; `known` those that are known to be broken.
    A clause that is known to be broken and holds is an error too.

    >>> from bpe.targets import open_target
    >>> run_conformance(open_target("bpe:any"), clauses=["B1", "M3"], max_examples=5).headline()
    'MUST 2/2; ... clauses not asked'
    """
    report = _try(target, reference, Plan(clauses=clauses, seconds=None, max_examples=max_examples, seed=seed))
    _refuse(report, known)
    return report


def _try(target: Any, reference: Any, plan: Plan) -> Report:
    name = str(getattr(target, "name", type(target).__name__))
    return Report(name, {}, {}, plan.seed, latest(check(target, reference, plan)))


def _refuse(report: Report, known: Collection[str]) -> None:
    """Raise `AssertionError` if a property is broken that is not known to be, or if what is known to be broken holds."""
    verdicts = report.verdicts
    broken = [verdict for verdict in verdicts if verdict.is_broken and not {verdict.clause, verdict.name} & set(known)]
    held = {v.clause for v in verdicts if v.state == "passed"} | {v.name for v in verdicts if v.state == "passed"}
    failing = {v.clause for v in verdicts if v.is_broken} | {v.name for v in verdicts if v.is_broken}
    outdated = sorted(each for each in known if each in held and each not in failing)
    lines = [
        line
        for verdict in broken
        for line in (f"{verdict.clause}: {verdict.sentence}", *describe_case(report.target, verdict))
    ]
    lines += [f"{each} is known to be broken, and holds" for each in outdated]
    if lines:
        raise AssertionError("\n".join(["the tokenizer does not conform:", *lines]))


def conformance_suite(
    make_target: Callable[[], Any],
    reference: Any = None,
    *,
    clauses: Collection[str] | None = None,
    max_examples: int = 100,
    known: Collection[str] = (),
) -> Callable[[Property], None]:
    """Return a test function for pytest, with a case for each property; those that do not apply are skipped.

    test_my_tokenizer = conformance_suite(lambda: object_target(MyTokenizer(), "mine"))
    """
    import pytest  # noqa: PLC0415 - whoever calls this has it, and nobody else needs it

    chosen = Plan(clauses=clauses).chosen()

    @pytest.mark.parametrize("each", chosen, ids=repr)
    def test_conformance(each: Property) -> None:
        plan = Plan(clauses=[each.name], seconds=None, max_examples=max_examples)
        report = _try(make_target(), reference, plan)
        (verdict,) = report.verdicts
        # Where a clause is known to be broken, some of its properties may hold.
        is_known = each.name in known or (each.clause in known and verdict.is_broken)
        _refuse(report, [each.name] if is_known else [])
        if verdict.state == "unsupported":
            pytest.skip(verdict.reason or "")

    return test_conformance
