"""What `bpe check` shows on a terminal: a bar while it runs, then a table and the broken clauses."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Final

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bpe.conformance.checking import Plan, Verdict
from bpe.conformance.growth import SUPERLINEAR
from bpe.conformance.report import ClauseResult, Report
from bpe.conformance.report_text import describe_case

_TITLES: Final = {
    "B": "Bytes",
    "S": "Special tokens",
    "P": "Pre-split",
    "M": "Merges",
    "E": "Encoding",
    "D": "Decoding",
    "O": "Offsets",
    "T": "Training",
    "V": "Vocabulary",
    "F": "Files",
    "R": "Resources",
    "A": "Adapter",
}


def show_progress(verdicts: Iterable[Verdict], plan: Plan) -> Iterator[Verdict]:
    """Pass verdicts on, and show how far it is on standard error where that is a terminal."""
    console = Console(stderr=True, soft_wrap=True)
    if not console.is_terminal:
        yield from verdicts
        return
    columns = (BarColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=plan.seconds if plan.max_examples is None else len(plan.chosen()))
        cases: dict[str, int] = {}
        broken: set[str] = set()
        for verdict in verdicts:
            cases[verdict.name] = verdict.cases
            broken |= {verdict.clause} if verdict.is_broken else set()
            done = progress.tasks[0].elapsed or 0.0 if plan.max_examples is None else len(cases)
            description = (
                f"{sum(cases.values()):,} cases, {len(broken)} clauses broken, {verdict.clause} {verdict.name}"
            )
            progress.update(task, completed=done, description=description)
            yield verdict


def write_report(report: Report) -> None:
    """Write a report to standard output."""
    console = Console(file=sys.stdout, markup=False, highlight=False, soft_wrap=True)
    console.print(_table(report))
    for result in report.clauses:
        if result.state in ("broken", "known"):
            _write_clause(report, result)
    for growth in report.growth:
        if growth.is_superlinear or growth.stopped:
            exponent = "–" if growth.exponent is None else f"{growth.exponent:.2f}"
            verdict = f", which is more than the {SUPERLINEAR} of n log n" if growth.is_superlinear else ""
            click.echo(f"\nR1 time for a run of {growth.run}: exponent {exponent}{verdict}; {growth.stopped or ''}")
    for issue in report.outdated:
        click.echo(f"\n{issue.clause} is listed as a known issue and no longer fails: take it off the list.")
    for remark in report.remarks:
        click.echo(f"\n{remark}")
    click.echo(f"\n{report.target}: {report.headline()}; seed {report.seed}")


def _table(report: Report) -> Table:
    table = Table(box=None, pad_edge=False)
    for column, justify in (("chapter", "left"), ("kept", "right"), ("cases", "right"), ("broken", "left")):
        table.add_column(column, justify=justify)  # type: ignore[arg-type]
    table.add_column("not asked")
    for letter, title in _TITLES.items():
        results = [result for result in report.clauses if result.clause.id[0] == letter]
        asked = [result for result in results if result.state != "not asked"]
        if asked:
            table.add_row(
                f"{letter} {title}",
                f"{sum(result.state == 'kept' for result in asked)}/{len(asked)}",
                f"{sum(verdict.cases for result in results for verdict in result.verdicts):,}",
                " ".join(result.clause.id for result in asked if result.state in ("broken", "known")),
                " ".join(result.clause.id for result in results if result.state == "not asked"),
            )
    return table


def _write_clause(report: Report, result: ClauseResult) -> None:
    click.echo(f"\n{result.clause.id} {result.clause.sentence}")
    if result.known is not None:
        link = f" ({result.known.link})" if result.known.link else ""
        click.echo(f"  known: {result.known.reason}{link}")
    for verdict in result.broken:
        for line in describe_case(report.target, verdict):
            click.echo(f"  {line}")
