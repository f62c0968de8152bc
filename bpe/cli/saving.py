"""Saving a tokenizer: checked before the work, and with a note of what the format leaves out."""

from __future__ import annotations

import errno
import os
import shlex
from pathlib import Path

from bpe.cli.faults import say
from bpe.cli.output import check_target
from bpe.files import FileFormat
from bpe.files.formats import format_for_saving, require_format
from bpe.tokenizer import Tokenizer
from bpe.vocabulary import Vocabulary

_MOST_SHOWN = 8


def choose_format(path: str, file_format: str | None) -> FileFormat:
    """Return the format in which a tokenizer will be saved, if a file of this name can be written at all.

    Clauses: F1.
    Raises `MissingInformationError` where the name says no format, `OSError` where the file cannot be written.

    >>> choose_format("my.bpe.json", None).name
    'bpe'
    """
    chosen = format_for_saving(Path(path)) if file_format is None else require_format(file_format)
    if Path(path).is_dir() and chosen.name != "gpt2":
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    check_target(path)
    return chosen


def save_tokenizer(tokenizer: Tokenizer, path: str, chosen: FileFormat) -> None:
    """Save a tokenizer, and write a note if whoever loads the file has to add something.

    Clauses: F1.
    """
    tokenizer.save(path, format=chosen.name)
    options = omitted_options(tokenizer.vocabulary, chosen.omits)
    if options:
        shown = " ".join(options[:_MOST_SHOWN]) + (" …" if len(options) > _MOST_SHOWN else "")
        say(f"note: {path} does not hold all of the tokenizer: load it with {shown}")


def omitted_options(vocabulary: Vocabulary, omits: tuple[str, ...]) -> list[str]:
    """Return the options that say what a format omits of this vocabulary.

    >>> from bpe.vocabulary import single_bytes
    >>> omitted_options(Vocabulary(single_bytes(), special_tokens={"<|end|>": 256}), ("pattern", "special_tokens"))
    ['--pattern none', "--special-token '<|end|>=256'"]
    """
    options = []
    if "pattern" in omits:
        pattern = vocabulary.pattern
        options.append("--pattern " + ("none" if pattern is None else shlex.quote(pattern.name or pattern.source)))
    if "special_tokens" in omits:
        # A canonical text stands before its aliases: so --special-token reads them back as they are.
        tokens = sorted(vocabulary.special_tokens.items(), key=lambda token: (token[1], token[0] in vocabulary.aliases))
        options += ["--special-token " + shlex.quote(f"{text}={token_id}") for text, token_id in tokens]
    return options
