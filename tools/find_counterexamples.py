"""Write `docs/counterexamples.json`: the smallest input on which each property rejects each of its mutants.

    python tools/find_counterexamples.py
    python tools/find_counterexamples.py --compare 7

Hypothesis finds and shrinks them, the same ones each time; the pages of the invariants show them, and a test replays them.
With `--compare` nothing is written: each is sought again from another seed, and what shrinking ends with is held against the file.
It should be the same case, or one as small; a larger one is printed, and where a seed finds none, that.
Either way it takes a while: every line is shrunk.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from hypothesis import HealthCheck, seed, settings  # noqa: E402 - the project is found first
from hypothesis.errors import HypothesisException  # noqa: E402

from bpe.conformance import PROPERTIES, Property  # noqa: E402
from tests.mutants import MUTANTS, Mutant  # noqa: E402
from tests.targets import REFERENCE  # noqa: E402

PAGE = PROJECT / "docs" / "counterexamples.json"

_FIXED = settings(
    max_examples=400,
    derandomize=True,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


def find_smallest(each: Property, mutant: Mutant, number: int | None = None) -> list[str]:
    """Return the values of the smallest case that Hypothesis finds, as Python writes them; with a seed, from there."""
    failed: list[tuple[Any, ...]] = []

    @wraps(each.statement)
    def remembering(*arguments: Any) -> None:
        try:
            each.statement(*arguments)
        except HypothesisException:  # the case does not count
            raise
        except Exception:  # a mutant may also end in an exception that is no refusal
            failed.append(arguments[2 if each.compares else 1 :])
            raise

    def using(test: Any) -> Any:
        return _FIXED(test) if number is None else seed(number)(settings(_FIXED, derandomize=False)(test))

    try:
        Property(each.clause, remembering, each.cases).check(mutant.target(), REFERENCE, using=using)
    except Exception:  # noqa: BLE001 - whatever it is, it was remembered
        return [repr(value) for value in failed[-1]] if failed else []
    return []


def rejections() -> Iterator[tuple[Property, Mutant]]:
    """Yield each mutant with each property that rejects it."""
    by_name = {each.name: each for each in PROPERTIES}
    for mutant in MUTANTS:
        for name in mutant.breaks:
            yield by_name[name], mutant


def write() -> None:
    """Write the file."""
    found: dict[str, dict[str, list[str]]] = {}
    for each, mutant in rejections():
        smallest = find_smallest(each, mutant)
        print(each.name, mutant.target.__name__, *smallest, flush=True)
        found.setdefault(each.name, {})[mutant.target.__name__] = smallest
    PAGE.write_text(json.dumps(found, indent=1, ensure_ascii=True, sort_keys=True) + "\n", encoding="utf-8")


def judge(recorded: Sequence[str], found: Sequence[str]) -> str:
    """Say how a case compares with the one in the file.

    >>> judge(["'a'"], ["'a'"]), judge(["'a'"], ["'b'"]), judge(["'a'"], ["'ab'"]), judge(["'a'"], [])
    ('the same', 'as small', 'larger', 'none found')
    """
    if not found:
        return "none found"
    if list(recorded) == list(found):
        return "the same"
    return "as small" if sum(map(len, found)) <= sum(map(len, recorded)) else "larger"


def compare(number: int) -> None:
    """Seek each case again from a seed, and print how it compares with the file."""
    recorded: dict[str, dict[str, list[str]]] = json.loads(PAGE.read_text(encoding="utf-8"))
    verdicts: Counter[str] = Counter()
    for each, mutant in rejections():
        known, found = recorded[each.name][mutant.target.__name__], find_smallest(each, mutant, number)
        verdict = judge(known, found)
        verdicts[verdict] += 1
        shown = () if verdict == "the same" else (*known, "->", *found)
        print(f"{each.name} {mutant.target.__name__}: {verdict}", *shown, flush=True)
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
