"""Which expressions a file can hold as its pattern."""

from __future__ import annotations

import re
from typing import Final

#: Longer than any pattern in use by a factor of a hundred; expressions are not read in linear time.
MAX_PATTERN_LENGTH: Final = 1 << 16

_SURROGATE = re.compile("[\ud800-\udfff]")


def find_pattern_fault(source: str) -> str | None:
    r"""Return why no file can hold this expression, or `None` if one can.

    Clauses: F1, F2.

    >>> find_pattern_fault(r"\w+|\W+") is None, find_pattern_fault("\ud800")
    (True, 'the expression holds a surrogate, which no text has')
    """
    if len(source) > MAX_PATTERN_LENGTH:
        return f"the expression has more than {MAX_PATTERN_LENGTH} characters"
    if _SURROGATE.search(source):
        return "the expression holds a surrogate, which no text has"
    return None
