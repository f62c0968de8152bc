"""Loading a tokenizer from a file."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path

from bpe.files import OMITTED, EmptyTokens, Omitted, Semantics, load_vocabulary
from bpe.patterns import Pattern
from bpe.tokenizer import Tokenizer
from bpe.vocabulary import SurrogateProfile


def load(
    path: str | PathLike[str],
    *,
    format: str | None = None,  # noqa: A002 - the field's word
    pattern: str | Pattern | Omitted | None = OMITTED,
    special_tokens: Mapping[str, int] | None = None,
    aliases: Mapping[str, str] | None = None,
    errors: SurrogateProfile | None = None,
    empty_tokens: EmptyTokens = "warn",
    semantics: Semantics | None = None,
    name: str | None = None,
) -> Tokenizer:
    """Load a tokenizer; the format is recognised by the file's content, and what it omits is asked for.

    Clauses: F1, F2, F3, V2, R4.
    A rank file holds neither pattern nor special tokens: say `pattern="gpt2"`, a regular expression, or `None` for no pre-split.
    `semantics` asks for ranks or pairs where the file has the other, which needs a canonical vocabulary.
    Raises `MissingInformationError`, and `FileFormatError` with the line or byte at fault.

    >>> import bpe, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "tiny.bpe.json"
    >>> tokenizer = bpe.train(["aaa"], 257, pattern=None)
    >>> tokenizer.save(path)
    >>> bpe.load(path) == tokenizer
    True
    """
    vocabulary = load_vocabulary(
        path,
        format=format,
        pattern=pattern,
        special_tokens=special_tokens,
        aliases=aliases,
        errors=errors,
        empty_tokens=empty_tokens,
        semantics=semantics,
    )
    return Tokenizer.from_vocabulary(vocabulary, name=Path(path).name.split(".")[0] if name is None else name)
