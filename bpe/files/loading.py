"""From a file to a vocabulary."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bpe.conversion import forget_merges, recover_merges
from bpe.errors import CannotExpressError, InputTypeError, InvalidVocabularyError, SpecialTokenConflictError
from bpe.files.faults import malformed
from bpe.files.formats import FORMATS, Semantics, detect_format, require_format
from bpe.files.given import OMITTED, EmptyTokens, Given, Omitted
from bpe.files.raw import read_bytes
from bpe.patterns import Pattern, resolve_pattern
from bpe.vocabulary import SurrogateProfile, TokenId, Vocabulary


def load_vocabulary(
    path: str | os.PathLike[str],
    *,
    format: str | None = None,  # noqa: A002  # the word that users know
    pattern: str | Pattern | Omitted | None = OMITTED,
    special_tokens: Mapping[str, TokenId] | Mapping[str, int] | None = None,
    aliases: Mapping[str, str] | None = None,
    errors: SurrogateProfile | None = None,
    empty_tokens: EmptyTokens = "warn",
    semantics: Semantics | None = None,
) -> Vocabulary:
    r"""Return the vocabulary that a file holds, completed by what its format leaves out.

    Clauses: F1, F2, F3, R4.
    The format is recognised by content, then by name, unless `format` names it; a gzip file is read as what it holds.
    `pattern` must be given where the format holds none: a name, a regular expression, or `None` for no pre-split.
    Where the file holds what is also given, the two must agree; `errors` is "strict" where neither says otherwise.
    `empty_tokens` says what becomes of a token without bytes in a rank file.
    `semantics` asks for rank or pair semantics where the file has the other; this needs a canonical vocabulary.

    Raises `FileFormatError`, `MissingInformationError`, `SpecialTokenConflictError`, `CannotExpressError`; `OSError` as `open` does.

    >>> import tempfile
    >>> from bpe.vocabulary import single_bytes
    >>> from bpe.files import save_vocabulary
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_vocabulary(Vocabulary(single_bytes() | {256: b"aa"}, whole_pre_token=True), f"{folder}/my.tiktoken")
    ...     load_vocabulary(f"{folder}/my.tiktoken", pattern=None)
    <Vocabulary of 257 tokens, ranks, 0 special>
    """
    _check_option("errors", errors, (None, "strict", "replace"))
    _check_option("empty_tokens", empty_tokens, ("warn", "drop", "refuse"))
    _check_option("semantics", semantics, (None, "ranks", "pairs"))
    resolved = pattern if isinstance(pattern, Omitted) else resolve_pattern(pattern)
    given = Given(
        resolved, _as_dict("special_tokens", special_tokens), _as_dict("aliases", aliases), errors, empty_tokens
    )
    vocabulary = _read(Path(path), format, given)
    return _in_semantics(vocabulary, semantics, path)


def _read(path: Path, name: str | None, given: Given) -> Vocabulary:
    chosen = None if name is None else require_format(name)
    data = b"" if path.is_dir() else read_bytes(path)
    chosen = chosen or FORMATS[detect_format(path, data)]
    if chosen.read is None:
        raise malformed(path, f"{chosen.name} is a view for people and cannot be read back: load the file it shows")
    if path.is_dir() and chosen.name != "gpt2":
        raise malformed(path, f"a folder, where a file of the format {chosen.name!r} is wanted")
    with _faults_of(path):
        return chosen.read(path, data, given)


@contextmanager
def _faults_of(path: Path) -> Iterator[None]:
    """Tell the file of whatever the vocabulary refuses as a whole, such as a byte that no line has."""
    try:
        yield
    except InvalidVocabularyError as fault:
        raise malformed(path, fault.message) from fault
    except SpecialTokenConflictError as fault:
        message = fault.message if fault.message.startswith(str(path)) else f"{path}: {fault.message}"
        raise SpecialTokenConflictError(message, token=fault.token, path=str(path)) from fault


def _in_semantics(vocabulary: Vocabulary, semantics: Semantics | None, path: str | os.PathLike[str]) -> Vocabulary:
    try:
        if semantics == "pairs":
            return recover_merges(vocabulary)
        return forget_merges(vocabulary) if semantics == "ranks" else vocabulary
    except CannotExpressError as fault:
        other = "ranks" if semantics == "pairs" else "pairs"
        raise CannotExpressError(f"{path}: {fault.message}: load it with semantics={other!r}", **fault.fields) from None


def _as_dict(name: str, value: Any) -> dict[str, Any] | None:
    if value is None or isinstance(value, Mapping):
        return None if value is None else dict(value)
    raise InputTypeError(f"{name} is a mapping, such as a dict, not {type(value).__name__}")


def _check_option(name: str, value: Any, options: Sequence[str | None]) -> None:
    if value not in options:
        listed = ", ".join(map(repr, options))
        raise InputTypeError(f"{name}={value!r} is none of {listed}", **{name: value})
