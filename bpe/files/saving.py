"""From a vocabulary to a file."""

from __future__ import annotations

import os
from pathlib import Path

from bpe.conversion import forget_merges, recover_merges
from bpe.errors import CannotExpressError
from bpe.files.formats import FileFormat, format_for_saving, require_format
from bpe.files.raw import MAX_FILE_BYTES, replace_files
from bpe.vocabulary import Vocabulary


def save_vocabulary(
    vocabulary: Vocabulary,
    path: str | os.PathLike[str],
    *,
    format: str | None = None,  # noqa: A002  # the word that users know
) -> None:
    """Write a vocabulary to a file, or refuse before anything is written.

    Clauses: F1, F3, F4.
    The format is that of the name's ending unless `format` names it.
    Loading the file, and saying what the format leaves out, gives an equal vocabulary; the same vocabulary gives the same bytes.
    Each file is there as a whole or not at all; of GPT-2's two files, one after the other.

    Raises `CannotExpressError` that says what would be lost, `MissingInformationError` for a name without a format, `OSError`.

    >>> from bpe.vocabulary import single_bytes
    >>> save_vocabulary(Vocabulary(single_bytes() | {300: b"aa"}, ()), "my.model")
    Traceback (most recent call last):
    bpe.errors.CannotExpressError: my.model: ... lost would be that b'aa' has the id 300: use format='bpe' [F1]
    """
    target = Path(path)
    chosen = format_for_saving(target) if format is None else require_format(format)
    try:
        contents = chosen.write(_expressed(vocabulary, chosen), target)
    except CannotExpressError as fault:
        raise CannotExpressError(f"{path}: {fault.message}", **fault.fields) from None
    for file, content in contents.items():
        if len(content) > MAX_FILE_BYTES:
            raise CannotExpressError(f"{file}: more than {MAX_FILE_BYTES} bytes, which loading would refuse")
    if chosen.name == "gpt2":
        next(iter(contents)).parent.mkdir(exist_ok=True)
    replace_files(contents)


def _expressed(vocabulary: Vocabulary, chosen: FileFormat) -> Vocabulary:
    """Return the vocabulary under the semantics of a format, from which loading gets the original back."""
    if chosen.semantics is None:
        return vocabulary
    own = "ranks" if vocabulary.merges is None else "pairs"
    shortcut = own == "ranks"
    if vocabulary.whole_pre_token is not shortcut:
        raise CannotExpressError(
            f"the format {chosen.name!r} holds no whole_pre_token; lost would be whole_pre_token={not shortcut} "
            f"under {own}: use format='bpe', or vocabulary.with_changes(whole_pre_token={shortcut})",
        )
    try:
        return forget_merges(vocabulary) if chosen.semantics == "ranks" else recover_merges(vocabulary)
    except CannotExpressError as fault:
        message = f"files of the format {chosen.name!r} merge by {chosen.semantics}, and {fault.message}"
        raise CannotExpressError(f"{message}: use format='bpe'", **fault.fields) from None
