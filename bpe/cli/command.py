"""The command `bpe`: its subcommands, and what happens around each of them."""

from __future__ import annotations

import platform
from collections.abc import Sequence

import click
import rich  # noqa: F401 - missing with click or alone, it is the same extra that is not installed

from bpe.cli.checker_group import CheckerGroup
from bpe.cli.convert import convert
from bpe.cli.decode import decode
from bpe.cli.encode import encode
from bpe.cli.encodings import encodings
from bpe.cli.faults import EXIT_STATUS, exit_status_of, flush_output, warnings_as_messages
from bpe.cli.fetch import fetch
from bpe.cli.train import train
from bpe.engine import COMPILED
from bpe.unicode_classes import UNICODE_VERSION
from bpe.version import SPECIFICATION_VERSION, __version__

_HELP = """Byte-level BPE: train tokenizers, encode and decode, convert between formats.

Files are UTF-8 whatever the locale, and newlines are not translated.
Results go to standard output, messages and progress to standard error.
"""


def run(arguments: Sequence[str]) -> int:
    """Run the command with these arguments and return its exit status."""
    status = exit_status_of(lambda: _invoke(arguments))
    return exit_status_of(flush_output) or status


def describe_version() -> str:
    """Return the versions of all that decides results, a line each.

    >>> describe_version().splitlines()[-1]
    'Unicode 16.0.0'
    """
    engine = "compiled" if COMPILED else "portable"
    return "\n".join(
        (
            f"bpe {__version__}",
            f"specification {SPECIFICATION_VERSION}",
            f"engine {engine} ({platform.python_implementation()} {platform.python_version()})",
            f"Unicode {UNICODE_VERSION}",
        )
    )


@click.group(
    "bpe",
    cls=CheckerGroup,
    help=_HELP,
    epilog=EXIT_STATUS,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, message=describe_version().replace("%", "%%"), help="Show the versions and exit.")
def command() -> None:
    """Do nothing but lead to a subcommand."""


for _subcommand in (train, encode, decode, convert, fetch, encodings):
    command.add_command(_subcommand)


def _invoke(arguments: Sequence[str]) -> None:
    # Not command(...): click would answer interrupts, closed pipes and refusals in its own way.
    with warnings_as_messages(), command.make_context("bpe", list(arguments)) as context:
        command.invoke(context)
