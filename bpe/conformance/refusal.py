"""How a target says no."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    r"""Raised by a target that refuses an input; `details` are the values that it names, where it tells them apart.

    >>> Refusal("no token has the id 300", token=300).names(300)
    True
    >>> Refusal("no token has the id 300").names(300)
    True
    >>> Refusal(r'"<s>\n" is not allowed').names("<s>\n")
    True
    """

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    def names(self, value: object) -> bool:
        """Tell whether the refusal names a value: among its details, or without any in its message."""
        if self.details:
            return any(type(value) is type(detail) and value == detail for detail in self.details.values())
        # Messages show values as languages write them, with line ends and quotes escaped.
        return any(form in self.message for form in {str(value), repr(value), ascii(value), *_in_quotes(value)})


def _in_quotes(value: object) -> set[str]:
    """Return how JSON and its like write a text."""
    return {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]} if isinstance(value, str) else set()


def refusal_of(call: Callable[[], object]) -> Refusal | None:
    """Return the refusal that a call ends in, or `None` where it gives an answer.

    >>> refusal_of(lambda: 1) is None
    True
    """
    try:
        call()
    except Refusal as refusal:
        return refusal
    return None
