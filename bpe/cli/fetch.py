"""`bpe fetch`: the files of named encodings, downloaded."""

from __future__ import annotations

from collections.abc import Sequence

import click

from bpe.cli.faults import EXIT_STATUS
from bpe.cli.progress import download_bar
from bpe.encoding_table import look_up_encoding
from bpe.fetch import fetch as fetch_files

_HELP = """Download the files of named encodings, and write where they are.

Each file is checked against its pinned sha256; one that is there already is not downloaded again.
This is the only command that uses the network.
"""


@click.command("fetch", help=_HELP, short_help="Download named encodings.", epilog=EXIT_STATUS)
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("--folder", metavar="FOLDER", help="Where the files go; by default this user's cache.")
@click.option("--mirror", metavar="URL", help="Download from a mirror that has the files under their own names.")
def fetch(names: Sequence[str], folder: str | None, mirror: str | None) -> None:
    """Check all names, then download encoding by encoding."""
    for name in names:
        look_up_encoding(name)
    for name in names:
        with download_bar(name) as progress:
            paths = fetch_files(name, folder=folder, progress=progress, base_url=mirror)
        for path in paths:
            click.echo(str(path))
