"""Say how surely each property rejects the mutants that break it: with many seeds, within the examples of the profile `ci`.

    python tools/kill_mutants.py [--seeds 20] [--jobs 2] [name ...]

One seed shows that a property can fail; many show that it is no accident.
By the property that is its own, the first that it names, every run must also end with the smallest case that `docs/counterexamples.json` records, or with one that is as small.
It prints a table and fails unless every run of every line succeeds; names restrict it to mutants and properties that contain one of them.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.errors import FlakyFailure, HypothesisException

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the mutants are no part of the package

from bpe.conformance import PROPERTIES, Property
from tests.mutants import MUTANTS, Mutant
from tests.smallest_cases import compare_cases, smallest_case
from tests.targets import REFERENCE
from tools.documentation.counterexamples import read_counterexamples

#: As in the profile `ci`, but other cases for each seed.
_FIRST: Final = settings(
    max_examples=150,
    derandomize=False,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),
    verbosity=Verbosity.quiet,
)
_SMALLEST: Final = settings(_FIRST, phases=(Phase.generate, Phase.shrink))

_PROPERTIES: Final = {each.name: each for each in PROPERTIES}
_MUTANTS: Final = {mutant.target.__name__: mutant for mutant in MUTANTS}


@dataclass(frozen=True)
class Line:
    """A mutant, a property that must reject it, and whether this is its own."""

    mutant: str
    name: str
    own: bool


def lines_of(mutants: Iterable[Mutant], names: Sequence[str]) -> Iterator[Line]:
    """Yield each mutant with each property that must reject it; the first is its own."""
    for mutant in mutants:
        for index, name in enumerate(mutant.breaks):
            line = Line(mutant.target.__name__, name, index == 0)
            if not names or any(part in text for part in names for text in (line.mutant, name)):
                yield line


def try_once(line: Line, number: int) -> str:
    """Try a line under one seed; say how the smallest case compares with the one recorded, or that there is one, or none."""
    each, mutant = _PROPERTIES[line.name], _MUTANTS[line.mutant]
    if line.own:
        expected = read_counterexamples()[line.name][line.mutant]
        return compare_cases(expected, smallest_case(each, mutant, lambda test: seed(number)(_SMALLEST(test))))
    return "found" if is_rejected(each, mutant, lambda test: seed(number)(_FIRST(test))) else "none found"


def is_rejected(each: Property, mutant: Mutant, using: Callable[[Any], Any]) -> bool:
    """Tell whether a property rejects a mutant."""
    try:
        each.check(mutant.target(), REFERENCE, using=using)
    except FlakyFailure:  # the fault does not show each time, and was found
        return True
    except HypothesisException:
        raise
    except Exception:  # noqa: BLE001 - a mutant may end in any exception
        return True
    return False


def table(results: Iterable[tuple[Line, str]]) -> Iterator[tuple[str, bool]]:
    """Yield a row for each line, and whether all of its runs succeeded."""
    for line, group in groupby(results, key=lambda result: result[0]):
        runs = Counter(run for _, run in group)
        said = ", ".join(f"{count} {verdict}" for verdict, count in sorted(runs.items()))
        yield f"{line.mutant:26} {line.name:55} {said}", not runs.keys() & {"none found", "larger"}


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
    own = sum(line.own for line in lines)
    print(f"{len(lines)} lines, {own} of them a mutant and its own property, {given.seeds} seeds each: {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
