"""Pages that show a file of the project as it is."""

from __future__ import annotations

import re
from typing import Final

from tools.documentation.clauses import PROJECT

_LANGUAGES: Final = {".py": "python", ".json": "json", ".toml": "toml", ".md": "markdown", ".sh": "bash"}
_CITED = re.compile(r"\]\((?:\.\./)*source/([^)#]+)\.md\)")


def cited_by_pages(text: str) -> list[str]:
    """Return the files whose pages a generated page links to.

    >>> cited_by_pages("[`a`](../../source/tests/test_files.py.md)")
    ['tests/test_files.py']
    """
    return _CITED.findall(text)


def render_source(path: str) -> str:
    """Return a page with the content of a file."""
    content = (PROJECT / path).read_text(encoding="utf-8").rstrip("\n")
    fence = "`" * max(3, 1 + max(map(len, re.findall(r"`{3,}", content)), default=0))
    language = _LANGUAGES.get(path[path.rfind(".") :], "text")
    # Thousands of lines of code would drown what people look for.
    return f'---\nsearch:\n  exclude: true\n---\n\n# `{path}`\n\n{fence}{language} linenums="1"\n{content}\n{fence}\n'
