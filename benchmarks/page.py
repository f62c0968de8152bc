"""The page: what was measured, where and how, and a section for each part that has results."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.agreements import read_agreements
from benchmarks.jobs import Record
from benchmarks.plots import write_plots
from benchmarks.results import PartResults, busyness, number
from benchmarks.sections import SECTIONS, agreement_section, fault_cells
from benchmarks.tables import markdown_table, megabytes

#: From how much more time than the processor's own on the figures of the clock are said to be doubtful.
_BUSY = 1.05


def write_page(parts: dict[str, PartResults], folder: Path) -> Path:
    """Write index.md and its plots into a folder, and return the path of the page.

    Raises `FileNotFoundError` where the ids have not been compared: without that there is nothing to show.
    """
    if "agreement" not in parts:
        raise FileNotFoundError("there are no results yet: run `make bench` first")
    plots = write_plots(parts, folder)
    page = folder / "index.md"
    page.write_text("\n\n".join(page_blocks(parts, plots)) + "\n", encoding="utf-8")
    return page


def page_blocks(parts: dict[str, PartResults], plots: dict[str, str]) -> Iterator[str]:
    """Yield the blocks of the page in order."""
    agreement = parts["agreement"]
    yield "# Speed, beside other tokenizers"
    yield from _head(agreement.about)
    yield "## Are the ids the same?"
    yield _AGREEMENT
    yield from agreement_section(agreement)
    agreements = read_agreements(agreement.records)
    for name, (title, described, section) in SECTIONS.items():
        if name in parts:
            yield f"## {title}"
            yield described.strip()
            yield from _other_run(agreement.about, parts[name].about)
            yield from _busy(name, parts[name])
            if name in plots:
                yield f"![{title}]({plots[name]})"
            yield from section(parts[name], fault_cells(agreements, parts[name]))


_HEAD = """\
`make bench` writes this page: it installs the tools, compares their ids, measures, and keeps what it measured in `build/benchmarks/`.
Figures are multiples of tiktoken's speed in the same round, with the median over the rounds and, in brackets, the least and the greatest.
Each figure of one core comes from a new process, pinned to it; in every round each tool has its turn.
Compare ratios, not times: the times are this machine's, and differences of a tenth mean nothing on a busy one."""

_AGREEMENT = """\
A tool is timed on a text only if its ids are tiktoken's, on all of it.
One that takes special tokens in ordinary text for special, or goes wrong on another of the short hazards, is timed, and named here."""


def _head(about: Record) -> Iterator[str]:
    yield _HEAD
    if about["quick"]:
        yield "**This is a quick run: short texts, few rounds. It shows that everything works, and no more.**"
    yield markdown_table(["", ""], _facts(about))


def _facts(about: Record) -> Iterator[list[str]]:
    yield ["date", about["date"]]
    yield [
        "machine",
        f"{about['cpu']}, {about['cores']} cores, {megabytes(about['memory'] or 0)} MB; {about['system']}",
    ]
    yield ["Python", f"{about['python']}, NumPy {about['numpy']}"]
    engine = "compiled" if about["compiled"] else "portable Python"
    yield ["engine of bpe-spec", f"{engine} (`bpe.engine.COMPILED` is {about['compiled']})"]
    yield ["vocabulary", about["encoding"]]
    yield ["texts", ", ".join(f"{kind} {megabytes(size)} MB" for kind, size in about["texts"].items())]


def _busy(name: str, part: PartResults) -> Iterator[str]:
    """Say where figures are worth little, or not what the head says."""
    if part.about.get("clock") == "cpu":
        yield "*Seconds of processor, not of the clock.*"
    elif name != "batch" and busyness(part) > _BUSY:
        yield f"*The machine was busy: the processes took {number(busyness(part))} times their processor time.*"


def _other_run(first: Record, about: Record) -> Iterator[str]:
    """Say where a part comes from another run than the comparison of ids, and what differs."""
    differing = [name for name in ("date", "cpu", "python", "compiled", "versions") if about[name] != first[name]]
    if differing and differing != ["date"]:
        yield f"*Measured {about['date']} with another {', '.join(differing[1:])} than the rest.*"
