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
#: By tool and text: in each round, how long encoding again took, and how much longer the first time.
Costs = dict[tuple[str, str], list[tuple[float, float]]]


def count_pre_tokens(kind: str, encoding: str, limit: int | None = None) -> tuple[int, int]:
    """Return how many pre-tokens the second half of a text has, and how many different ones that the first has not."""
    split = compile_splitter(resolve_pattern(PATTERN_NAMES[encoding]))
    first, second = map(split, halves(kind, limit))
    return len(second), len({*second} - {*first})


def cost_table(records: Sequence[Record], counts: Counts) -> str:
    """Return the table of both costs, in nanoseconds, by tool and text; the records are those of one kind of output."""
    costs = {key: rounds for key, rounds in _costs(records).items() if key[1] in counts}
    columns = list(dict.fromkeys(text for _, text in costs))
    tools = sorted({tool for tool, _ in costs}, key=lambda tool: _order(costs, counts, tool))
    rows = [[named(tool), *(_cell(costs.get((tool, text), []), counts[text]) for text in columns)] for tool in tools]
    return markdown_table(["tool", *columns], rows)


def describe_counts(counts: Counts) -> str:
    """Return the sentence that says what the texts hold.

    >>> describe_counts({"English": (1200, 34)})
    'Pre-tokens, and different ones among them that are new: English 1,200 and 34.'
    """
    texts = ", ".join(f"{text} {every:,} and {new:,}" for text, (every, new) in counts.items())
    return f"Pre-tokens, and different ones among them that are new: {texts}."


def _costs(records: Sequence[Record]) -> Costs:
    warm, seen = (
        by_round(
            [each for each in records if each["phase"] == phase],
            lambda record: (str(record["tool"]), str(record["text"])),
        )
        for phase in ("warm", "seen")
    )
    both = {
        key: [(again[each], warm[key][each] - again[each]) for each in again if each in warm.get(key, {})]
        for key, again in seen.items()
    }
    return {key: rounds for key, rounds in both.items() if rounds}


def _again(rounds: Sequence[tuple[float, float]], counts: Sequence[int]) -> float:
    return statistics.median(again for again, _ in rounds) / max(1, counts[0])


def _order(costs: Costs, counts: Counts, tool: str) -> float:
    return statistics.geometric_mean(_again(own, counts[text]) for (name, text), own in costs.items() if name == tool)


def _cell(rounds: Sequence[tuple[float, float]], counts: Sequence[int]) -> str:
    if not rounds:
        return NOTHING
    more = [each / max(1, counts[1]) * 1e9 for _, each in rounds]
    first = number(_again(rounds, counts) * 1e9)
    # Where the first time is not always the longer one, what it takes longer is noise.
    if min(more) <= 0:
        return first
    return f"{first} + {number(statistics.median(more))} ({number(min(more))}–{number(max(more))})"
