"""Results: a file of JSON lines for each part, and the ratios that they hold.

The first line of a file says on which machine and when; each other line is what one process measured.
"""

from __future__ import annotations

import json
import statistics
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TypeVar

from benchmarks.jobs import Record
from benchmarks.peers import BASE

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class PartResults:
    """The results of one part: about the run, and its lines."""

    about: Record
    records: list[Record]

    @property
    def measured(self) -> list[Record]:
        """The lines that hold a measurement."""
        return [each for each in self.records if "error" not in each]


class Ratio(NamedTuple):
    """How many times as fast as another tool in the same rounds: the median, the least and the greatest."""

    median: float
    least: float
    greatest: float

    def __str__(self) -> str:
        return f"{number(self.median)} ({number(self.least)}–{number(self.greatest)})"


def number(value: float) -> str:
    """Return a number with two or three significant digits.

    >>> number(0.123), number(1.234), number(12.34), number(123.4)
    ('0.12', '1.23', '12.3', '123')
    """
    return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f}"


def write_part(path: Path, about: Record, records: Iterable[Record]) -> None:
    """Write the file of a part line by line as results come; it takes its name only when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("w", encoding="utf-8") as file:
        for record in chain([{"about": about}], records):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            file.flush()
    unfinished.replace(path)


def read_part(path: Path) -> PartResults:
    """Return what `write_part` wrote."""
    first, *others = path.read_text(encoding="utf-8").splitlines()
    return PartResults(json.loads(first)["about"], [json.loads(line) for line in others])


def read_parts(folder: Path, names: Iterable[str]) -> dict[str, PartResults]:
    """Return the results of each part that there are results of."""
    return {name: read_part(folder / f"{name}.jsonl") for name in names if (folder / f"{name}.jsonl").is_file()}


def by_processor_time(parts: Mapping[str, PartResults]) -> dict[str, PartResults]:
    """Return the results with the seconds of processor in the place of the clock's; batches use several cores, and keep the clock."""
    return {name: part if name == "batch" else _by_processor_time(part) for name, part in parts.items()}


def _by_processor_time(part: PartResults) -> PartResults:
    lines = [each | {"seconds": each["cpu"]} if "cpu" in each else each for each in part.records]
    return PartResults(part.about | {"clock": "cpu"}, lines)


def busyness(part: PartResults) -> float:
    """Return how many times as long as its processor time the median process of one core took: 1 on an idle machine.

    >>> busyness(PartResults({}, [{"seconds": 3.0, "cpu": 2.0}]))
    1.5
    """
    values = [each["seconds"] / each["cpu"] for each in part.measured if each.get("cpu")]
    return statistics.median(values) if values else 1.0


def by_round(
    records: Iterable[Record], key: Callable[[Record], Key], field: str = "seconds"
) -> dict[Key, dict[int, float]]:
    """Return for each key the measured value in each round."""
    found: dict[Key, dict[int, float]] = defaultdict(dict)
    for record in records:
        found[key(record)][record["round"]] = record[field]
    return dict(found)


def ratio(own: Mapping[int, float], base: Mapping[int, float]) -> Ratio | None:
    """Return how many times as fast `own` is as `base`, round by round; None where they share no round.

    >>> ratio({0: 1.0, 1: 2.0, 2: 1.0}, {0: 4.0, 1: 4.0, 2: 3.0})
    Ratio(median=3.0, least=2.0, greatest=4.0)
    """
    values = [base[each] / own[each] for each in own if each in base]
    return Ratio(statistics.median(values), min(values), max(values)) if values else None


def tool_ratios(
    records: Iterable[Record], column: Callable[[Record], str], base: str = BASE
) -> dict[tuple[str, str], Ratio]:
    """Return the ratio to the base of each tool in each column."""
    found = by_round(records, lambda record: (str(record["tool"]), column(record)))
    compared = {(tool, name): ratio(own, found.get((base, name), {})) for (tool, name), own in found.items()}
    return {key: value for key, value in compared.items() if value is not None}


def median_of(records: Iterable[Record], field: str = "seconds") -> float:
    """Return the median of a field over some lines."""
    return statistics.median(float(record[field]) for record in records)
