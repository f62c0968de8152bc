"""`bpe check`: put a tokenizer on trial."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import click

from bpe.cli.check_view import show_progress, write_report
from bpe.cli.faults import say
from bpe.conformance.checking import Plan, Verdict, check
from bpe.conformance.faults import AdapterFault, TargetFault, UnknownTargetError, describe_exception
from bpe.conformance.growth import Growth, measure_growth
from bpe.conformance.known_issues import KnownIssue, read_known_issues, unknown_clauses
from bpe.conformance.properties import PROPERTIES
from bpe.conformance.refusal import Refusal
from bpe.conformance.report import EXIT_ADAPTER, Report, latest
from bpe.conformance.report_files import to_json_lines, to_junit, to_markdown
from bpe.encoding_files import cache_folder
from bpe.targets.opening import KINDS, open_target
from bpe.targets.own_models import to_pattern

_HELP = """Try a tokenizer against the clauses of the specification, and show the smallest input that breaks each.

TARGET is kind:argument. The kinds:

\b
{kinds}

Without a limit it tries cases for a minute, and then measures how the time grows with the text,
which takes as long again where it grows fast. Results go to standard output, progress to standard error.
"""

EPILOG: Final = (
    "Exit status: 0 the target conforms to what it claims; 1 it does not; 2 wrong usage; 3 the target does not open, or its adapter failed; "
    "130 interrupted."
)

#: Cases of each property that show in seconds whether a target answers at all.
SMOKE_CASES: Final = 8

_UNITS: Final = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


class Seconds(click.ParamType[float]):
    """A length of time: `90`, `60s`, `10m`, `2h`."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return seconds."""
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", str(value))
        if found is None or float(found[1]) == 0:
            self.fail(f"{value!r} is no length of time: give 90, 60s, 10m or 2h", param, ctx)
        return float(found[1]) * _UNITS[found[2]]


def describe_kinds() -> str:
    """Return a line for each kind of target."""
    return "\n".join(f"  {kind + ':':16}{what}" for kind, (_, _, what) in KINDS.items())


def open_or_exit(name: str, *, isolate: bool = False, seconds: float = 10.0) -> Any:
    """Return a target; end the command where it does not open."""
    try:
        return open_target(name, isolate=isolate, seconds=seconds)
    except UnknownTargetError as fault:
        raise click.UsageError(str(fault)) from None
    except (AdapterFault, TargetFault) as fault:
        say(f"{name}: {fault}" if not str(fault).startswith(name) else str(fault))
        raise click.exceptions.Exit(EXIT_ADAPTER) from None


@click.command(
    "check", help=_HELP.format(kinds=describe_kinds()), epilog=EPILOG, short_help="Put a tokenizer on trial."
)
@click.argument("target")
@click.option("--against", metavar="NAME", help="Hold it to this vocabulary: a named encoding, or a file.")
@click.option("--clauses", metavar="LIST", help="Only these: clauses, chapters or properties, with commas.")
@click.option("--budget", type=Seconds(), help="How long to try cases (default 60s); growth is measured on top.")
@click.option("--max-examples", type=click.IntRange(1), help="How many cases of each property, instead of a time.")
@click.option("--seed", type=int, default=0, show_default=True, help="Where the random numbers begin.")
@click.option("--smoke", is_flag=True, help="A few seconds: does it answer at all, and are a few cases right?")
@click.option("--isolate", is_flag=True, help="Run it in a process of its own: a crash or a hang is a verdict.")
@click.option("--timeout", type=Seconds(), default="10s", show_default=True, help="Time for one answer of a process.")
@click.option(
    "--growth", type=int, default=100_000, show_default=True, help="Longest run whose time is measured; 0: none."
)
@click.option("--known", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A file of known issues.")
@click.option(
    "--json", "json_path", type=click.Path(path_type=Path), help="Write JSON lines here ('-': standard output)."
)
@click.option("--junit", "junit_path", type=click.Path(path_type=Path), help="Write JUnit's XML here.")
@click.option("--markdown", "markdown_path", type=click.Path(path_type=Path), help="Write Markdown here.")
@click.option("--no-memory", is_flag=True, help="Neither try earlier counterexamples first nor keep new ones.")
def check_command(  # noqa: PLR0917 - click gives each option as an argument
    target: str,
    against: str | None,
    clauses: str | None,
    budget: float | None,
    max_examples: int | None,
    seed: int,
    smoke: bool,
    isolate: bool,
    timeout: float,
    growth: int,
    known: Path | None,
    json_path: Path | None,
    junit_path: Path | None,
    markdown_path: Path | None,
    no_memory: bool,
) -> None:
    """Run the trial and end with its status."""
    if budget is not None and max_examples is not None:
        raise click.UsageError("--budget and --max-examples exclude each other")
    issues = _read_known(known)
    opened = open_or_exit(target, isolate=isolate, seconds=timeout)
    try:
        if against is not None:
            _hold_to(opened, against)
        _try_one(opened, target)
        plan = Plan(
            clauses=_parse_clauses(clauses),
            seconds=budget or 60.0,
            # By cases, and not by time: on a busy machine as well, each property is to be asked.
            max_examples=SMOKE_CASES if smoke and max_examples is None and budget is None else max_examples,
            seed=seed,
            folder=None if no_memory else cache_folder() / "counterexamples" / _folder_name(target),
        )
        reference = open_target("bpe:any")
        verdicts = latest(show_progress(check(opened, reference, plan), plan))
        grown = () if smoke or not growth or not _asks_growth(opened, plan) else tuple(_growth(opened, growth))
        report = _report(opened, target, plan, verdicts, grown, issues)
    finally:
        getattr(opened, "close", lambda: None)()
    _write_files(report, json_path, junit_path, markdown_path)
    if json_path != Path("-"):
        write_report(report)
    raise click.exceptions.Exit(report.exit_status)


def _report(  # noqa: PLR0917 - each is a part of a report
    opened: Any,
    name: str,
    plan: Plan,
    verdicts: tuple[Verdict, ...],
    growth: tuple[Growth, ...],
    known: tuple[KnownIssue, ...],
) -> Report:
    restarts = getattr(opened, "restarts", 0)
    remarks = [f"The process was started again {restarts} times."] if restarts else []
    if not getattr(opened, "knows_vocabulary", True):
        remarks.append(
            "Its vocabulary is not known, so only encoding and decoding were tried: give --against NAME for more."
        )
    implementation = getattr(opened, "implementation", {"name": getattr(opened, "name", name)})
    profiles = {"surrogates": opened.model.surrogates} if getattr(opened, "model", None) is not None else {}
    declared = dict(getattr(opened, "profiles", {}))
    return Report(name, implementation, profiles | declared, plan.seed, verdicts, growth, known, tuple(remarks))


def _growth(opened: Any, largest: int) -> Iterator[Growth]:
    return measure_growth(opened, largest=largest, seconds=5.0)


def _asks_growth(opened: Any, plan: Plan) -> bool:
    """Tell whether R1 is asked for, and speaks of the target: it is about named patterns, and one that is not known may be any."""
    if plan.clauses is not None and not {"R1", "R"} & set(plan.clauses):
        return False
    model = getattr(opened, "model", None)
    if model is None or not getattr(opened, "knows_vocabulary", True):
        return True
    pattern = to_pattern(model.pattern)
    return pattern is not None and pattern.name is not None


def _parse_clauses(value: str | None) -> frozenset[str] | None:
    if value is None:
        return None
    wanted = frozenset(part.strip() for part in value.split(","))
    known = {each.clause for each in PROPERTIES} | {each.clause[0] for each in PROPERTIES} | {"R1"}
    unknown = sorted(wanted - known - {each.name for each in PROPERTIES})
    if unknown:
        raise click.UsageError(f"no clause, chapter or property is named {unknown[0]!r}")
    return wanted


def _read_known(path: Path | None) -> tuple[KnownIssue, ...]:
    if path is None:
        return ()
    try:
        issues = read_known_issues(path)
    except ValueError as fault:
        raise click.UsageError(str(fault)) from None
    unknown = unknown_clauses(issues, [each.name for each in PROPERTIES])
    if unknown:
        raise click.UsageError(f"{path}: no clause or property is named {unknown[0]!r}")
    return issues


def _hold_to(opened: Any, against: str) -> None:
    """Take the vocabulary of one of our own tokenizers for that of a target."""
    try:
        own = open_target(f"bpe:{against}")
    except AdapterFault as fault:
        raise click.UsageError(f"--against {against}: {fault}") from None
    if not hasattr(opened, "model"):
        raise click.UsageError("the target takes any vocabulary: --against is for those that have one")
    surrogates = opened.model.surrogates if opened.model is not None else "strict"
    opened.model = own.model.change(surrogates=surrogates)
    opened.knows_vocabulary = True


def _try_one(opened: Any, name: str) -> None:
    """End the command where the target does not answer the simplest question."""
    model = getattr(opened, "model", None)
    if hasattr(opened, "load") and model is None:
        return
    try:
        opened.decode_bytes(model, opened.encode_ordinary(model, "a"))
    except (TargetFault, Refusal) as fault:
        said = str(fault)
    except Exception as fault:  # noqa: BLE001 - whatever a target raises
        said = describe_exception(fault)
    else:
        return
    say(f"{name} does not encode and decode the letter a: {said}")
    raise click.exceptions.Exit(EXIT_ADAPTER)


def _folder_name(target: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", target)[:100]


def _write_files(report: Report, json_path: Path | None, junit_path: Path | None, markdown_path: Path | None) -> None:
    writers: list[tuple[Path | None, Callable[[], str]]] = [
        (json_path, lambda: "".join(line + "\n" for line in to_json_lines(report))),
        (junit_path, lambda: to_junit(report)),
        (markdown_path, lambda: to_markdown(report)),
    ]
    for path, write in writers:
        if path == Path("-"):
            sys.stdout.write(write())
        elif path is not None:
            path.write_text(write(), encoding="utf-8")
