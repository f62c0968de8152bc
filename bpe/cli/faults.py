"""What the command says when something goes wrong, and with which exit status it ends."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

import click

from bpe.errors import BpeError, EmptyTokenWarning

EXIT_DONE: Final = 0
EXIT_REFUSED: Final = 1
EXIT_USAGE: Final = 2
EXIT_INTERRUPTED: Final = 130
EXIT_BROKEN_PIPE: Final = 141

#: The end of every help page.
EXIT_STATUS: Final = (
    "Exit status: 0 done; 1 refused, or a file cannot be read or written; 2 wrong usage; "
    "130 interrupted; 141 nobody reads the output any more."
)

#: What a format leaves out, and the option that says it.
_OPTIONS: Final = {
    "pattern": "--pattern",
    "special_tokens": "--special-token",
    "format": "--format, or --from and --to",
}


def say(message: str) -> None:
    """Write a message to standard error, where it begins with the command's name."""
    click.echo(f"bpe: {message}", err=True)


def exit_status_of(action: Callable[[], None]) -> int:
    """Run an action and return the exit status; what it raises for a reason is told in a line, without a traceback."""
    try:
        action()
    except click.exceptions.Exit as fault:
        return fault.exit_code
    except click.ClickException as fault:
        return _report_usage(fault)
    except (BpeError, OSError, KeyboardInterrupt) as fault:
        return _report(fault)
    return EXIT_DONE


def describe(fault: BpeError) -> str:
    """Return a refusal's message, with the option that helps where there is one.

    >>> from bpe.errors import MissingInformationError
    >>> describe(MissingInformationError("x.tiktoken: no pattern", missing="pattern"))
    'x.tiktoken: no pattern [F1] (on the command line: --pattern)'
    """
    option = _OPTIONS.get(fault.fields.get("missing", ""))
    return f"{fault} (on the command line: {option})" if option else str(fault)


def describe_os_error(fault: OSError) -> str:
    """Return the system's message after the file that it speaks of.

    >>> describe_os_error(FileNotFoundError(2, "No such file or directory", "x.txt"))
    'x.txt: No such file or directory'
    """
    message = fault.strerror or str(fault)
    return message if fault.filename is None else f"{os.fsdecode(fault.filename)}: {message}"


def flush_output() -> None:
    """Write what standard output still holds back; where that fails, nothing more is written to it."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError as fault:
        _silence_output()
        fault.filename = fault.filename or "standard output"
        raise


@contextmanager
def warnings_as_messages() -> Iterator[None]:
    """Write warnings as messages of the command, without a line of Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", EmptyTokenWarning)
        warnings.showwarning = lambda message, *_details, **_more: say(f"warning: {message}")
        yield


def _report(fault: BpeError | OSError | KeyboardInterrupt) -> int:
    if isinstance(fault, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    if isinstance(fault, BrokenPipeError):
        return EXIT_BROKEN_PIPE
    # Some refusals are errors of the system too: what they say is the refusal's.
    say(describe(fault) if isinstance(fault, BpeError) else describe_os_error(fault))
    return EXIT_REFUSED


def _report_usage(fault: click.ClickException) -> int:
    context = getattr(fault, "ctx", None)
    say(fault.format_message())
    if context is not None:
        click.echo(f"Try '{context.command_path} --help' for help.", err=True)
    return fault.exit_code


def _silence_output() -> None:
    # The interpreter flushes once more when it ends, and would complain about the same fault.
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
