"""Finding special tokens in one pass, however many there are."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import takewhile
from typing import Final

from bpe.reference.special_tokens import Span, disallowed_error

#: An alternation of more beginnings would be tried one by one; a set of characters is not.
_MOST_BEGINNINGS: Final = 8


def refuse_disallowed(text: str, disallowed: Collection[str]) -> None:
    """Raise `DisallowedSpecialTokenError` if a disallowed token occurs anywhere in the text.

    Clauses: S3, E9.
    Equals `reference.special_tokens.refuse_disallowed`.

    >>> refuse_disallowed("a<b", frozenset({"<b>"}))
    """
    if disallowed and (found := _finder(frozenset(disallowed)).find(text)):
        raise disallowed_error(*found)


def split_special_tokens(text: str, allowed: Collection[str]) -> list[Span]:
    """Cut text into special tokens and the ordinary text between them; no span is empty.

    Clauses: S1, S2, S6, E9.
    Equals `reference.special_tokens.split_special_tokens`.

    >>> [span.text for span in split_special_tokens("a<x><x>b", frozenset({"<x>"}))]
    ['a', '<x>', '<x>', 'b']
    """
    if not text:
        return []
    if not allowed:
        return [Span(text, is_special=False)]
    finder = _finder(frozenset(allowed))
    spans: list[Span] = []
    position = 0
    while found := finder.find(text, position):
        index, token = found
        if index > position:
            spans.append(Span(text[position:index], is_special=False))
        spans.append(Span(token, is_special=True))
        position = index + len(token)
    if position < len(text):
        spans.append(Span(text[position:], is_special=False))
    return spans


class _Finder:
    """Finds the leftmost, then longest, token of a set, however many there are.

    An expression finds where a token may begin: what all tokens of one beginning have in common, and what comes behind it in any.
    There each length that such a token has is looked up, the greatest first; tokens of n different lengths have n * n / 2 characters.
    """

    def __init__(self, tokens: frozenset[str]) -> None:
        self._tokens = tokens
        beginnings: dict[str, list[str]] = {}
        for token in sorted(tokens):
            beginnings.setdefault(token[0], []).append(token)
        self._lengths = {
            first: sorted({len(token) for token in group}, reverse=True) for first, group in beginnings.items()
        }
        if len(beginnings) > _MOST_BEGINNINGS:
            source = _any_of(beginnings)
        else:
            source = "|".join(map(_beginning_of, beginnings.values()))
        self._search = re.compile(source).search

    def find(self, text: str, start: int = 0) -> tuple[int, str] | None:
        """Return the first occurrence at or after `start`: its index and the token."""
        while match := self._search(text, start):
            index = match.start()
            for length in self._lengths[text[index]]:
                token = text[index : index + length]
                if token in self._tokens:
                    return index, token
            start = index + 1
        return None


def _beginning_of(tokens: list[str]) -> str:
    """Return an expression for what all of the tokens, which are sorted, begin with, and for what may follow it."""
    # What the first and the last begin with, all between them do.
    same = takewhile(lambda pair: pair[0] == pair[1], zip(tokens[0], tokens[-1], strict=False))
    common = "".join(character for character, _ in same)
    if common == tokens[0]:
        return re.escape(common)
    return f"{re.escape(common)}(?={_any_of({token[len(common)] for token in tokens})})"


def _any_of(characters: Iterable[str]) -> str:
    return f"[{''.join(map(re.escape, characters))}]"


@lru_cache(maxsize=64)
def _finder(tokens: frozenset[str]) -> _Finder:
    return _Finder(tokens)
