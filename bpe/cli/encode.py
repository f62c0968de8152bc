"""`bpe encode`: texts to token ids."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

import click

from bpe.cli.faults import EXIT_STATUS
from bpe.cli.id_writers import WRITERS, Parts, write_count
from bpe.cli.options import output_option, text_options, tokenizer_options
from bpe.cli.output import open_output
from bpe.cli.places import place_refusal
from bpe.cli.sources import Reader, Texts, choose_reader, open_source
from bpe.cli.tokenizers import SpecialTokens, open_tokenizer, parse_special_set
from bpe.engine.safe_cuts import rechunk
from bpe.errors import (
    DisallowedSpecialTokenError,
    InvalidUtf8Error,
    LoneSurrogateError,
    PatternGapError,
    PatternTimeoutError,
)
from bpe.reference.special_tokens import resolve_special
from bpe.text_sources import Text, split_byte_lines
from bpe.tokenizer import Tokenizer

_HELP = """Encode the texts of FILES, or of standard input, as token ids: one row of ids for each text.

A file is one text, unless --lines or --jsonl says otherwise; it must be UTF-8, unless --bytes is given.
`-` is standard input.
A text that contains a special token is refused, unless --allowed-special or --disallowed-special says otherwise.
"""


class Request(NamedTuple):
    """What is asked for: the tokenizer, and its special tokens in texts."""

    tokenizer: Tokenizer
    allowed: SpecialTokens
    disallowed: SpecialTokens


@click.command("encode", help=_HELP, short_help="Texts to token ids.", epilog=EXIT_STATUS)
@click.argument("files", nargs=-1)
@tokenizer_options
@text_options
@click.option("--bytes", "as_bytes", is_flag=True, help="Take any bytes, UTF-8 or not; no token is special.")
@click.option(
    "--allowed-special",
    multiple=True,
    metavar="TEXT",
    help="Special token that becomes its id, or all, or none (the default); repeatable.",
)
@click.option(
    "--disallowed-special",
    multiple=True,
    metavar="TEXT",
    help="Special token whose occurrence is refused, or all (the default: all that are not allowed), or none; "
    "others are ordinary text; repeatable.",
)
@click.option(
    "--format",
    "id_format",
    type=click.Choice(list(WRITERS)),
    help="How ids are written: text (the default), jsonl, or npy, which holds the ids of one text.",
)
@click.option("--count", is_flag=True, help="Write only how many ids each text has.")
@output_option
def encode(
    *,
    files: Sequence[str],
    wanted: str,
    pattern: str | None,
    special_tokens: Sequence[str],
    lines: bool,
    field: str | None,
    as_bytes: bool,
    allowed_special: Sequence[str],
    disallowed_special: Sequence[str],
    id_format: str | None,
    count: bool,
    output: str | None,
) -> None:
    """Check what is asked for, then encode text by text."""
    files = files or ["-"]
    reader = choose_reader(lines=lines, field=field)
    _check_usage(
        as_bytes=as_bytes and (field is not None or bool(allowed_special) or bool(disallowed_special)),
        count=count and id_format is not None,
        npy=id_format == "npy" and (lines or field is not None or len(files) > 1),
        terminal=id_format == "npy" and output is None and sys.stdout is not None and sys.stdout.isatty(),
    )
    allowed = parse_special_set(allowed_special or ["none"], "--allowed-special")
    disallowed = parse_special_set(disallowed_special or ["all"], "--disallowed-special")
    tokenizer = open_tokenizer(wanted, pattern=pattern, special_tokens=special_tokens)
    request = Request(tokenizer, allowed, disallowed)
    rows = _encode_bytes(files, tokenizer, lines=lines) if as_bytes else _encode_texts(files, reader, request)
    with open_output(output) as stream:
        _write_rows(rows, write_count if count else WRITERS[id_format or "text"], stream)


def encode_in_blocks(text: Text, request: Request) -> Iterator[Sequence[int]]:
    """Yield the ids of a text in parts: those of stretches between safe cuts, so that only these are held in memory.

    Clauses: P9, S3.
    """
    tokenizer, allowed, disallowed = request
    vocabulary = tokenizer.vocabulary
    special = frozenset[str]().union(*resolve_special(vocabulary.special_tokens.keys(), allowed, disallowed))
    position = 0
    for block in rechunk(text.blocks, vocabulary.pattern, special):
        try:
            yield tokenizer.encode(block, allowed_special=allowed, disallowed_special=disallowed)
        except DisallowedSpecialTokenError as fault:
            raise _disallowed(text.place, fault.token, position + fault.index) from None
        except (LoneSurrogateError, PatternGapError, PatternTimeoutError) as fault:
            raise place_refusal(fault, text.place, position) from None
        position += len(block)


def _encode_texts(files: Sequence[str], reader: Reader, request: Request) -> Iterator[Parts]:
    for text in Texts(files, reader):
        yield encode_in_blocks(text, request)


def _encode_bytes(files: Sequence[str], tokenizer: Tokenizer, *, lines: bool) -> Iterator[Parts]:
    for path in files:
        with open_source(path) as (name, stream):
            for data in _byte_texts(stream, name, lines=lines):
                yield [tokenizer.encode_bytes(data)]


def _byte_texts(stream: BinaryIO, name: str, *, lines: bool) -> Iterator[bytes]:
    if lines:
        yield from (line for _, line in split_byte_lines(stream, name))
    else:
        yield stream.read()


def _write_rows(rows: Iterator[Parts], write: Callable[[Parts, BinaryIO], None], stream: BinaryIO) -> None:
    try:
        for parts in rows:
            write(parts, stream)
    except InvalidUtf8Error as fault:
        raise _not_utf8(fault) from None


def _check_usage(*, as_bytes: bool, count: bool, npy: bool, terminal: bool) -> None:
    faults = {
        "--bytes takes no --jsonl, and no token is special in it": as_bytes,
        "--count writes no ids: leave --format out": count,
        "a .npy file holds the ids of one text: give one file, or --format jsonl": npy,
        "a .npy file is nothing for a terminal: give -o FILE": terminal,
    }
    for message, is_fault in faults.items():
        if is_fault:
            raise click.UsageError(message)


def _disallowed(place: str, token: str, index: int) -> DisallowedSpecialTokenError:
    return DisallowedSpecialTokenError(
        f"{place}: special token {token!r} at character {index}: make it its id with --allowed-special {shlex.quote(token)}, "
        "or take all special tokens that are not allowed as ordinary text with --disallowed-special none",
        token=token,
        index=index,
    )


def _not_utf8(fault: InvalidUtf8Error) -> InvalidUtf8Error:
    return InvalidUtf8Error(
        f"{fault.message}, or encode its bytes as they are with --bytes",
        data=fault.data,
        offset=fault.offset,
        stop=fault.stop,
        cause=fault.cause,
    )
