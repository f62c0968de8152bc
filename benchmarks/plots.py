"""The plots, as SVG: matplotlib is imported only here, and gives the same file for the same results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from benchmarks.jobs import Record
from benchmarks.measures import short
from benchmarks.peers import BASE, OURS
from benchmarks.results import PartResults, median_of, tool_ratios

_OURS_COLOUR: Final = "#3f51b5"
_BASE_COLOUR: Final = "#444444"


def write_plots(parts: dict[str, PartResults], folder: Path) -> dict[str, str]:
    """Write the plot of each part that has one and was measured, and return the names of the files by part."""
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for part, draw in PLOTS.items():
        if part in parts and parts[part].measured:
            written[part] = f"{part}.svg"
            _save(draw, parts[part].measured, folder / written[part])
    return written


def _save(draw: Callable[[Any, Sequence[Record]], Any], records: Sequence[Record], path: Path) -> None:
    matplotlib = import_module("matplotlib")
    matplotlib.use("Agg")
    settings = {"svg.hashsalt": path.stem, "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
    with matplotlib.rc_context(settings):
        plt = import_module("matplotlib.pyplot")
        figure = draw(plt, records)
        figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")
        plt.close(figure)


def colour(tool: str, number: int) -> str:
    """Return the colour of a tool: ours and the base have their own."""
    return {OURS: _OURS_COLOUR, BASE: _BASE_COLOUR}.get(tool, f"C{number % 10}")


def draw_encode(plt: Any, records: Sequence[Record]) -> Any:
    """Draw the ratios on new text, to a list, as bars with their spread."""
    lines = [each for each in records if each["option"] == "list" and each["phase"] == "warm"]
    found = tool_ratios(lines, lambda record: record["text"])
    texts = list(dict.fromkeys(each["text"] for each in lines))
    figure, rows = plt.subplots(1, len(texts), figsize=(3.4 * len(texts), 3.6), squeeze=False)
    for axes, text in zip(rows[0], texts, strict=True):
        bars = sorted((each.median, each, tool) for (tool, column), each in found.items() if column == text)
        colours = [_OURS_COLOUR if tool == OURS else "#b0b6d8" for _, _, tool in bars]
        reach = [
            [each.median - each.least for _, each, _ in bars],
            [each.greatest - each.median for _, each, _ in bars],
        ]
        axes.barh([tool for *_, tool in bars], [median for median, *_ in bars], xerr=reach, color=colours)
        axes.axvline(1, color=_BASE_COLOUR, linewidth=0.8)
        axes.set_title(f"{text}: multiples of tiktoken")
    figure.tight_layout()
    return figure


def draw_short(plt: Any, records: Sequence[Record]) -> Any:
    """Draw the time of a call on new turns by size, for the first text."""
    text = records[0]["text"]
    figure, axes = plt.subplots(figsize=(6, 4))
    chosen = [each for each in records if each["text"] == text and each["option"] == short.NEW]
    for number, tool in enumerate(tools_of(chosen)):
        lines = [each for each in chosen if each["tool"] == tool]
        sizes = sorted({each["size"] for each in lines})
        means = [median_of([each for each in lines if each["size"] == size]) * 1e6 for size in sizes]
        axes.loglog(sizes, means, marker="o", markersize=3, label=tool, **style(tool, number))
    axes.set_xlabel("bytes")
    axes.set_ylabel(f"microseconds a call, {text}")
    axes.legend(fontsize=7)
    return figure


def draw_train(plt: Any, records: Sequence[Record]) -> Any:
    """Draw the seconds by size of the corpus, for the largest vocabulary."""
    most = max(each["vocabulary_size"] for each in records)
    figure, axes = plt.subplots(figsize=(6, 4))
    for number, (tool, order) in enumerate(dict.fromkeys((each["tool"], each["option"]) for each in records)):
        lines = [
            each for each in records if (each["tool"], each["option"], each["vocabulary_size"]) == (tool, order, most)
        ]
        sizes = sorted({each["bytes"] for each in lines})
        seconds = [median_of([each for each in lines if each["bytes"] == size]) for size in sizes]
        label = f"{tool}, bytes in the order of {'value' if order == 'value' else 'GPT-2'}"
        axes.loglog([size / 1e6 for size in sizes], seconds, marker="o", markersize=3, label=label, color=f"C{number}")
    axes.set_xlabel("MB of text")
    axes.set_ylabel(f"seconds to learn {most:,} ids")
    axes.legend(fontsize=7)
    return figure


def draw_growth(plt: Any, records: Sequence[Record]) -> Any:
    """Draw the time by size, a small plot for each run."""
    runs = list(dict.fromkeys(each["option"] for each in records))
    figure, grid = plt.subplots(2, (len(runs) + 1) // 2, figsize=(11, 5), sharex=True, sharey=True, squeeze=False)
    for axes, run in zip(grid.flat, runs, strict=False):
        for number, tool in enumerate(tools_of(records)):
            lines = sorted(
                (each["size"], each["seconds"]) for each in records if (each["tool"], each["option"]) == (tool, run)
            )
            axes.loglog(*zip(*lines, strict=True), label=tool, **style(tool, number)) if lines else None
        axes.set_title(run)
    for axes in grid.flat[len(runs) :]:
        axes.axis("off")
    figure.supxlabel("bytes")
    figure.supylabel("seconds")
    figure.legend(*grid.flat[0].get_legend_handles_labels(), loc="lower right", fontsize=7, ncols=2)
    figure.tight_layout()
    return figure


def draw_leak(plt: Any, records: Sequence[Record]) -> Any:
    """Draw the memory that each tool has added since before the first call."""
    figure, axes = plt.subplots(figsize=(6, 4))
    for number, record in enumerate(records):
        calls = [at * record["every"] for at in range(len(record["memory"]))]
        added = [(each - record["memory"][0]) / 1e6 for each in record["memory"]]
        axes.plot(calls, added, label=record["tool"], **style(record["tool"], number))
    axes.set_xlabel("new words encoded")
    axes.set_ylabel("MB added")
    axes.legend(fontsize=7)
    return figure


def style(tool: str, number: int) -> dict[str, Any]:
    """Return how the line of a tool is drawn."""
    return {"color": colour(tool, number), "linewidth": 2.2 if tool == OURS else 1.0}


def tools_of(records: Sequence[Record]) -> list[str]:
    """Return the tools in the order in which they were measured first."""
    return list(dict.fromkeys(each["tool"] for each in records))


PLOTS: Final[dict[str, Callable[[Any, Sequence[Record]], Any]]] = {
    "encode": draw_encode,
    "short": draw_short,
    "train": draw_train,
    "growth": draw_growth,
    "leak": draw_leak,
}
