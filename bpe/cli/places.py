"""Refusals that tell the text they are about, when a part of it was refused."""

from __future__ import annotations

from bpe.errors import BpeError, LoneSurrogateError
from bpe.reference.utf8 import describe_surrogate


def place_refusal(fault: BpeError, place: str, offset: int) -> BpeError:
    r"""Return a refusal of a part, which begins at the character `offset` of its text, as one of the text at a place.

    Clauses: R2.
    Only the message speaks of all of the text: the fields are those of the part.

    >>> print(place_refusal(LoneSurrogateError("…", text=" \ud800", index=1), "x.jsonl, line 3", 3))
    x.jsonl, line 3: surrogate U+D800 at index 4: remove it, or choose errors="replace" [B4]
    """
    message = fault.message
    if isinstance(fault, LoneSurrogateError):
        message = describe_surrogate(fault.object[fault.start], offset + fault.start)
    return type(fault)(f"{place}: {message}", **fault.fields)
