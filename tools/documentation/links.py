"""Links between files of the project, as they stand in Markdown on any host of git, turned into links of the site.

A file that is a page of the site is linked as that page, any other file as a page that shows its source.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import Final

from tools.documentation.clauses import PROJECT

#: Files whose meaning the API reference shows better than their source.
API_PAGES: Final = {
    "bpe/reference/": "reference/definition.md",
    "bpe/tokenizer.py": "reference/tokenizer.md",
    "bpe/training.py": "reference/training.md",
    "bpe/errors.py": "reference/errors.md",
}

_CODE = re.compile(r"^([ ]*)(```+|~~~+).*?^\1\2[ ]*$|(`+)(?!`).+?(?<!`)\3(?!`)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?P<open>\]\()(?P<target>[^)\s]+)(?P<close>(?:\s+\"[^\"]*\")?\))")


def page_of(path: str) -> str:
    """Return the page of the site that stands for a file of the project.

    >>> page_of("docs/how-to/train.md"), page_of("spec/README.md"), page_of("spec/4-merges.md")
    ('how-to/train.md', 'specification/index.md', 'specification/4-merges.md')
    >>> page_of("bpe/files/raw.py"), page_of("bpe/reference/merges.py")
    ('source/bpe/files/raw.py.md', 'reference/definition.md')
    """
    folder, _, rest = path.partition("/")
    if path.endswith(".md") and folder in {"docs", "spec"}:
        page = rest if folder == "docs" else f"specification/{rest}"
        return posixpath.join(posixpath.dirname(page), "index.md") if page.endswith("README.md") else page
    for beginning, page in API_PAGES.items():
        if path.startswith(beginning):
            return page
    return f"source/{path}.md"


def rewrite_links(text: str, path: str) -> str:
    """Return the Markdown of a file of the project with each link to another file as one between pages.

    >>> rewrite_links("[M3](4-merges.md#m3), [why](../docs/index.md), [a](#b), `[c](d.md)`", "spec/README.md")
    '[M3](4-merges.md#m3), [why](../index.md), [a](#b), `[c](d.md)`'
    """
    folder = posixpath.dirname(page_of(path))

    def rewritten(link: re.Match[str]) -> str:
        target, mark, anchor = link["target"].partition("#")
        file = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        if not target or "://" in target or not (PROJECT / file).is_file():
            return link[0]
        return f"{link['open']}{posixpath.relpath(page_of(file), folder)}{mark}{anchor}{link['close']}"

    return _outside_code(text, lambda prose: _LINK.sub(rewritten, prose))


def linked_files(text: str, path: str) -> Iterator[str]:
    """Yield the files of the project that a file links to, and that are no pages by themselves.

    >>> list(linked_files("[schema](../bpe/files/bpe.schema.json)", "docs/file-formats.md"))
    ['bpe/files/bpe.schema.json']
    """
    found: list[str] = []

    def note(prose: str) -> str:
        found.extend(link["target"] for link in _LINK.finditer(prose))
        return prose

    _outside_code(text, note)
    for target in found:
        file = posixpath.normpath(posixpath.join(posixpath.dirname(path), target.partition("#")[0]))
        if (PROJECT / file).is_file() and page_of(file).startswith("source/"):
            yield file


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    parts: list[str] = []
    position = 0
    for code in _CODE.finditer(text):
        parts += [change(text[position : code.start()]), code[0]]
        position = code.end()
    return "".join((*parts, change(text[position:])))
