"""Write into each chapter what is proved of its clauses, from the table in `spec/proofs/README.md`.

With `--check`, write nothing, and fail if a chapter does not say what would be written.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final, NamedTuple

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))  # so that it runs without an installed package

from bpe.conformance.specification import CHAPTERS  # noqa: E402

SPEC: Final = PROJECT / "spec"
_SECTION: Final = re.compile(r"## What is proved\n.*?(?=^## )", re.MULTILINE | re.DOTALL)
_NEXT: Final = "## What looks true and is not\n"

_HEAD: Final = """## What is proved

These statements are theorems that a machine has checked, from the definitions alone ([proofs](proofs/README.md)).
There stands what each needs and why, and what a clause promises beyond them.

| clause | theorem | needs |
|---|---|---|
"""


class Row(NamedTuple):
    """A theorem as the table lists it."""

    name: str
    file: str
    clauses: str
    words: str
    hypotheses: str


def read_rows() -> list[Row]:
    """Return the rows of the table of theorems."""
    text = (SPEC / "proofs" / "README.md").read_text(encoding="utf-8")
    lines = re.findall(
        r"^\| `(\w+)` \| \[(\w+\.v)\]\(\w+\.v\) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE
    )
    return [Row(*map(str.strip, line)) for line in lines]


def section_of(letters: str, rows: list[Row]) -> str:
    """Return the section of the chapter whose clauses have these letters; nothing where nothing is proved."""
    lines = [
        f"| {row.clauses} | {row.words} ([`{row.name}`](proofs/{row.file})) | {row.hypotheses} |\n"
        for row in rows
        if row.clauses[0] in letters
    ]
    return _HEAD + "".join(lines) + "\n" if lines else ""


def with_section(text: str, section: str) -> str:
    """Return a chapter that has this section, and no other, before what looks true and is not."""
    without = _SECTION.sub("", text)
    return without.replace(_NEXT, section + _NEXT)


def main() -> int:
    """Write or check the chapters."""
    rows = read_rows()
    stale = []
    for stem, letters in CHAPTERS.items():
        path = SPEC / f"{stem}.md"
        text = path.read_text(encoding="utf-8")
        wanted = with_section(text, section_of(letters, rows))
        if wanted != text:
            stale.append(path)
            if "--check" not in sys.argv:
                path.write_text(wanted, encoding="utf-8")
    for path in stale if "--check" in sys.argv else []:
        print(f"{path.relative_to(PROJECT)} does not say what is proved: run make traceability", file=sys.stderr)
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
