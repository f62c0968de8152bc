"""Docstrings as Markdown: examples become code blocks, clauses become links to their pages."""

from __future__ import annotations

import re
from typing import Any

import griffe

_EXAMPLE = re.compile(r"^(>>> .*(?:\n(?!\s*$).*)*)", re.MULTILINE)
_CLAUSES = re.compile(r"^Clauses: ([A-Z0-9, ]+)\.$", re.MULTILINE)
_CITED = re.compile(r"\((?:clause )?([A-Z][0-9]+)\)")


class ProjectDocstrings(griffe.Extension):
    """Rewrites each docstring once its object is there."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite the docstring of an object."""
        if obj.docstring is not None:
            obj.docstring.value = to_markdown(obj.docstring.value)


def to_markdown(docstring: str) -> str:
    """Return a docstring with fenced examples and linked clauses.

    >>> to_markdown("Clauses: M1, M2.")
    'Clauses: [M1][clause-M1], [M2][clause-M2].'
    """
    docstring = _EXAMPLE.sub(r"```pycon\n\1\n```", docstring)
    docstring = _CLAUSES.sub(lambda found: f"Clauses: {_link(found[1])}.", docstring)
    return _CITED.sub(lambda found: found[0].replace(found[1], _link(found[1])), docstring)


def _link(clauses: str) -> str:
    return re.sub(r"[A-Z][0-9]+", lambda found: f"[{found[0]}][clause-{found[0]}]", clauses)
