"""`bpe encodings`: the named encodings, and where their files are."""

from __future__ import annotations

import sys
from typing import Final

import click

from bpe.cli.faults import EXIT_STATUS
from bpe.encoding_table import ENCODINGS
from bpe.encodings import find_encoding
from bpe.errors import ChecksumError
from bpe.patterns import PATTERN_SYNONYMS

_HELP = """List the named encodings: name, n_vocab, pattern, and where the files are or how to get them.

On a terminal this is a table; otherwise the columns are separated by tabs.
"""

_COLUMNS: Final = ("name", "n_vocab", "pattern", "where")


@click.command("encodings", help=_HELP, short_help="List the named encodings.", epilog=EXIT_STATUS)
def encodings() -> None:
    """Write a row for each encoding."""
    rows = [describe_encoding(name) for name in ENCODINGS]
    if sys.stdout is not None and sys.stdout.isatty():
        _write_table(rows)
    else:
        for row in rows:
            click.echo("\t".join(row))


def describe_encoding(name: str) -> tuple[str, str, str, str]:
    """Return an encoding's name, `n_vocab`, pattern, and where its files are or the command that fetches them.

    >>> describe_encoding("cl100k_base")[:3]
    ('cl100k_base', '100277', 'cl100k_base')
    """
    encoding = ENCODINGS[name]
    status = find_encoding(name)
    if status.available:
        where = " ".join(map(str, status.paths))
    elif isinstance(status.problem, ChecksumError):
        where = f"refused: {status.problem}"
    elif all(pinned.url for pinned in encoding.files):
        where = f"not here: bpe fetch {name}"
    else:
        where = "not here: " + " ".join(pinned.terms for pinned in encoding.files if pinned.terms)
    pattern = PATTERN_SYNONYMS.get(encoding.pattern, encoding.pattern)
    return name, str(encoding.n_vocab), pattern, where


def _write_table(rows: list[tuple[str, str, str, str]]) -> None:
    # Imported here because it takes longer than all else, and pipes never need it.
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, pad_edge=False)
    for column in _COLUMNS:
        table.add_column(column, justify="right" if column == "n_vocab" else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console(markup=False, highlight=False).print(table)
