"""The sections of the page: for each part a heading, how it was measured, and its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from benchmarks.agreements import Agreement, read_agreements
from benchmarks.jobs import Record
from benchmarks.measures import batch, decode, encode, growth, leak, load, short, train
from benchmarks.peers import TOOLS, Tool
from benchmarks.pre_token_costs import cost_table, describe_counts
from benchmarks.resource_sections import growth_section, leak_section, load_section, train_section
from benchmarks.results import PartResults, median_of, number
from benchmarks.tables import NOTHING, Faults, markdown_table, named, ratio_table

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
        return [version, _why_absent(tool, about["encoding"]), NOTHING]
    if agreement.problem:
        return [version, f"does not open the vocabulary: {agreement.problem}", NOTHING]
    hazards = "; ".join(f"{hazard}: {found}" for hazard, found in agreement.failed_hazards.items())
    return [version, _texts_verdict(agreement), hazards or "same ids"]


def _why_absent(tool: Tool, encoding: str) -> str:
    if not tool.encodings:
        return tool.note
    return "not in this run" if encoding in tool.encodings else f"does not know {encoding}"


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
    if "pre_tokens" in part.about:
        yield "### What a pre-token costs"
        yield f"{_COSTS}\n{describe_counts(part.about['pre_tokens'])}"
        yield cost_table([each for each in part.measured if each["option"] == "list"], part.about["pre_tokens"])


_COSTS: Final = """\
Nanoseconds for each pre-token of the second half when it is encoded again, to a list, plus, for each one that is new, what encoding takes longer the first time, with the least and the greatest.
Where encoding does not take longer the first time in every round, only the first figure stands: a tool that remembers nothing merges again."""

_OUTPUT_TITLES: Final = {
    "list": "To a list of integers",
    "array": "To an array (tiktoken: `encode_to_numpy`)",
    "count": "Counting (tiktoken: the length of a list)",
}


def short_section(part: PartResults, faults: Faults) -> Iterator[str]:
    """Yield for each text the ratios by size, new turns first, with the microseconds of a call, then those that were met before."""
    del faults
    for text in dict.fromkeys(each["text"] for each in part.measured):
        lines = [each for each in part.measured if each["text"] == text]
        by_option = {option: [each for each in lines if each["option"] == option] for option in _TURNS_MET}
        yield f"### {text}"
        for option, title in _TURNS_MET.items():
            yield title
            yield ratio_table(by_option[option], _size, faults={})
        yield "Microseconds a call on new turns, mean in a loop / median and 99th percentile of calls timed one by one:"
        yield _latencies(by_option[short.NEW])


_TURNS_MET: Final = {
    short.NEW: "New turns:",
    short.AGAIN: "The same turns again:",
    short.IN_A_ROW: "Some of them, each many times in a row:",
}


def _size(record: Record) -> str:
    return f"{record['size']:,} bytes"


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
