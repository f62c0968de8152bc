"""Write `docs/counterexamples.json`: the smallest input on which each property rejects each of its mutants.

    python tools/find_counterexamples.py
    python tools/find_counterexamples.py --compare 7

They are found as the checker finds them; the pages of the invariants show them, and a test tries them again.
Several searches end with cases of different size now and then, since there are vocabularies beyond those that are tried to the last; of those that four end with, the one with the most to read is recorded, so that no other search should end with more.
With `--compare` nothing is written: each is sought again from another seed, and what shrinking ends with is held against the file.
It should be the same case, or one as small; a larger one is printed, and where a seed finds none, that.
Either way it takes some minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from hypothesis import HealthCheck, Phase, seed, settings  # noqa: E402 - the project is found first

from bpe.conformance import PROPERTIES  # noqa: E402
from bpe.conformance.simplifying import size_of  # noqa: E402
from tests.mutants import MUTANTS  # noqa: E402
from tests.smallest_cases import compare_cases, read_case, smallest_case, write_case  # noqa: E402
from tools.documentation.counterexamples import PAGE, read_counterexamples  # noqa: E402

_SEEDS = range(1000, 1004)

_PROPERTIES = {each.name: each for each in PROPERTIES}
_MUTANTS = {mutant.target.__name__: mutant for mutant in MUTANTS}

_SETTINGS = settings(
    max_examples=400,
    derandomize=False,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)


def find_smallest(name: str, target: str, number: int) -> list[str]:
    """Return the smallest case that a search finds from a seed, as Python writes it; nothing where it finds none."""
    case = smallest_case(_PROPERTIES[name], _MUTANTS[target], lambda test: seed(number)(_SETTINGS(test)))
    return write_case(case or ())


def rejections() -> list[tuple[str, str]]:
    """Return the name of each property that rejects a mutant, with the mutant's."""
    return [(name, mutant.target.__name__) for mutant in MUTANTS for name in mutant.breaks]


def find_all(numbers: Sequence[int]) -> Iterator[tuple[str, str, list[list[str]]]]:
    """Yield what the search from each seed ends with, line by line."""
    lines = rejections()
    calls = [(*line, number) for line in lines for number in numbers]
    with ProcessPoolExecutor() as pool:
        found = pool.map(find_smallest, *zip(*calls, strict=True), chunksize=len(numbers))
        for name, target in lines:
            yield name, target, [next(found) for _ in numbers]


def write() -> None:
    """Write the file."""
    recorded: dict[str, dict[str, list[str]]] = {}
    for name, target, cases in find_all(_SEEDS):
        largest = max(cases, key=lambda case: size_of(read_case(case)))
        print(name, target, *largest, flush=True)
        recorded.setdefault(name, {})[target] = largest
    PAGE.write_text(json.dumps(recorded, indent=1, ensure_ascii=True, sort_keys=True) + "\n", encoding="utf-8")


def compare(number: int) -> None:
    """Seek each case again from a seed, and print how it compares with the file."""
    recorded = read_counterexamples()
    verdicts: Counter[str] = Counter()
    for name, target, (found,) in find_all([number]):
        expected = recorded[name][target]
        verdict = compare_cases(expected, read_case(found) if found else None)
        verdicts[verdict] += 1
        shown = () if verdict == "the same" else (*expected, "->", *found)
        print(f"{name} {target}: {verdict}", *shown, flush=True)
    print(f"seed {number}:", ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items())))


def main() -> None:
    """Write the file, or compare with it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compare", type=int, metavar="SEED", help="hold what this seed finds against the file")
    given = parser.parse_args()
    if given.compare is None:
        write()
    else:
        compare(given.compare)


if __name__ == "__main__":
    main()
