"""Finding special tokens in one pass, with an alternation that tries longer tokens first."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from bpe.reference.special_tokens import Span, disallowed_error


def refuse_disallowed(text: str, disallowed: Collection[str]) -> None:
    """Raise `DisallowedSpecialTokenError` if a disallowed token occurs anywhere in the text.

    Clauses: S3, E9.
    Equals `reference.special_tokens.refuse_disallowed`.

    >>> refuse_disallowed("a<b", frozenset({"<b>"}))
    """
    if disallowed and (match := _compile(frozenset(disallowed)).search(text)):
        raise disallowed_error(match.start(), match.group())


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
    # Splitting at one capture group yields ordinary text and tokens in turn.
    parts = _compile(frozenset(allowed)).split(text)
    return [Span(part, is_special=bool(index % 2)) for index, part in enumerate(parts) if part]


@lru_cache(maxsize=64)
def _compile(tokens: frozenset[str]) -> re.Pattern[str]:
    """Return an expression that finds the leftmost, then longest, token."""
    # An alternation takes the first that matches, so longer ones stand first.
    longest_first = sorted(tokens, key=lambda token: (-len(token), token))
    return re.compile("(" + "|".join(map(re.escape, longest_first)) + ")")
