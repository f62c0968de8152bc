"""Finding surrogates at the speed of UTF-8 encoding."""

from __future__ import annotations

from bpe.reference import utf8 as reference
from bpe.vocabulary import SurrogateProfile


def scalar_text(text: str, errors: SurrogateProfile = "strict") -> str:
    r"""Return `text` as a sequence of scalar values: refuse surrogates, or repair them.

    Clauses: B1, B4, E9.
    Equals `reference.utf8.scalar_text`, which is asked only where there is something to refuse or to repair.

    >>> scalar_text("fine 😀"), scalar_text("\ud83d\ude00", errors="replace")
    ('fine 😀', '😀')
    """
    if isinstance(text, str):
        try:
            # The interpreter's own encoder looks at every character, and stops at a surrogate.
            if text.isascii() or text.encode("utf-8"):
                return text
        except UnicodeEncodeError:
            pass
    return reference.scalar_text(text, errors)
