r"""Pre-split patterns: the named ones, and what identifies a pattern.

A pattern is a regular expression that cuts ordinary text into pre-tokens, the stretches that merges never cross.
Its character classes (`\p{L}`, `\s`, …) mean those of one Unicode version, which is therefore part of what a pattern is.

Two of the named patterns deserve a word.
tiktoken changed cl100k's pattern so that white space at the very end of a text stays whole; the ids are the same, the pieces and so the training are not.
So each form has a name: `cl100k_base` is what tiktoken uses today, `cl100k_original` is what was first published and what Llama 3 uses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, get_args

import regex

from bpe.errors import InputTypeError, InvalidPatternError
from bpe.pattern_syntax import read_pattern
from bpe.unicode_classes import UNICODE_VERSION

GapProfile = Literal["refuse", "isolate"]

_GPT2 = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"""
_CL100K = r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"""
_LLAMA3 = r"""(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"""
_QWEN2 = r"""(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"""
_O200K = "|".join(
    (
        r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
        r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
        r"""\p{N}{1,3}""",
        r""" ?[^\s\p{L}\p{N}]+[\r\n/]*""",
        r"""\s*[\r\n]+""",
        r"""\s+(?!\S)""",
        r"""\s+""",
    )
)

#: Each named pattern and its regular expression, in the form that its owner publishes.
NAMED_PATTERNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "gpt2": _GPT2,
        "cl100k_base": _CL100K,
        "cl100k_original": _LLAMA3,
        "o200k_base": _O200K,
        "qwen2": _QWEN2,
    }
)

#: Other spellings of the same split: they name the same pattern and give the same pieces.
PATTERN_SYNONYMS: Final[Mapping[str, str]] = MappingProxyType(
    {"llama3": "cl100k_original", "r50k_base": "gpt2", "p50k_base": "gpt2", "o200k_harmony": "o200k_base"}
)

#: Regular expressions in the wild that cut every text as a named pattern does.
_EQUIVALENT_SOURCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        # GPT-2 as first published
        r"""'s|'t|'re|'ve|'m|'ll|'d| ?[\p{L}]+| ?[\p{N}]+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+""": "gpt2",
        r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+""": "gpt2",
        r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+""": "gpt2",
        # GPT-4 as minbpe and rustbpe have it
        r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+""": "cl100k_original",
    }
)

_NAME_BY_SOURCE: Final = {source: name for name, source in NAMED_PATTERNS.items()} | dict(_EQUIVALENT_SOURCES)


@dataclass(frozen=True, slots=True)
class Pattern:
    r"""A regular expression for the pre-split, and what to do with text that it leaves uncovered.

    Clauses: P1, P2, P6.
    `gaps="refuse"` raises `PatternGapError`; `gaps="isolate"` makes each uncovered stretch a pre-token of its own.

    >>> Pattern(r"[a-z]+").name is None
    True
    >>> resolve_pattern("gpt2").name
    'gpt2'
    """

    source: str
    gaps: GapProfile = "refuse"

    def __post_init__(self) -> None:
        source: object = self.source
        if not isinstance(source, str):
            raise InputTypeError(f"a pattern is a regular expression, not {type(source).__name__}")
        if self.gaps not in get_args(GapProfile):
            raise InvalidPatternError(f"gaps is {self.gaps!r}: give 'refuse' or 'isolate'", pattern=source)

    @property
    def name(self) -> str | None:
        """The name of the named pattern that cuts every text as this one does, or `None`."""
        return _NAME_BY_SOURCE.get(self.source)

    @property
    def unicode_version(self) -> str:
        r"""The version of the Unicode data that decides what this pattern matches: a part of what it is.

        Named patterns, and all others whose classes are general categories, `\s` and `\d`, have the pinned version.
        A pattern with any other property, such as `\w`, has that of the installed `regex` release, which is then named.

        >>> Pattern(r"\p{L}+|\s+|.").unicode_version, Pattern(r"\w+|\W+").unicode_version[:6]
        ('16.0.0', 'regex-')
        """
        return UNICODE_VERSION if read_pattern(self.source).pinned else f"regex-{regex.__version__}"


def resolve_pattern(pattern: str | Pattern | None) -> Pattern | None:
    r"""Return the pattern that a name, a regular expression or `None` (no pre-split) stands for.

    Clauses: P1, P10.
    Raises `InvalidPatternError` for a string that looks like a name and is none.

    >>> resolve_pattern("llama3") == resolve_pattern("cl100k_original")
    True
    >>> resolve_pattern(r"\w+|\W+").source
    '\\w+|\\W+'
    """
    if pattern is None or isinstance(pattern, Pattern):
        return pattern
    if not isinstance(pattern, str):
        raise InputTypeError(f"a pattern is a name, a regular expression or None, not {type(pattern).__name__}")
    name = PATTERN_SYNONYMS.get(pattern, pattern)
    if name in NAMED_PATTERNS:
        return Pattern(NAMED_PATTERNS[name])
    if re.fullmatch(r"[A-Za-z0-9_.-]*", pattern):
        known = ", ".join(sorted([*NAMED_PATTERNS, *PATTERN_SYNONYMS]))
        raise InvalidPatternError(
            f"no pattern is named {pattern!r}: give one of {known}, a regular expression, or None for no pre-split",
            pattern=pattern,
        )
    return Pattern(pattern)
