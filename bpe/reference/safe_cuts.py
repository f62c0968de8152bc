r"""Safe cuts: positions at which a text may be cut without changing its pieces, whatever stands on either side.

They let a large file be read in blocks.
Whether a position is one depends on the two characters beside it, and on nothing else:

* between a character that is not white space and one that is, except before a line break (`\r` or `\n`), where the character on the left must be a letter or a number, because punctuation takes the line breaks behind it along;
* between a line break and a character that is neither white space nor `/`, which o200k's punctuation takes along, line breaks before it included.

In GPT-2's pattern line breaks are white space like any other: it has the first rule without the exception, and not the second.
"""

from __future__ import annotations

from bpe.patterns import Pattern
from bpe.unicode_classes import general_category, is_white_space


def safe_cuts(text: str, pattern: Pattern | None) -> list[int]:
    r"""Return all safe cuts of a text, in order; only a named pattern has any.

    Clauses: P9.

    >>> from bpe.patterns import resolve_pattern
    >>> safe_cuts("one two\n\nthree", resolve_pattern("cl100k_base"))
    [3, 7, 9]
    """
    if pattern is None or pattern.name is None:
        return []
    return [i for i in range(1, len(text)) if is_safe_cut(text[i - 1], text[i], pattern.name)]


def is_safe_cut(left: str, right: str, pattern_name: str) -> bool:
    r"""Return whether a text may be cut between two characters, for a named pattern.

    Clauses: P9.

    >>> is_safe_cut("a", "\n", "o200k_base"), is_safe_cut("!", "\n", "o200k_base"), is_safe_cut("!", "\n", "gpt2")
    (True, False, True)
    """
    starts_white_space = not is_white_space(ord(left)) and is_white_space(ord(right))
    if pattern_name == "gpt2":
        return starts_white_space
    if right in "\r\n":
        return general_category(ord(left))[0] in "LN"
    if left in "\r\n":
        return not is_white_space(ord(right)) and right != "/"
    return starts_white_space
