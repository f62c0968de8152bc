r"""Special tokens: texts that are tokens by decree.

A special token such as `<|endoftext|>` steers a model, so it must never arise from text by accident.
Hence three roles: *allowed* tokens become their id, *disallowed* ones make the text refused, and a token in neither set is ordinary text.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from typing import Any, Literal, NamedTuple

from bpe.errors import DisallowedSpecialTokenError, InputTypeError, UnknownSpecialTokenError


class Span(NamedTuple):
    """A stretch of a text, and whether it is a special token."""

    text: str
    is_special: bool


def resolve_special(
    known: AbstractSet[str],
    allowed: Literal["all"] | Collection[str],
    disallowed: Literal["all"] | Collection[str] | None,
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the allowed and the disallowed special tokens that the two arguments mean.

    Clauses: S3, S9.
    `disallowed="all"` means every known token that is not allowed.
    A disallowed text need not be a known token: any text can be forbidden; `None`, like `()`, forbids nothing.
    Raises `UnknownSpecialTokenError` for an allowed token that is not known, `InputTypeError` for a bare string.

    >>> resolve_special({"<a>", "<b>"}, {"<a>"}, "all")
    (frozenset({'<a>'}), frozenset({'<b>'}))
    """
    allowed_set = frozenset(known) if allowed == "all" else _as_set(allowed, "allowed_special")
    unknown = sorted(allowed_set - known)
    if unknown:
        raise UnknownSpecialTokenError(
            f"this tokenizer has no special token {unknown[0]!r}: add it with with_special_tokens, or do not allow it",
            token=unknown[0],
        )
    disallowed_set = known - allowed_set if disallowed == "all" else _as_set(disallowed or (), "disallowed_special")
    return allowed_set, frozenset(disallowed_set)


def find_first(text: str, tokens: Collection[str], start: int = 0) -> tuple[int, str] | None:
    """Return the leftmost, then longest, occurrence of a token at or after `start`: its index and text.

    Clauses: S2, S3.

    >>> find_first("x<a>b", ["<a>", "<a>b", "b"])
    (1, '<a>b')
    >>> find_first("x", ["<a>"]) is None
    True
    """
    for index in range(start, len(text)):
        here = [token for token in tokens if text.startswith(token, index)]
        if here:
            return index, max(here, key=len)
    return None


def refuse_disallowed(text: str, disallowed: Collection[str]) -> None:
    """Raise `DisallowedSpecialTokenError` if a disallowed token occurs anywhere in the text.

    Clauses: S3.

    >>> refuse_disallowed("a<b>", ["<b>"])
    Traceback (most recent call last):
    bpe.errors.DisallowedSpecialTokenError: disallowed special token '<b>' at index 1: ... [S3]
    """
    found = find_first(text, disallowed)
    if found is not None:
        raise disallowed_error(*found)


def disallowed_error(index: int, token: str) -> DisallowedSpecialTokenError:
    """Return the refusal of the special token found at an index, with the three remedies."""
    return DisallowedSpecialTokenError(
        f"disallowed special token {token!r} at index {index}: allow it with allowed_special={{{token!r}}}, "
        f"exempt it with disallowed_special=(tokenizer.special_tokens_set - {{{token!r}}}), "
        "or take all special tokens as ordinary text with disallowed_special=()",
        token=token,
        index=index,
    )


def split_special_tokens(text: str, allowed: Collection[str]) -> list[Span]:
    """Cut text into special tokens and the ordinary text between them; no span is empty.

    Clauses: S1, S2, S6.

    1. From the current position, find the leftmost and there the longest allowed token.
    2. What lies before it is ordinary text; the token is special.
    3. Go on behind it.

    >>> [span.text for span in split_special_tokens("a<x><x>b", {"<x>"})]
    ['a', '<x>', '<x>', 'b']
    """
    spans: list[Span] = []
    position = 0
    while (found := find_first(text, allowed, position)) is not None:
        index, token = found
        spans += [Span(text[position:index], is_special=False), Span(token, is_special=True)]
        position = index + len(token)
    spans.append(Span(text[position:], is_special=False))
    return [span for span in spans if span.text]


def _as_set(tokens: Any, argument: str) -> frozenset[str]:
    if isinstance(tokens, str):
        raise InputTypeError(f'{argument} must be "all" or a collection of texts, not the string {tokens!r}')
    try:
        texts = frozenset(tokens)
    except TypeError as fault:
        raise InputTypeError(f'{argument} must be "all" or a collection of texts ({fault})') from None
    for token in texts:
        if not isinstance(token, str) or not token:
            raise InputTypeError(f"{argument} holds {token!r}, which is not a non-empty text")
    return texts
