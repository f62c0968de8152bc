"""The chapters of the specification, as the site shows them."""

from __future__ import annotations

import re

_CLAUSE = re.compile(r"^### ([A-Z][0-9]+)\n\n(> [^\n]+\n)", re.MULTILINE)


def with_links_to_evidence(text: str) -> str:
    r"""Return a chapter with, below each clause, a link to the page that shows what holds it.

    >>> print(with_links_to_evidence("### M3\n\n> It MUST.\n\nBecause."))
    ### M3
    <BLANKLINE>
    > It MUST.
    <BLANKLINE>
    [Property, vectors and mutants of M3][clause-M3]{ .evidence }
    <BLANKLINE>
    Because.
    """
    return _CLAUSE.sub(r"### \1\n\n\2\n[Property, vectors and mutants of \1][clause-\1]{ .evidence }\n", text)
