"""What the caller says about a file: the things that a format may leave out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Final, Literal

from bpe.errors import MissingInformationError
from bpe.files.faults import malformed
from bpe.patterns import NAMED_PATTERNS, Pattern
from bpe.vocabulary import SurrogateProfile, TokenId, Vocabulary

EmptyTokens = Literal["warn", "drop", "refuse"]


class Omitted(Enum):
    """The type of `OMITTED`, which stands for an argument that was not given; `None` says "no pre-split"."""

    OMITTED = "omitted"

    def __repr__(self) -> str:
        return "<omitted>"


OMITTED: Final = Omitted.OMITTED


@dataclass(frozen=True, slots=True)
class Given:
    """The arguments of `load_vocabulary` that describe the tokenizer, resolved."""

    pattern: Pattern | Omitted | None = OMITTED
    special_tokens: Mapping[str, TokenId] | None = None
    aliases: Mapping[str, str] | None = None
    errors: SurrogateProfile | None = None
    empty_tokens: EmptyTokens = field(default="warn")


def require_pattern(given: Given, path: str | Path, kind: str) -> Pattern | None:
    """Return the pattern that the caller gave for a file of a kind that holds none.

    Clauses: F1.
    Raises `MissingInformationError`: guessing would give other ids without a word.

    >>> require_pattern(Given(pattern=None), "x.tiktoken", "a rank file") is None
    True
    """
    if isinstance(given.pattern, Omitted):
        known = ", ".join(repr(name) for name in NAMED_PATTERNS)
        raise MissingInformationError(
            f"{path}: {kind} does not hold the pattern: give pattern= one of {known}, "
            f"a regular expression, or None for no pre-split",
            path=str(path),
            missing="pattern",
        )
    return given.pattern


def require_agreement(vocabulary: Vocabulary, given: Given, path: str | Path) -> Vocabulary:
    """Return the vocabulary of a file that holds everything, unless the caller says otherwise than the file.

    Clauses: F1, F2.
    Raises `FileFormatError`: to overrule a file silently is to load something else than was asked for.
    """
    if not (isinstance(given.pattern, Omitted) or _same_split(given.pattern, vocabulary.pattern)):
        raise _disagreement(path, "pattern", vocabulary.pattern, given.pattern)
    for name in ("special_tokens", "aliases", "errors"):
        said, held = getattr(given, name), getattr(vocabulary, name)
        if said is not None and said != held:
            raise _disagreement(path, name, held, said)
    return vocabulary


def _same_split(one: Pattern | None, other: Pattern | None) -> bool:
    if one is None or other is None or one.name is None:
        return one == other
    return (one.name, one.gaps) == (other.name, other.gaps)


def _disagreement(path: str | Path, name: str, held: Any, said: Any) -> Exception:
    held = dict(held) if isinstance(held, Mapping) else held
    return malformed(
        path,
        f"the file says {name}={held!r}, the caller {name}={said!r}: leave {name}= out, "
        f"and change it after loading with vocabulary.with_changes({name}=…)",
    )
