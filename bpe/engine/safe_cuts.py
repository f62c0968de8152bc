"""Safe cuts, found fast, and a stream of text cut at them: how files of any size are read in blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final

import regex

from bpe.patterns import Pattern
from bpe.reference.safe_cuts import is_safe_cut
from bpe.unicode_classes import class_ranges

_WHITE_SPACE: Final = "".join(rf"\u{first:04x}-\u{last:04x}" for first, last in class_ranges("White_Space"))

# Every safe cut is a match, and few matches are not.
_CANDIDATE: Final = rf"(?<=[^{_WHITE_SPACE}])(?=[{_WHITE_SPACE}])|(?<=[\r\n])(?=[^{_WHITE_SPACE}/])"


def safe_cuts(text: str, pattern: Pattern | None) -> Iterator[int]:
    r"""Yield all safe cuts of a text, in order; only a named pattern has any.

    Clauses: P9.

    >>> from bpe.patterns import resolve_pattern
    >>> list(safe_cuts("one two\n\nthree", resolve_pattern("cl100k_base")))
    [3, 7, 9]
    """
    if pattern is None or pattern.name is None:
        return
    for match in _candidates(backwards=False).finditer(text):
        index = match.start()
        if is_safe_cut(text[index - 1], text[index], pattern.name):
            yield index


def last_safe_cut(
    text: str, pattern: Pattern | None, *, start: int = 1, stop: int | None = None, special_tokens: Iterable[str] = ()
) -> int | None:
    """Return the last safe cut `i` with `start <= i < stop` that falls inside no occurrence of a special token.

    Clauses: P9.
    `stop` is the length of the text by default.
    Only occurrences that the text holds whole are seen: where text is still to come, `stop` must leave room for one.

    >>> from bpe.patterns import resolve_pattern
    >>> last_safe_cut("one two three", resolve_pattern("gpt2"))
    7
    >>> last_safe_cut("one two three", resolve_pattern("gpt2"), special_tokens=["two th"])
    3
    """
    if pattern is None or pattern.name is None:
        return None
    tokens = _divisible(special_tokens)
    start, stop = max(start, 1), len(text) if stop is None else min(stop, len(text))
    if start >= stop:
        return None
    for match in _candidates(backwards=True).finditer(text, start - 1, stop):
        index = match.start()
        if index < start or not is_safe_cut(text[index - 1], text[index], pattern.name):
            continue
        if not _is_inside(text, index, tokens):
            return index
    return None


def blocks(text: str, pattern: Pattern | None, length: int) -> Iterator[str]:
    """Yield the text in blocks of about so many characters whose pre-tokens are those of the text.

    Clauses: P9.
    A stretch without a safe cut is one block, however long it is.

    >>> from bpe.patterns import resolve_pattern
    >>> list(blocks("one two three four", resolve_pattern("gpt2"), 9))
    ['one two', ' three', ' four']
    """
    start, stop = 0, length
    while stop < len(text):
        # What lies before this window has been searched already.
        cut = last_safe_cut(text, pattern, start=max(start + 1, stop - length), stop=stop)
        if cut is not None:
            yield text[start:cut]
            start = cut
        stop = (stop if cut is None else cut) + length
    yield text[start:]


def rechunk(blocks: Iterable[str], pattern: Pattern | None, special_tokens: Iterable[str] = ()) -> Iterator[str]:
    r"""Yield the text of the blocks in chunks that end at safe cuts of the whole text: at most one a block, and the rest.

    Clauses: P9, R3.
    The chunks concatenate to the text, and none is empty.
    A cut falls inside no occurrence of a special token, not even of one that only later blocks complete.
    Without a safe cut, which a custom pattern never has, the whole text is one chunk.
    Time is linear in the text however it is cut into blocks.

    >>> from bpe.patterns import resolve_pattern
    >>> list(rechunk(["one t", "wo three", " four"], resolve_pattern("gpt2")))
    ['one', ' two', ' three', ' four']
    """
    tokens = _divisible(special_tokens)
    # A cut is decided when this much text follows it, and needs as much before it.
    reach = max(map(len, tokens), default=1)
    held: list[str] = []  # text in which no cut is left
    window = ""
    undecided = 1
    for block in blocks:
        window += block
        decided = len(window) - reach + 1
        cut = last_safe_cut(window, pattern, start=undecided, stop=decided, special_tokens=tokens)
        if cut is not None:
            yield "".join((*held, window[:cut]))
            held, window = [], window[cut:]
        settled = max(0, len(window) - 2 * reach)
        held.append(window[:settled])
        window = window[settled:]
        undecided = max(1, len(window) - reach + 1)
    rest = "".join((*held, window))
    if rest:
        yield rest


def _divisible(special_tokens: Iterable[str]) -> Sequence[str]:
    """Return the special tokens that a cut can fall into."""
    return [token for token in special_tokens if len(token) > 1]


def _is_inside(text: str, index: int, tokens: Sequence[str]) -> bool:
    """Return whether the position lies strictly inside an occurrence of a token."""
    return any(text.find(t, max(0, index - len(t) + 1), index + len(t) - 1) >= 0 for t in tokens)


@cache
def _candidates(*, backwards: bool) -> regex.Pattern[str]:
    return regex.compile(_CANDIDATE, regex.VERSION0 | (regex.REVERSE if backwards else 0))
