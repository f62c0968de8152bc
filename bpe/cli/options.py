"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, TypeVar

import click

from bpe.files import FORMATS

Command = TypeVar("Command", bound=Callable[..., Any])

READABLE_FORMATS = [each.name for each in FORMATS.values() if each.read is not None]
WRITABLE_FORMATS = list(FORMATS)


def combine(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Return the decorator that adds several options, which help shows in this order."""
    return lambda command: reduce(lambda decorated, option: option(decorated), reversed(options), command)


def text_options(command: Command) -> Command:
    """Add the options that say what in a file is a text."""
    return combine(
        click.option("--lines", is_flag=True, help="Each line is a text, without the newline that ends it."),
        click.option("--jsonl", "field", metavar="FIELD", help="Each line is a JSON object whose FIELD is a text."),
    )(command)


def file_content_options(command: Command) -> Command:
    """Add the options that say what the file of a tokenizer leaves out."""
    return combine(
        click.option(
            "--pattern",
            metavar="PATTERN",
            help="The pattern, where the file holds none: a name, a regular expression, or none.",
        ),
        click.option(
            "--special-token",
            "special_tokens",
            multiple=True,
            metavar="TEXT=ID",
            help="A special token that the file does not hold; repeatable.",
        ),
    )(command)


def tokenizer_options(command: Command) -> Command:
    """Add the options that name a tokenizer."""
    return combine(
        click.option(
            "-t",
            "--tokenizer",
            "wanted",
            required=True,
            metavar="TOKENIZER",
            help="A named encoding (see bpe encodings), or the path of a file.",
        ),
        file_content_options,
    )(command)


def output_option(command: Command) -> Command:
    """Add the option that names the output."""
    return click.option(
        "-o",
        "--output",
        metavar="FILE",
        help="Write to FILE, once all is done, instead of standard output.",
    )(command)
