"""The sections of the page that are not ratios by text: loading, training, growth, memory."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from typing import Final

from benchmarks.jobs import Record
from benchmarks.measures import growth, train
from benchmarks.peers import BASE, OURS
from benchmarks.results import PartResults, by_round, median_of, number, ratio
from benchmarks.tables import NOTHING, Faults, duration, markdown_table, megabytes, named


def load_section(part: PartResults, faults: Faults) -> Iterator[str]:
    """Yield seconds and megabytes by tool, the fastest first."""
    del faults
    seconds = by_round(part.measured, lambda record: record["tool"])
    base = seconds.get(BASE, {})
    rows = []
    for tool in sorted(seconds, key=lambda tool: statistics.median(seconds[tool].values())):
        lines = [each for each in part.measured if each["tool"] == tool]
        memory = [megabytes(median_of(lines, name)) for name in ("loaded", "worked")]
        relative = ratio(seconds[tool], base)
        rows.append([named(str(tool)), duration(median_of(lines)), str(relative or NOTHING), *memory])
    yield markdown_table(
        ["tool", "load", "multiple of tiktoken's speed", "MB after loading", "MB at most, half a text later"], rows
    )


def train_section(part: PartResults, faults: Faults) -> Iterator[str]:
    """Yield a row for each corpus and size of vocabulary: ours beside each trainer that numbers bytes in the same order."""
    del faults
    for other, order in train.CONTENDERS:
        if other != OURS:
            yield f"### Beside {other}"
            yield markdown_table(_TRAIN_HEAD.format(other).split(";"), _train_rows(part.measured, other, order))


_TRAIN_HEAD: Final = (
    "corpus;merges;merges are the same;bpe-spec;{0};times as fast;first encode bpe-spec;{0};MB bpe-spec;MB {0}"
)


def _train_rows(records: Sequence[Record], other: str, order: str) -> Iterator[list[str]]:
    kinds = dict.fromkeys((each["size"], each["vocabulary_size"]) for each in records)
    for size, vocabulary_size in kinds:
        lines = [
            each
            for each in records
            if (each["size"], each["vocabulary_size"], each["option"]) == (size, vocabulary_size, order)
        ]
        own, theirs = ([each for each in lines if each["tool"] == tool] for tool in (OURS, other))
        if own and theirs:
            yield _train_row(own, theirs)


def _train_row(own: Sequence[Record], theirs: Sequence[Record]) -> list[str]:
    same = {str(each["same"]) for each in (*own, *theirs)}
    times = ratio(*(by_round(lines, lambda _: "")[""] for lines in (own, theirs)))
    return [
        f"{megabytes(own[0]['bytes'])} MB",
        f"{own[0]['tokens']:,}",
        "yes" if same == {"True"} else "no: " + ", ".join(sorted(same - {"True"})),
        duration(median_of(own)),
        duration(median_of(theirs)),
        str(times) if same == {"True"} else NOTHING,
        duration(median_of(own, "first_encode")),
        duration(median_of(theirs, "first_encode")),
        megabytes(median_of(own, "memory")),
        megabytes(median_of(theirs, "memory")),
    ]


def growth_section(part: PartResults, faults: Faults) -> Iterator[str]:
    """Yield how many times as long the longest run takes as one a tenth as long, and how long that is."""
    del faults
    longest = max((each["size"] for each in part.measured), default=growth.SIZES[-1])
    runs = list(dict.fromkeys(each["option"] for each in part.records))
    yield f"Time for {longest:,} bytes over time for {longest // 10:,} (10 is linear), and the time for {longest:,}:"
    tools = dict.fromkeys(each["tool"] for each in part.records)
    rows = [[named(tool), *(_growth_cell(part.records, tool, run, longest) for run in runs)] for tool in tools]
    yield markdown_table(["tool", *runs], rows)


def _growth_cell(records: Sequence[Record], tool: str, run: str, longest: int) -> str:
    lines = [each for each in records if (each["tool"], each["option"]) == (tool, run)]
    least: dict[int, float] = {}
    for each in lines:
        if "error" not in each:
            least[each["size"]] = min(each["seconds"], least.get(each["size"], each["seconds"]))
    if _ids_differ(records, lines):
        return "ids differ"
    if longest in least and longest // 10 in least:
        return f"{number(least[longest] / least[longest // 10])} ({duration(least[longest])})"
    error = next((each["error"] for each in lines if "error" in each), "not measured")
    return f"{error.split(':')[0]}; {max(least):,} bytes in {duration(least[max(least)])}" if least else error


def _ids_differ(records: Sequence[Record], lines: Sequence[Record]) -> bool:
    known = {
        (each["option"], each["size"]): each["digest"] for each in records if each["tool"] == BASE and "digest" in each
    }
    told = [each for each in lines if "digest" in each]
    return any(known.get((each["option"], each["size"]), each["digest"]) != each["digest"] for each in told)


def leak_section(part: PartResults, faults: Faults) -> Iterator[str]:
    """Yield the megabytes at the beginning, after a tenth, after a half and at the end."""
    del faults
    rows = []
    for record in part.measured:
        memory = record["memory"]
        points = [memory[0], memory[len(memory) // 10], memory[len(memory) // 2], memory[-1]]
        rows.append([named(record["tool"]), *map(megabytes, points), f"{(memory[-1] - points[2]) / 1e6:+.1f}"])
    size = max((each["size"] for each in part.measured), default=0)
    head = ["tool", "MB before", "after a tenth", "after a half", f"after {size:,}", "in the second half"]
    yield markdown_table(head, rows)
