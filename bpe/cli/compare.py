"""`bpe compare`: two tokenizers side by side."""

from __future__ import annotations

import click

from bpe.cli.check import Seconds, open_or_exit
from bpe.conformance.comparing import compare
from bpe.conformance.report_text import ascii_visible

_HELP = """Find the smallest text on which two targets differ; neither is taken for right.

Exit status: 0 no difference was found; 1 one was; 2 wrong usage; 3 an adapter failed.
"""


@click.command("compare", help=_HELP, short_help="Find where two tokenizers differ.")
@click.argument("first")
@click.argument("second")
@click.option("--max-examples", type=click.IntRange(1), default=2_000, show_default=True, help="How many texts to try.")
@click.option("--seed", type=int, default=0, show_default=True, help="Where the random numbers begin.")
@click.option("--isolate", is_flag=True, help="Run each in a process of its own.")
@click.option("--timeout", type=Seconds(), default="10s", show_default=True, help="Time for one answer of a process.")
def compare_command(first: str, second: str, max_examples: int, seed: int, isolate: bool, timeout: float) -> None:  # noqa: PLR0917 - click gives each option as an argument
    """Compare, and show the difference."""
    opened = [open_or_exit(name, isolate=isolate, seconds=timeout) for name in (first, second)]
    try:
        found = compare(*opened, max_examples=max_examples, number=seed)
    finally:
        for target in opened:
            getattr(target, "close", lambda: None)()
    if found is None:
        click.echo(f"No difference in {max_examples:,} texts (seed {seed}).")
        return
    click.echo(f"They differ on {ascii_visible(found.text)} ({found.how}).")
    width = max(len(first), len(second))
    click.echo(f"{first:{width}}  {found.first}\n{second:{width}}  {found.second}")
    raise click.exceptions.Exit(1)
