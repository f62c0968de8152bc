"""Say how surely each property rejects the mutants that break it: with many seeds, within the examples of the profile `ci`.

    python tools/kill_mutants.py [--seeds 20] [--jobs 2] [name ...]

One seed shows that a property can fail; many show that it is no accident.
Where a mutant states its smallest counterexample, every run must shrink to it.
It prints a table and fails unless every run of every line succeeds; names restrict it to mutants and properties that contain one of them.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.errors import FlakyFailure, HypothesisException

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the mutants are no part of the package

from bpe.conformance import PROPERTIES
from tests.mutants import MUTANTS, Mutant
from tests.targets import REFERENCE

#: As in the profile `ci`, but other cases for each seed.
_SETTINGS: Final = settings(
    max_examples=150,
    derandomize=False,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),
    verbosity=Verbosity.quiet,
)
_SHRINKING: Final = settings(_SETTINGS, phases=(Phase.generate, Phase.shrink), verbosity=Verbosity.normal)

_PROPERTIES: Final = {each.name: each for each in PROPERTIES}
_MUTANTS: Final = {mutant.target.__name__: mutant for mutant in MUTANTS}


@dataclass(frozen=True)
class Line:
    """A mutant, a property that must reject it, and what this shrinks to, where the mutant states it."""

    mutant: str
    name: str
    smallest: str | None


@dataclass(frozen=True)
class Run:
    """What became of one line under one seed."""

    killed: bool
    shrunk: bool


def lines_of(mutants: Iterable[Mutant], names: Sequence[str]) -> Iterator[Line]:
    """Yield each mutant with each property that must reject it; only the first is asked for the smallest counterexample."""
    for mutant in mutants:
        for index, name in enumerate(mutant.breaks):
            line = Line(mutant.target.__name__, name, None if index else mutant.smallest)
            if not names or any(part in text for part in names for text in (line.mutant, name)):
                yield line


def counterexample(line: Line, number: int, *, shrink: bool) -> str | None:
    """Return what Hypothesis reports of a mutant under a seed, or `None` where the property finds no fault in it."""
    using = _SHRINKING if shrink else _SETTINGS
    try:
        target = _MUTANTS[line.mutant].target()
        _PROPERTIES[line.name].check(target, REFERENCE, using=lambda test: seed(number)(using(test)))
    except FlakyFailure:  # the fault does not show each time, and was found
        return ""
    except HypothesisException:
        raise
    except Exception as fault:  # noqa: BLE001 - a mutant may end in any exception
        return "\n".join(getattr(fault, "__notes__", ()))
    return None


def try_once(line: Line, number: int) -> Run:
    """Try a line under one seed."""
    found = counterexample(line, number, shrink=line.smallest is not None)
    return Run(found is not None, found is not None and re.search(line.smallest or "", found) is not None)


def table(results: Iterable[tuple[Line, Run]]) -> Iterator[tuple[str, bool]]:
    """Yield a row for each line, and whether all of its runs succeeded."""
    for line, group in groupby(results, key=lambda result: result[0]):
        runs = [run for _, run in group]
        killed, shrunk = sum(run.killed for run in runs), sum(run.shrunk for run in runs)
        row = f"{line.mutant:26} {line.name:55} {killed:3} of {len(runs)}"
        yield row + (f", {shrunk} to {line.smallest}" if line.smallest else ""), killed == shrunk == len(runs)


def main() -> int:
    """Try every line under every seed, print the table, and fail if a run did."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20, help="how many seeds to try each line with")
    parser.add_argument("--jobs", type=int, default=2, help="how many processes")
    parser.add_argument("names", nargs="*", help="parts of the names of mutants or properties")
    given = parser.parse_args()
    lines = list(lines_of(MUTANTS, given.names))
    cases = [(line, number) for line in lines for number in range(given.seeds)]
    failed = 0
    with ProcessPoolExecutor(given.jobs) as pool:
        runs = pool.map(try_once, *zip(*cases, strict=True), chunksize=given.seeds)
        for row, succeeded in table(zip((line for line, _ in cases), runs, strict=True)):
            print(row if succeeded else f"{row}  <-- FAILED", flush=True)
            failed += not succeeded
    print(f"{len(lines)} lines of {len(MUTANTS)} mutants, {given.seeds} seeds each: {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
