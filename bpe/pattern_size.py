"""How large a regular expression becomes when it is compiled: `regex` writes what is repeated at least n times out n times.

A pattern of a few characters, such as `a{1000000000}`, would take all memory before it matches anything.
"""

from __future__ import annotations

import re
from typing import Final

from bpe.pattern_syntax import OUTSIDE_SETS, compiled

#: A pattern of more items than this is refused; those in use have less than a hundred.
MOST_ITEMS: Final = 100_000

_LEAST_REPEATS: Final = re.compile(r"\{\s*(\d+)\s*(?:,\s*\d*\s*)?\}")

#: More digits than any count that is still allowed.
_MOST_DIGITS: Final = 9


def count_items(source: str) -> int:
    r"""Return about how many characters, sets and groups an expression has once repeats are written out.

    Clauses: R2.
    A source that is no regular expression is counted too, to no purpose.

    >>> count_items(r"\p{N}{1,3}| ?[a-z]+"), count_items("(?:ab{10}){10}"), count_items("a{2000000000}") > MOST_ITEMS
    (3, 120, True)
    """
    groups = [0]  # the items of each group that is open, the outermost first
    last = 0  # those of what a count would repeat
    position = 0
    while position < len(source):
        repeats = _LEAST_REPEATS.match(source, position)
        if repeats is not None:
            least = int(repeats[1]) if len(repeats[1]) <= _MOST_DIGITS else 10**_MOST_DIGITS
            more = last * max(least - 1, 0)
            groups[-1] += more
            last += more
            position = repeats.end()
            continue
        token = compiled(OUTSIDE_SETS).match(source, position)
        if token is None:
            break
        position = token.end()
        kind = token.lastgroup
        if kind == "open" or (kind == "flags" and token["end"] == ":"):
            groups.append(0)
            last = 0
        elif kind == "close" and len(groups) > 1:
            last = groups.pop() + 1
            groups[-1] += last
        elif kind in ("set", "escape") or (kind == "other" and token[0] not in "*+?|"):
            last = 1
            groups[-1] += 1
    return sum(groups)
