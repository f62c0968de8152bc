"""Making a text that fails shorter still, character by character.

Hypothesis makes a case smaller in the terms in which it was drawn, and texts are drawn as a few parts: a token of four letters is one part, and thus smaller than three letters.
What is smallest for a reader is the shortest text.
"""

from __future__ import annotations

from collections.abc import Callable


def shorten(text: str, fails: Callable[[str], bool]) -> str:
    """Return a text that still fails, and no longer fails with any one character left out.

    Longer stretches are tried first, so that a long text needs few attempts.

    >>> shorten("the cat sat", lambda text: text.count("at") > 1)
    'atat'
    """
    size = len(text) // 2
    while size > 0:
        start = 0
        while start < len(text):
            candidate = text[:start] + text[start + size :]
            if fails(candidate):
                text = candidate
            else:
                start += size
        size = min(size // 2, len(text)) if size > 1 else 0
    # Leaving one out can make another needless.
    return shorten(text, fails) if any(fails(text[:i] + text[i + 1 :]) for i in range(len(text))) else text
