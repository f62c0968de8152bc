"""`bpe convert`: a tokenizer from one format to another."""

from __future__ import annotations

from collections.abc import Sequence

import click

from bpe.cli.faults import EXIT_STATUS
from bpe.cli.options import READABLE_FORMATS, WRITABLE_FORMATS, file_content_options
from bpe.cli.saving import choose_format, save_tokenizer
from bpe.cli.tokenizers import open_tokenizer

_HELP = """Write the tokenizer of IN, a file or a named encoding, to the file OUT in another format.

The ids stay the same: a format that cannot hold the tokenizer is refused, with what would be lost.
What OUT's format leaves out by its nature, such as the pattern, is told in a note.
"""


@click.command("convert", help=_HELP, short_help="A tokenizer to another format.", epilog=EXIT_STATUS)
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option(
    "--from",
    "source_format",
    type=click.Choice(READABLE_FORMATS),
    help="The format of IN; by default it is recognised.",
)
@click.option(
    "--to",
    "target_format",
    type=click.Choice(WRITABLE_FORMATS),
    help="The format of OUT; by default the one that its name says.",
)
@file_content_options
def convert(
    *,
    source: str,
    target: str,
    source_format: str | None,
    target_format: str | None,
    pattern: str | None,
    special_tokens: Sequence[str],
) -> None:
    """Load, then save."""
    tokenizer = open_tokenizer(source, pattern=pattern, special_tokens=special_tokens, file_format=source_format)
    save_tokenizer(tokenizer, target, choose_format(target, target_format))
