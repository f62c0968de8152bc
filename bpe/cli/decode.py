"""`bpe decode`: token ids to texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO

import click

from bpe.cli.faults import EXIT_STATUS
from bpe.cli.id_readers import RowPart, read_rows
from bpe.cli.options import output_option, tokenizer_options
from bpe.cli.output import open_output
from bpe.cli.sources import open_source
from bpe.cli.tokenizers import open_tokenizer
from bpe.errors import TokenIdRangeError, UnknownTokenError
from bpe.text_sources import Utf8Decoder
from bpe.tokenizer import Tokenizer

_HELP = """Decode the token ids in FILES, or on standard input, to the bytes of their texts.

The ids are numbers with spaces between them, one row for each text; or lines of JSON, such as [1, 2]; or a .npy file.
`-` is standard input.
What comes out is exactly what was encoded: no newline is added, unless --lines asks for one after each text.
"""


@click.command("decode", help=_HELP, short_help="Token ids to texts.", epilog=EXIT_STATUS)
@click.argument("files", nargs=-1)
@tokenizer_options
@click.option("--lines", is_flag=True, help="Write a newline after each text: the inverse of bpe encode --lines.")
@click.option(
    "--errors",
    type=click.Choice(["strict", "replace"]),
    help="What becomes of a text that is not UTF-8: strict refuses it, replace puts U+FFFD; otherwise it is kept.",
)
@output_option
def decode(
    *,
    files: Sequence[str],
    wanted: str,
    pattern: str | None,
    special_tokens: Sequence[str],
    lines: bool,
    errors: str | None,
    output: str | None,
) -> None:
    """Decode file by file."""
    tokenizer = open_tokenizer(wanted, pattern=pattern, special_tokens=special_tokens)
    end = b"\n" if lines else b""
    with open_output(output) as stream:
        for path in files or ["-"]:
            with open_source(path) as (name, source):
                _write_texts(decode_rows(read_rows(source, name), tokenizer, errors), end, stream)


def decode_rows(
    parts: Iterable[RowPart], tokenizer: Tokenizer, errors: str | None = None
) -> Iterator[tuple[bytes, bool]]:
    r"""Yield the bytes of the parts of rows, and whether a row ends there; `errors` applies to each row as a whole.

    Clauses: B5, D1, D2.
    Raises `UnknownTokenError` and `InvalidUtf8Error` that name the row.

    >>> import bpe
    >>> rows = [RowPart("ids.txt", [195], False), RowPart("ids.txt", [169, 195], True)]
    >>> list(decode_rows(rows, bpe.train([], 256), "replace"))
    [(b'', False), (b'\xc3\xa9\xef\xbf\xbd', True)]
    """
    repair = _new_repair(errors)
    position = 0
    for part in parts:
        data = _decode_part(part, tokenizer, position)
        yield repair(data, part), part.ends_row
        position += len(part.ids)
        if part.ends_row:
            repair, position = _new_repair(errors), 0


def _write_texts(texts: Iterable[tuple[bytes, bool]], end: bytes, stream: BinaryIO) -> None:
    stream.writelines(data + end if ends_row else data for data, ends_row in texts)


def _decode_part(part: RowPart, tokenizer: Tokenizer, position: int) -> bytes:
    try:
        return tokenizer.decode_bytes(part.ids)
    except UnknownTokenError as fault:
        kind = TokenIdRangeError if isinstance(fault, TokenIdRangeError) else UnknownTokenError
        at = position + fault.position
        raise kind(
            f"{part.place}: id {fault.token} at position {at} is not in the vocabulary "
            f"(n_vocab is {tokenizer.n_vocab}): decode with the tokenizer that encoded",
            token=fault.token,
            position=at,
        ) from None


def _new_repair(errors: str | None) -> Callable[[bytes, RowPart], bytes]:
    """Return the function that makes UTF-8 of the parts of one row, or leaves them as they are."""
    if errors is None:
        return lambda data, _part: data
    decoder: Utf8Decoder | None = None

    def repair(data: bytes, part: RowPart) -> bytes:
        nonlocal decoder
        decoder = decoder or Utf8Decoder(
            part.place, errors=errors, remedy="leave --errors strict out to keep the bytes"
        )
        return decoder.decode(data, final=part.ends_row).encode("utf-8")

    return repair
