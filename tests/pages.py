"""The Python blocks of a page of the documentation, run one after the other in one namespace."""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from bpe.encodings import find_encoding

CLONE = Path(__file__).resolve().parent.parent

_BLOCK = re.compile(
    r"^(?P<indent> *)```python(?P<title>[^\n]*)\n(?P<code>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE
)
_NEEDS = re.compile(r"needs (\w+)")
_FILE = re.compile(r"\b(\w+\.py)\b")


class Block(NamedTuple):
    """A block of Python: the page and line where it stands, the words above it, and its code."""

    page: Path
    line: int
    title: str
    code: str

    @property
    def needs(self) -> str | None:
        """The named encoding that it needs, as its title says."""
        found = _NEEDS.search(self.title)
        return found[1] if found else None

    @property
    def file(self) -> str | None:
        """The file that its reader writes it into, as its title says."""
        found = _FILE.search(self.title)
        return found[1] if found else None

    @property
    def is_session(self) -> bool:
        """Whether it shows what an interpreter answers."""
        return ">>> " in self.code


def blocks_of(page: Path) -> Iterator[Block]:
    """Yield the Python blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    for found in _BLOCK.finditer(text):
        indent = found["indent"]
        code = "".join(line.removeprefix(indent) for line in found["code"].splitlines(keepends=True))
        yield Block(page, text.count("\n", 0, found.start()) + 2, found["title"], code)


def run_blocks(blocks: list[Block], folder: Path) -> set[str]:
    """Run blocks in one namespace, add those of a file to that file, and return the encodings that were missing."""
    namespace: dict[str, Any] = {"__name__": "__page__"}
    missing: set[str] = set()
    for block in blocks:
        if block.needs is not None and not find_encoding(block.needs).available:
            missing.add(block.needs)
        elif block.is_session:
            _run_session(block, namespace)
        else:
            _run_code(block, namespace)
        if block.file is not None:
            with (folder / block.file).open("a", encoding="utf-8") as file:
                file.write(block.code)
    return missing


def _run_code(block: Block, namespace: dict[str, Any]) -> None:
    # Empty lines in front, so that a traceback names the line of the page.
    exec(compile("\n" * (block.line - 1) + block.code, str(block.page), "exec"), namespace)


def _run_session(block: Block, namespace: dict[str, Any]) -> None:
    name = block.page.relative_to(CLONE).as_posix()
    test = doctest.DocTestParser().get_doctest(block.code, {}, name, str(block.page), block.line - 1)
    # The parser copies the globals that it is given; the page goes on with those that the session leaves.
    test.globs = namespace
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False)
    runner.run(test, out=said.append, clear_globs=False)
    assert not said, "".join(said)
