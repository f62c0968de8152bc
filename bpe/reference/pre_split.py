r"""The pre-split: ordinary text is cut into the pieces that a pattern matches.

The definition writes each pinned class of the pattern out, range by range, so that the text it is given is cut as Unicode 16.0.0 has it, under every release of `regex`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

import regex

from bpe.errors import InvalidPatternError, PatternGapError
from bpe.pattern_size import MOST_ITEMS, count_items
from bpe.pattern_syntax import CharacterClass, read_pattern
from bpe.patterns import Pattern
from bpe.unicode_classes import Ranges, class_ranges, complement

Span = tuple[int, int]

#: What `regex` may raise for a source that is none of its expressions, faults of some releases included.
_REFUSALS: Final = (regex.error, ValueError, OverflowError, LookupError, AttributeError, RecursionError, MemoryError)

#: What two of them do not say.
_REASONS: Final[dict[type[Exception], str]] = {
    RecursionError: "nested too deeply",
    MemoryError: "it takes more memory than there is",
}

# An alternative that never matches keeps `regex` from looking first for a character that could begin a match.
# That look goes wrong where case is ignored: `(?i:a)|[^\p{L}]` alone finds no U+0345, a mark that equals the letter ι.
_AND_NOTHING: Final = "|(?!)"


def pre_split(text: str, pattern: Pattern | None) -> list[str]:
    r"""Cut ordinary text into its pre-tokens.

    Clauses: P1, P2, P6.
    Raises `InvalidPatternError` for a pattern that is no regular expression, and `PatternGapError` where it leaves text uncovered.

    >>> from bpe.patterns import resolve_pattern
    >>> pre_split("Hello, world  !", resolve_pattern("gpt2"))
    ['Hello', ',', ' world', ' ', ' !']
    >>> pre_split("aab", Pattern("a+", gaps="isolate")), pre_split("aab", None)
    (['aa', 'b'], ['aab'])
    """
    if pattern is None:
        return [text] if text else []
    expression = compile_source(write_out(pattern.source), pattern.source)
    matches = (match.span() for match in expression.finditer(text))
    return [text[start:stop] for start, stop in cover(matches, text, pattern)]


def cover(matches: Iterable[Span], text: str, pattern: Pattern) -> Iterator[Span]:
    r"""Yield the spans of the non-empty matches, and under `gaps="isolate"` those of the stretches between them.

    Clauses: P1, P2.
    Raises `PatternGapError` at the first stretch that no match covers, unless the pattern isolates them.
    With `\K` in a look-around a match can begin before the last one ended, or end before it begins: then only what is new counts.
    """
    covered = 0
    for start, stop in matches:
        if stop <= max(start, covered):
            continue
        yield from _isolate(text, pattern, covered, start)
        yield max(start, covered), stop
        covered = stop
    yield from _isolate(text, pattern, covered, len(text))


def _isolate(text: str, pattern: Pattern, start: int, stop: int) -> Iterator[Span]:
    if start >= stop:
        return
    if pattern.gaps == "isolate":
        yield start, stop
        return
    shown = text[start : min(stop, start + 20)]
    raise PatternGapError(
        f"the pattern {pattern.source!r} leaves characters {start} to {stop} uncovered ({shown!r}): "
        f"add an alternative that matches them, or give gaps='isolate'",
        pattern=pattern.source,
        start=start,
        stop=stop,
    )


@lru_cache(maxsize=64)
def write_out(source: str) -> str:
    r"""Return a pattern's source with each pinned class written as ranges of code points.

    Clauses: P6.
    Raises `InvalidPatternError` for a source that is no regular expression.

    >>> write_out(r"[-\s]+")[:48]
    '[\\-\\U00000009-\\U0000000d\\U00000020-\\U00000020\\U0'
    """
    compile_source(source, source)
    written: list[str] = []
    for part in read_pattern(source).parts:
        if isinstance(part, str):
            written.append(part)
            continue
        if part.in_set and written[-1] == "-":
            # Before a class the hyphen stands for itself; before a range it would make another.
            written[-1] = "\\-"
        written.append(_write_class(part))
    return "".join(written)


def _write_class(part: CharacterClass) -> str:
    ranges = class_ranges(part.name)
    if part.in_set:
        return _write_ranges(complement(ranges) if part.negated else ranges)
    return f"[{'^' if part.negated else ''}{_write_ranges(ranges)}]"


def _write_ranges(ranges: Ranges) -> str:
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


@lru_cache(maxsize=256)
def compile_source(source: str, named: str) -> regex.Pattern[str]:
    """Return the compiled expression; `named` is the pattern that errors speak of.

    Clauses: P1.
    Raises `InvalidPatternError`, with the reason and, where `regex` tells it, the position.

    >>> compile_source("(", "(")
    Traceback (most recent call last):
    ...
    bpe.errors.InvalidPatternError: the pattern '(' is no regular expression: missing ) at position 1 [P1]
    """
    items = count_items(source)
    if items > MOST_ITEMS:
        raise InvalidPatternError(
            f"the pattern {named!r:.200} repeats its parts until it has about {items:,} of them: {MOST_ITEMS:,} is the most",
            pattern=named,
        )
    try:
        # The version is named because a program may have changed the default.
        regex.compile(source, regex.VERSION0)
        expression = regex.compile(source + _AND_NOTHING, regex.VERSION0)
    except _REFUSALS as error:
        reason = _REASONS.get(type(error), error)
        raise InvalidPatternError(f"the pattern {named!r} is no regular expression: {reason}", pattern=named) from error
    if expression.flags & regex.REVERSE:
        raise InvalidPatternError(f"the pattern {named!r} searches backwards: leave out the flag r", pattern=named)
    return expression
