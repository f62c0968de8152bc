"""`bpe vectors`: run the test vectors on a tokenizer."""

from __future__ import annotations

from collections import Counter

import click

from bpe.cli.check import EPILOG, Seconds, open_or_exit
from bpe.conformance.faults import TargetFault, Unsupported
from bpe.conformance.report import EXIT_BREAKS
from bpe.conformance.vectors import Vector, check_vector, read_vectors

_HELP = """Run the test vectors of the specification on a target, and show those that it gets wrong.

A vector that the target cannot be asked is counted, and is no failure.
"""


@click.command("vectors", help=_HELP, epilog=EPILOG, short_help="Run the test vectors on a tokenizer.")
@click.argument("target")
@click.option("--isolate", is_flag=True, help="Run the target in a process of its own.")
@click.option("--timeout", type=Seconds(), default="10s", show_default=True, help="Time for one answer of a process.")
def vectors_command(target: str, isolate: bool, timeout: float) -> None:
    """Run all vectors, and end with what came of them."""
    opened = open_or_exit(target, isolate=isolate, seconds=timeout)
    if getattr(opened, "model", None) is not None:
        raise click.UsageError(
            f"{target} has one vocabulary, and vectors bring their own: give {target.partition(':')[0]}:any"
        )
    counts: Counter[str] = Counter()
    try:
        for vector in read_vectors():
            state, reason = _try_vector(opened, vector)
            counts[state] += 1
            if state == "failed":
                click.echo(f"{vector.id} ({', '.join(vector.clauses)}): {reason}")
    finally:
        getattr(opened, "close", lambda: None)()
    click.echo(
        f"{target}: {counts['passed']} vectors passed, {counts['failed']} failed, {counts['unsupported']} not asked"
    )
    if counts["failed"]:
        raise click.exceptions.Exit(EXIT_BREAKS)


def _try_vector(target: object, vector: Vector) -> tuple[str, str]:
    try:
        return check_vector(target, vector), ""
    except Unsupported:
        return "unsupported", ""
    except (AssertionError, TargetFault) as fault:
        return "failed", str(fault)
    except Exception as fault:  # noqa: BLE001 - whatever it is, it is no answer
        return "failed", f"{type(fault).__name__}: {fault}"
