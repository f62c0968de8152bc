"""The sections of the page: for each part a heading, how it was measured, and its tables."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from benchmarks.agreements import Agreement, read_agreements
from benchmarks.jobs import Record
from benchmarks.measures import batch, decode, encode, growth, leak, load, short, train
from benchmarks.peers import BASE, OURS, TOOLS
from benchmarks.results import PartResults, by_round, median_of, number, ratio
from benchmarks.tables import NOTHING, Faults, duration, markdown_table, megabytes, named, ratio_table

_PHASES: Final = {
    "warm": "Text not seen before, after other text of its kind (warm)",
    "cold": "Text not seen before, with a new tokenizer (cold)",
    "seen": "The same text once more, which flatters every tool with a cache",
}


def agreement_section(part: PartResults) -> Iterator[str]:
    """Yield which tools there are, and whether their ids are those of tiktoken."""
    found = read_agreements(part.records)
    rows = [[named(name), *_tool_cells(name, found.get(name), part.about)] for name in TOOLS]
    yield markdown_table(["tool", "version", "texts", "hazards"], rows)


def _tool_cells(name: str, agreement: Agreement | None, about: Record) -> list[str]:
    version = about["versions"].get(name)
    tool = TOOLS[name]
    if version is None:
        return [NOTHING, "not installed", NOTHING]
    if agreement is None:
        return [version, tool.note if not tool.encodings else f"not measured with {about['encoding']}", NOTHING]
    if agreement.problem:
        return [version, f"does not open the vocabulary: {agreement.problem}", NOTHING]
    hazards = "; ".join(f"{hazard}: {found}" for hazard, found in agreement.failed_hazards.items())
    return [version, _texts_verdict(agreement), hazards or "same ids"]


def _texts_verdict(agreement: Agreement) -> str:
    different = [f"{text}: {found}" for text, found in agreement.texts.items() if found is not None]
    return "; ".join(different) or "same ids"


def fault_cells(agreements: Mapping[str, Agreement], part: PartResults) -> dict[tuple[str, str], str]:
    """Return, by tool and text, what stands where there is no ratio: the ids differ, the tool refuses, or its process failed."""
    cells = {
        (tool, text): "refuses" if found.startswith("refuses") else "ids differ"
        for tool, agreement in agreements.items()
        for text, found in agreement.texts.items()
        if found is not None
    }
    failed = {(each["tool"], each["text"]): each["error"].split(":")[0] for each in part.records if "error" in each}
    return cells | failed


def encode_section(part: PartResults, faults: Faults) -> Iterator[str]:
    """Yield the tables of each kind of output, new text first."""
    for output in encode.OUTPUTS:
        for phase, title in _PHASES.items():
            lines = [each for each in part.measured if each["option"] == output and each["phase"] == phase]
            if lines and (output == "list" or phase != "seen"):
                yield f"### {_OUTPUT_TITLES[output]}. {title}"
                yield ratio_table(lines, lambda record: record["text"], faults=faults if output == "list" else {})


_OUTPUT_TITLES: Final = {
    "list": "To a list of integers",
    "array": "To an array (tiktoken: `encode_to_numpy`)",
    "count": "Counting (tiktoken: the length of a list)",
}


def short_section(part: PartResults, faults: Faults) -> Iterator[str]:
    """Yield for each text the ratios by size, and the microseconds of a call."""
    del faults
    for text in dict.fromkeys(each["text"] for each in part.measured):
        lines = [each for each in part.measured if each["text"] == text]
        yield f"### {text}"
        yield ratio_table(lines, lambda record: f"{record['size']:,} bytes", faults={})
        yield "Microseconds a call, mean in a loop / median and 99th percentile of calls timed one by one:"
        yield _latencies(lines)


def _latencies(records: Sequence[Record]) -> str:
    sizes = list(dict.fromkeys(each["size"] for each in records))
    rows = []
    for tool in dict.fromkeys(each["tool"] for each in records):
        own = {size: [each for each in records if each["tool"] == tool and each["size"] == size] for size in sizes}
        rows.append([named(tool), *(_latency(lines) for lines in own.values())])
    return markdown_table(["tool", *(f"{size:,} bytes" for size in sizes)], rows)


def _latency(records: Sequence[Record]) -> str:
    values = [number(median_of(records, name) * 1e6) for name in ("seconds", "median", "p99")]
    return f"{values[0]} / {values[1]} / {values[2]}"


def batch_section(part: PartResults, faults: Faults) -> Iterator[str]:
    """Yield the ratios by text, and what each tool's call gives."""
    yield ratio_table(part.measured, lambda record: record["text"], faults=_without_refusals(faults))
    arrays = ", ".join(tool.name for tool in TOOLS.values() if tool.batch_gives != "lists")
    yield f"All give lists of ids, but for {arrays}: one array and offsets."


def _without_refusals(faults: Faults) -> Faults:
    return {key: cell for key, cell in faults.items() if cell != "refuses"}


def decode_section(part: PartResults, faults: Faults) -> Iterator[str]:
    """Yield the ratios of decoding to bytes and to text."""
    del faults
    for output in decode.OUTPUTS:
        lines = [each for each in part.measured if each["option"] == output]
        if lines:
            yield f"### To {output}"
            yield ratio_table(lines, lambda record: record["text"], faults={})


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


_TRAIN_HEAD: Final = "corpus;merges;merges are the same;bpe-spec;{0};times as fast;MB bpe-spec;MB {0}"


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
    if longest in least and longest // 10 in least:
        return f"{number(least[longest] / least[longest // 10])} ({duration(least[longest])})"
    error = next((each["error"] for each in lines if "error" in each), "not measured")
    return f"{error.split(':')[0]}; {max(least):,} bytes in {duration(least[max(least)])}" if least else error


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


#: Each part: its heading, the module that says how it is measured, and its tables.
SECTIONS: Final[dict[str, tuple[str, str, Callable[[PartResults, Faults], Iterator[str]]]]] = {
    "encode": ("Encoding", encode.__doc__ or "", encode_section),
    "short": ("Short strings", short.__doc__ or "", short_section),
    "batch": ("Batches", batch.__doc__ or "", batch_section),
    "decode": ("Decoding", decode.__doc__ or "", decode_section),
    "load": ("Loading, and memory", load.__doc__ or "", load_section),
    "train": ("Training", train.__doc__ or "", train_section),
    "growth": ("Growth on hostile text", growth.__doc__ or "", growth_section),
    "leak": ("Memory over a million new words", leak.__doc__ or "", leak_section),
}
