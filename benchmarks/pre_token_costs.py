"""What a pre-token costs: one that a tool has met before, and what one costs more that it has not.

The text is encoded twice, new and then again. The second time, divided by the number of pre-tokens, is the cost of one met before;
what the first takes longer, divided by the number of different pre-tokens that are new, is what a new one costs more.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from benchmarks.jobs import Record
from benchmarks.results import by_round, number
from benchmarks.tables import NOTHING, markdown_table, named
from benchmarks.texts import halves
from benchmarks.vocabularies import PATTERN_NAMES
from bpe.engine.pre_split import compile_splitter
from bpe.patterns import resolve_pattern

#: By text: how many pre-tokens its second half has, and how many different ones of them the first half has not.
Counts = Mapping[str, Sequence[int]]


def count_pre_tokens(kind: str, encoding: str, limit: int | None = None) -> tuple[int, int]:
    """Return how many pre-tokens the second half of a text has, and how many different ones that the first has not."""
    split = compile_splitter(resolve_pattern(PATTERN_NAMES[encoding]))
    first, second = map(split, halves(kind, limit))
    return len(second), len({*second} - {*first})


def cost_table(records: Sequence[Record], counts: Counts) -> str:
    """Return the table of both costs, in nanoseconds, by tool and text; the records are those of one kind of output."""
    warm, seen = ({k: v for k, v in _seconds(records, phase).items() if k[1] in counts} for phase in ("warm", "seen"))
    columns = list(dict.fromkeys(text for _, text in seen))
    tools = sorted({tool for tool, _ in seen}, key=lambda tool: sum(map(_median, _rows(seen, tool))))
    rows = [[named(tool), *(_cell(warm, seen, (tool, text), counts) for text in columns)] for tool in tools]
    head = [f"{text} ({counts[text][0]:,}, {counts[text][1]:,} new)" for text in columns]
    return markdown_table(["tool", *head], rows)


Seconds = Mapping[tuple[str, str], Mapping[int, float]]


def _seconds(records: Sequence[Record], phase: str) -> Seconds:
    lines = [each for each in records if each["phase"] == phase]
    return by_round(lines, lambda record: (str(record["tool"]), str(record["text"])))


def _rows(seconds: Seconds, tool: str) -> list[Mapping[int, float]]:
    return [rounds for (name, _), rounds in seconds.items() if name == tool]


def _median(rounds: Mapping[int, float]) -> float:
    return statistics.median(rounds.values())


def _cell(warm: Seconds, seen: Seconds, key: tuple[str, str], counts: Counts) -> str:
    if key not in seen or key not in warm:
        return NOTHING
    every, new = counts[key[1]]
    again = _median(seen[key]) / max(1, every)
    more = statistics.median(warm[key][each] - seen[key][each] for each in seen[key]) / max(1, new)
    return f"{number(again * 1e9)} + {number(max(0.0, more) * 1e9)}"
