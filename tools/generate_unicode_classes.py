"""Write the general category of every code point in the pinned Unicode version, as Python and as JSON.

`bpe/unicode_tables.py` is what the package reads, `spec/general-categories.json` what any other implementation can.

Run `python tools/generate_unicode_classes.py` after changing the version, and with `--check` to see that the committed files are current.
The data comes from the `unicodedata2` release of the same number, because the standard library has whatever version its Python was born with.
"""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from itertools import groupby
from pathlib import Path

import unicodedata2

VERSION = "16.0.0"
PROJECT = Path(__file__).resolve().parent.parent

# The property White_Space is not in unicodedata2.
# PropList.txt gives it to every separator (Zs, Zl, Zp) and to these control characters, and to nothing else.
_WHITE_SPACE_CONTROLS = (*range(0x09, 0x0E), 0x85)

_TEMPLATE = '''"""Unicode {version} as data, written by `tools/generate_unicode_classes.py`: do not edit."""

from typing import Final

#: The Unicode version of these tables.
UNICODE_VERSION: Final = "{version}"

#: The ranges of code points that have the property White_Space, first and last.
WHITE_SPACE: Final = (
{white_space}
)

#: The general categories of all code points from U+0000 on, run after run: `Lu26` means 26 times `Lu`, `Lu` means once.
CATEGORY_RUNS: Final = """\\
{runs}
"""
'''


def read_categories() -> list[str]:
    """Return the general category of each code point, in order."""
    return [unicodedata2.category(chr(code_point)) for code_point in range(sys.maxunicode + 1)]


def encode_runs(categories: list[str]) -> list[str]:
    """Return the run-length form of a list of two-letter categories.

    >>> encode_runs(["Lu", "Lu", "Ll"])
    ['Lu2', 'Ll']
    """
    runs = ((category, sum(1 for _ in group)) for category, group in groupby(categories))
    return [category if length == 1 else f"{category}{length}" for category, length in runs]


def find_white_space(categories: list[str]) -> list[tuple[int, int]]:
    """Return the ranges of code points that are White_Space."""
    members = {cp for cp, category in enumerate(categories) if category[0] == "Z"} | set(_WHITE_SPACE_CONTROLS)
    ranges: list[tuple[int, int]] = []
    for cp in sorted(members):
        if ranges and ranges[-1][1] == cp - 1:
            ranges[-1] = (ranges[-1][0], cp)
        else:
            ranges.append((cp, cp))
    return ranges


def render_module() -> str:
    """Return the text of the generated module."""
    categories = read_categories()
    white_space = "\n".join(f"    (0x{first:04X}, 0x{last:04X})," for first, last in find_white_space(categories))
    # Wrapped as words, so that no run is broken over two lines; then the spaces go.
    runs = textwrap.fill(" ".join(encode_runs(categories)), 130).replace(" ", "")
    return _TEMPLATE.format(version=VERSION, white_space=white_space, runs=runs)


def find_ranges(categories: list[str]) -> dict[str, list[tuple[int, int]]]:
    """Return the ranges of scalar values, first and last, of each category that has any; Cn is what remains.

    >>> find_ranges(["Lu", "Lu", "Ll", "Cn", "Lu"])
    {'Ll': [(2, 2)], 'Lu': [(0, 1), (4, 4)]}
    """
    ranges: dict[str, list[tuple[int, int]]] = {}
    start = 0
    for category, group in groupby(categories):
        end = start + sum(1 for _ in group)
        if category not in {"Cn", "Cs"}:
            ranges.setdefault(category, []).append((start, end - 1))
        start = end
    return dict(sorted(ranges.items()))


def render_json() -> str:
    """Return the text of the table for other languages: a line for each category."""
    lines = (
        f"{json.dumps(category)}: {json.dumps(ranges, separators=(',', ':'))}"
        for category, ranges in find_ranges(read_categories()).items()
    )
    return f'{{"unicode": "{VERSION}", "categories": {{\n' + ",\n".join(lines) + "\n}}\n"


#: What each file holds.
FILES = {
    PROJECT / "bpe" / "unicode_tables.py": render_module,
    PROJECT / "spec" / "general-categories.json": render_json,
}


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or compare them with the committed ones; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    check = parser.parse_args(arguments).check
    if unicodedata2.unidata_version != VERSION:
        found = unicodedata2.unidata_version
        print(f"this needs unicodedata2=={VERSION}, found Unicode {found}: pip install unicodedata2=={VERSION}")
        return 2
    stale = False
    for path, render in FILES.items():
        if not check:
            path.write_text(render(), encoding="utf-8")
            continue
        current = path.is_file() and path.read_text(encoding="utf-8") == render()
        stale |= not current
        print(f"{path.name} is {'current' if current else 'not what this script writes: run it without --check'}")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
