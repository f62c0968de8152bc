"""Markdown tables of results: rows are tools, columns are texts, cells are ratios with their spread."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from benchmarks.jobs import Record
from benchmarks.peers import BASE, OURS
from benchmarks.results import Ratio, median_of, number, tool_ratios

#: What stands in a cell without a figure.
NOTHING: Final = "–"
Ratios = Mapping[tuple[str, str], Ratio]
#: Why there is no figure, by tool and column.
Faults = Mapping[tuple[str, str], str]


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, its first column to the left and the others to the right.

    >>> print(markdown_table(["tool", "English"], [["one", "1.5"]]))
    | tool | English |
    |:--|--:|
    | one | 1.5 |
    """
    rule = "|:--|" + "--:|" * (len(head) - 1)
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in (head, *rows)]
    return "\n".join((lines[0], rule, *lines[1:]))


def ratio_table(records: Sequence[Record], column: Callable[[Record], str], *, faults: Faults) -> str:
    """Return the table of ratios to tiktoken, the fastest tool first (by the geometric mean of its columns), and below it who is faster than ours.

    `faults` says, by tool and column, why there is no figure.
    """
    found = tool_ratios(records, column)
    columns = list(dict.fromkeys(column(record) for record in records))
    cells = dict(faults) | {key: str(value) for key, value in found.items()} | _base_cells(records, column)
    tools = sorted(dict.fromkeys(tool for tool, _ in cells), key=lambda tool: _rank(found, tool, columns))
    rows = [[named(tool), *(cells.get((tool, each), NOTHING) for each in columns)] for tool in tools]
    return f"{markdown_table(['tool', *columns], rows)}\n\n{faster_than_ours(found, columns)}"


def _rank(found: Ratios, tool: str, columns: Sequence[str]) -> float:
    figures = [found[tool, each].median for each in columns if (tool, each) in found]
    return -statistics.geometric_mean(figures) if figures else 0.0


def _base_cells(records: Sequence[Record], column: Callable[[Record], str]) -> dict[tuple[str, str], str]:
    lines: dict[str, list[Record]] = {}
    for record in records:
        if record["tool"] == BASE:
            lines.setdefault(column(record), []).append(record)
    return {(BASE, name): f"1, {speed(own)}" for name, own in lines.items()}


def speed(records: Sequence[Record]) -> str:
    """Return the median speed in megabytes a second, or the time of a call where no bytes are told."""
    if "bytes" not in records[0]:
        return duration(median_of(records))
    return f"{number(records[0]['bytes'] / 1e6 / median_of(records))} MB/s"


def duration(seconds: float) -> str:
    """Return a time in the unit that suits it.

    >>> duration(1.5), duration(0.0123), duration(0.00000078)
    ('1.50 s', '12.3 ms', '0.78 µs')
    """
    if seconds >= 1:
        return f"{number(seconds)} s"
    return f"{number(seconds * 1e3)} ms" if seconds >= 1e-3 else f"{number(seconds * 1e6)} µs"


def megabytes(count: float) -> str:
    """Return a number of bytes in megabytes."""
    return f"{count / 1e6:.0f}" if count >= 1e7 else f"{count / 1e6:.1f}"


def named(tool: str) -> str:
    """Return the name of a tool as tables show it."""
    return f"**{tool}**" if tool == OURS else tool


def faster_than_ours(found: Ratios, columns: Sequence[str]) -> str:
    """Return the sentence that says which tools are faster than ours, where, and how many times.

    >>> found = {("bpe-spec", "code"): Ratio(5.0, 5.0, 5.0), ("other", "code"): Ratio(6.0, 6.0, 6.0)}
    >>> faster_than_ours(found, ["code"])
    'Faster than bpe-spec: other (code 1.20×).'
    """
    parts = []
    for tool in dict.fromkeys(tool for tool, _ in found if tool != OURS):
        ahead = [_ahead(found, tool, each) for each in columns]
        if any(ahead):
            parts.append(f"{tool} ({', '.join(filter(None, ahead))})")
    if not any(tool == OURS for tool, _ in found):
        return f"{OURS} was not measured here."
    return f"Faster than {OURS}: {', '.join(parts)}." if parts else f"No tool measured here is faster than {OURS}."


def _ahead(found: Ratios, tool: str, column: str) -> str:
    if (tool, column) not in found or (OURS, column) not in found:
        return ""
    times = found[tool, column].median / found[OURS, column].median
    return f"{column} {number(times)}×" if times > 1 else ""
