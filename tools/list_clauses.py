"""Write `spec/clauses.md`: every clause that code, errors and properties cite, with its sentence and its properties.

With `--check`, write nothing, and fail if the file is not what would be written, or if the code cites a clause that is not listed.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path

from bpe.conformance import PROPERTIES, UNTESTABLE

PROJECT = Path(__file__).resolve().parent.parent
PAGE = PROJECT / "spec" / "clauses.md"

CHAPTERS = {
    "B": "Bytes and text",
    "S": "Special tokens",
    "P": "Pre-split",
    "M": "Merges",
    "E": "Encoding",
    "D": "Decoding",
    "O": "Offsets",
    "T": "Training",
    "V": "Vocabulary",
    "F": "Files",
    "R": "Resources and errors",
}

#: Clauses that tests of this implementation cover, and that have no property of their own yet.
WITHOUT_PROPERTY = {
    "V3": "Ids MAY have gaps; a gap MUST be reported and never filled by guess.",
    "R1": "Encoding n bytes with a named pattern MUST take O(n log n) steps, for every text and every vocabulary.",
    "R2": "No input MUST end the process: there is no recursion on input, and every refusal is a typed error.",
    "R3": "Memory MUST be linear in the text, plus a bounded memory of pre-tokens.",
    "R4": "Loading MUST run no code from the file, open no network connection, and write nothing but what it was asked to.",
    "R5": "A tokenizer MUST be immutable; it may be shared by threads, pickled and copied.",
}

HEAD = """# Clauses

Every clause that the code, its errors and its properties cite, in one normative sentence each.
The numbers are provisional until the written specification gives each clause its place, its reasons and its examples.
This page is generated from the properties in `bpe/conformance/properties/` by `tools/list_clauses.py`.
"""


def sentences() -> dict[str, str]:
    """Return each clause's sentence."""
    return WITHOUT_PROPERTY | {each.clause: each.sentence for each in PROPERTIES}


def properties() -> dict[str, list[str]]:
    """Return the names of each clause's properties."""
    names = defaultdict(list)
    for each in PROPERTIES:
        names[each.clause].append(each.name)
    return names


def number(clause: str) -> int:
    """Return the number of a clause in its chapter."""
    return int(clause[1:])


def render() -> str:
    """Return the page."""
    said, named = sentences(), properties()
    lines = [HEAD]
    for letter, title in CHAPTERS.items():
        lines.append(f"## {letter}: {title}\n")
        for clause in sorted((c for c in said if c[0] == letter), key=number):
            lines.append(f"**{clause}** {said[clause]}\n")
            if clause in named:
                lines.append("- " + ", ".join(f"`{name}`" for name in named[clause]))
            if clause in UNTESTABLE:
                lines.append(f"- Left to other means: {UNTESTABLE[clause]}.")
            if clause in named or clause in UNTESTABLE:
                lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def cited() -> dict[str, Path]:
    """Return each clause that the package cites, with a file that cites it."""
    found: dict[str, Path] = {}
    for path in sorted((PROJECT / "bpe").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        lists = re.findall(r"Clauses: ([A-Z0-9, ]+)\.", text) + re.findall(r"clauses\b.* = \((.*)\)", text)
        for clause in re.findall(r"[A-Z][0-9]+", " ".join(lists)):
            found.setdefault(clause, path)
    return found


def main() -> int:
    """Write or check the page."""
    unknown = {clause: path for clause, path in cited().items() if clause not in sentences()}
    for clause, path in unknown.items():
        print(f"{path.relative_to(PROJECT)} cites {clause}, which is no clause", file=sys.stderr)
    page = render()
    if "--check" not in sys.argv:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page, encoding="utf-8")
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != page:
        print(f"{PAGE.relative_to(PROJECT)} is not current: run make clauses", file=sys.stderr)
        return 1
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
