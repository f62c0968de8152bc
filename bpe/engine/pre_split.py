"""The pre-split, fast: the same pieces as the definition, from the pattern as it stands wherever that is the same.

Named patterns cover every text and take time linear in it (P1, P8), so they run without a check and without a limit.
A custom pattern is checked, and stopped when it takes too long.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from itertools import accumulate, pairwise
from math import inf
from typing import Final

import regex

from bpe.engine.stand_ins import find_differing, replace_differing
from bpe.errors import PatternTimeoutError
from bpe.pattern_syntax import read_pattern
from bpe.patterns import Pattern
from bpe.reference.pre_split import compile_source, cover, write_out

Splitter = Callable[[str], list[str]]

#: A custom pattern may take this many seconds of processor time, and so many more per character.
BASE_SECONDS: Final = 5.0
SECONDS_PER_CHARACTER: Final = 20e-6


def pre_split(text: str, pattern: Pattern | None, *, time_limit: float | None = None) -> list[str]:
    r"""Cut ordinary text into its pre-tokens.

    Clauses: P1, P2, P6, P8.
    `time_limit`, in seconds of processor time, is for a custom pattern; by default it is 5, and 20 more per million characters.
    Watching the clock makes a custom pattern three times slower; `math.inf` turns it off.
    Raises `InvalidPatternError`, `PatternGapError` and `PatternTimeoutError`.

    >>> from bpe.patterns import resolve_pattern
    >>> pre_split("I'll pay 12345 €", resolve_pattern("o200k_base"))
    ["I'll", ' pay', ' ', '123', '45', ' €']
    """
    return compile_splitter(pattern, time_limit=time_limit)(text)


@lru_cache(maxsize=64)
def compile_splitter(pattern: Pattern | None, *, time_limit: float | None = None) -> Splitter:
    """Return the function that cuts ordinary text with this pattern.

    Clauses: P1, P2, P6, P8.
    Raises `InvalidPatternError` for a pattern that is no regular expression.

    >>> from bpe.patterns import resolve_pattern
    >>> compile_splitter(resolve_pattern("gpt2"))("as one does")
    ['as', ' one', ' does']
    """
    if pattern is None:
        return _keep_whole
    expression = compile_source(pattern.source, pattern.source)
    if pattern.name is not None:
        return partial(_split_named, expression.findall, pattern)
    return partial(_split_custom, expression, pattern, time_limit)


def _keep_whole(text: str) -> list[str]:
    return [text] if text else []


def _split_named(find_all: Splitter, pattern: Pattern, text: str) -> list[str]:
    if text.isascii() or not (differing := find_differing(text)):
        return find_all(text)
    replaced = replace_differing(text, differing)
    if replaced is None:
        return compile_written(pattern).findall(text)
    return _cut_like(text, find_all(replaced))


def _cut_like(text: str, pieces: list[str]) -> list[str]:
    """Return the text cut where the pieces of an equally long text end."""
    ends = accumulate(map(len, pieces), initial=0)
    return [text[start:stop] for start, stop in pairwise(ends)]


def _split_custom(expression: regex.Pattern[str], pattern: Pattern, time_limit: float | None, text: str) -> list[str]:
    limit = BASE_SECONDS + SECONDS_PER_CHARACTER * len(text) if time_limit is None else time_limit
    chosen, subject = _choose(expression, pattern, text)
    try:
        return _cut_checked(chosen, subject, None if limit == inf else limit, text, pattern)
    except (TimeoutError, MemoryError) as error:
        what = f"takes longer than {limit:g} seconds" if isinstance(error, TimeoutError) else "runs out of memory"
        raise PatternTimeoutError(
            f"the pattern {pattern.source!r} {what} on a text of {len(text)} characters: "
            f"rewrite it so that it does not backtrack (possessive quantifiers: `a++`), or give a greater time_limit",
            pattern=pattern.source,
            limit=limit,
        ) from error


def _cut_checked(
    expression: regex.Pattern[str], subject: str, timeout: float | None, text: str, pattern: Pattern
) -> list[str]:
    """Cut the text where the expression cuts the equally long subject, and account for every character."""
    # `findall` is faster, but gives the groups if there are any, and with `\K` matches can overlap.
    if not expression.groups and "\\K" not in pattern.source:
        pieces = [piece for piece in expression.findall(subject, timeout=timeout) if piece]
        if "".join(pieces) == subject:
            return pieces if subject is text else _cut_like(text, pieces)
    matches = (match.span() for match in expression.finditer(subject, timeout=timeout))
    return [text[start:stop] for start, stop in cover(matches, text, pattern)]


def _choose(expression: regex.Pattern[str], pattern: Pattern, text: str) -> tuple[regex.Pattern[str], str]:
    """Return an expression and a text as long as the given one, which together give the definition's spans."""
    syntax = read_pattern(pattern.source)
    if not syntax.has_classes:
        return expression, text
    if syntax.misread:
        return compile_written(pattern), text
    if text.isascii() or not (differing := find_differing(text)):
        return expression, text
    replaced = replace_differing(text, differing) if syntax.class_only else None
    return (compile_written(pattern), text) if replaced is None else (expression, replaced)


def compile_written(pattern: Pattern) -> regex.Pattern[str]:
    """Return the definition's own expression: slow, and right for every text."""
    return compile_source(write_out(pattern.source), pattern.source)
