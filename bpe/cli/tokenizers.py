"""The tokenizer that a command line names, and what it says of special tokens."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import click

from bpe.encoding_table import ENCODINGS, look_up_encoding
from bpe.encodings import get_encoding
from bpe.files.json_text import MAX_DIGITS
from bpe.loading import load
from bpe.tokenizer import Tokenizer
from bpe.vocabulary import MAX_TOKEN_ID

SpecialTokens = Literal["all"] | frozenset[str]


def open_tokenizer(
    wanted: str, *, pattern: str | None, special_tokens: Sequence[str], file_format: str | None = None
) -> Tokenizer:
    """Return the named encoding, or the tokenizer in the file, of this name; the options say what the file leaves out."""
    tokens, aliases = parse_special_tokens(special_tokens)
    if wanted in ENCODINGS:
        if pattern is not None or file_format is not None:
            raise click.UsageError(
                f"{wanted} is a named encoding: its pattern and format are fixed (a file: ./{wanted})"
            )
        return get_encoding(wanted).with_special_tokens(tokens, aliases=aliases)
    if not Path(wanted).exists() and os.sep not in wanted and "." not in wanted:
        look_up_encoding(wanted)  # refuses the name, and says which are near
    given: dict[str, Any] = {} if pattern is None else {"pattern": parse_pattern(pattern)}
    if tokens:
        given |= {"special_tokens": tokens, "aliases": aliases}
    return load(wanted, format=file_format, **given)


def parse_pattern(value: str) -> str | None:
    """Return the pattern that an option means: a name or a regular expression, or `None` for `none`.

    >>> parse_pattern("gpt2"), parse_pattern("none")
    ('gpt2', None)
    """
    return None if value == "none" else value


def parse_special_tokens(values: Sequence[str]) -> tuple[dict[str, int], dict[str, str]]:
    """Return each special token's id, from `TEXT=ID`, and the aliases: later texts with an id that is taken.

    >>> parse_special_tokens(["<|end|>=300", "<|stop|>=300", "a=b=301"])
    ({'<|end|>': 300, '<|stop|>': 300, 'a=b': 301}, {'<|stop|>': '<|end|>'})
    """
    tokens: dict[str, int] = {}
    canonical: dict[int, str] = {}
    for value in values:
        text, _, digits = value.rpartition("=")
        if not text or not (digits.isascii() and digits.isdecimal()):
            raise click.BadParameter(f"{value!r} is not TEXT=ID", param_hint="'--special-token'")
        if len(digits) > MAX_DIGITS:  # the interpreter's own limit would end in a traceback
            raise click.BadParameter(
                f"the id of {text!r} has {len(digits)} digits: ids end at {MAX_TOKEN_ID}",
                param_hint="'--special-token'",
            )
        if text in tokens:
            raise click.BadParameter(f"{text!r} is given twice", param_hint="'--special-token'")
        tokens[text] = int(digits)
        canonical.setdefault(int(digits), text)
    return tokens, {text: canonical[number] for text, number in tokens.items() if canonical[number] != text}


def parse_special_set(values: Sequence[str], option: str) -> SpecialTokens:
    """Return the set of special tokens that the values of an option mean: `all`, `none`, or each a token.

    >>> parse_special_set(["all"], "--allowed-special"), sorted(parse_special_set(["<a>", "<b>"], "--allowed-special"))
    ('all', ['<a>', '<b>'])
    """
    if "all" not in values and "none" not in values:
        return frozenset(values)
    if len(set(values)) > 1:
        raise click.UsageError(f"{option} all and {option} none stand alone")
    return "all" if "all" in values else frozenset()
