"""`bpe replay`: try one counterexample again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from bpe.cli.check import EPILOG, Seconds, open_or_exit
from bpe.conformance.checking import replay
from bpe.conformance.explaining import explain
from bpe.conformance.faults import TargetFault, Unsupported
from bpe.conformance.properties import PROPERTIES
from bpe.conformance.recording import Recorder
from bpe.conformance.report import EXIT_BREAKS
from bpe.targets.opening import open_target

_HELP = """Try one property on one case again, as `bpe check` printed it.

CASE is the JSON that was printed, or a file that holds it.
"""


@click.command("replay", help=_HELP, epilog=EPILOG, short_help="Try a counterexample again.")
@click.argument("target")
@click.argument("case")
@click.option("--isolate", is_flag=True, help="Run the target in a process of its own.")
@click.option("--timeout", type=Seconds(), default="10s", show_default=True, help="Time for one answer of a process.")
def replay_command(target: str, case: str, isolate: bool, timeout: float) -> None:
    """Try the case, show the calls, and end with what came of it."""
    name, values = _read_case(case)
    opened = open_or_exit(target, isolate=isolate, seconds=timeout)
    recorder = Recorder(opened)
    try:
        replay(recorder, name, values, open_target("bpe:any"))
    except Unsupported as fault:
        raise click.UsageError(f"the target cannot be asked: {fault.reason}") from None
    except (AssertionError, TargetFault, Exception) as fault:  # noqa: BLE001 - whatever it is, it breaks the clause
        explanation = explain(fault)
        for call in recorder.calls:
            click.echo(f"call      {call}")
        if explanation.got is not None:
            click.echo(f"got       {explanation.got}\nexpected  {explanation.expected}")
        click.echo(f"{name} does not hold: {type(fault).__name__}: {fault}".rstrip(": "))
        raise click.exceptions.Exit(EXIT_BREAKS) from None
    finally:
        getattr(opened, "close", lambda: None)()
    for call in recorder.calls:
        click.echo(f"call      {call}")
    click.echo(f"{name} holds.")


def _read_case(case: str) -> tuple[str, list[Any]]:
    """Return the property and the values that a JSON text, or the file of that name, holds."""
    text = case if case.lstrip().startswith("{") else Path(case).read_text(encoding="utf-8")
    try:
        content = json.loads(text)
        name, values = content["property"], content["case"]
    except (ValueError, KeyError, TypeError):
        raise click.UsageError(
            f"no case: give the JSON that bpe check printed, or a file that holds it: {text[:80]!r}"
        ) from None
    if name not in {each.name for each in PROPERTIES} or not isinstance(values, list):
        raise click.UsageError(f"no property is named {name!r}")
    return name, values
