"""Write `docs/counterexamples.json`: the smallest input on which each property rejects each of its mutants.

Hypothesis finds and shrinks them, the same ones each time; the pages of the invariants show them, and a test replays them.
"""

from __future__ import annotations

import json
import sys
from functools import wraps
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from hypothesis import HealthCheck, settings  # noqa: E402 - the project is found first
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


def find_smallest(each: Property, mutant: Mutant) -> list[str]:
    """Return the values of the smallest case that Hypothesis finds, as Python writes them."""
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

    try:
        Property(each.clause, remembering, each.cases).check(mutant.target(), REFERENCE, using=_FIXED)
    except Exception:  # noqa: BLE001 - whatever it is, it was remembered
        return [repr(value) for value in failed[-1]] if failed else []
    return []


def main() -> None:
    """Write the file."""
    found: dict[str, dict[str, list[str]]] = {}
    by_name = {each.name: each for each in PROPERTIES}
    for mutant in MUTANTS:
        for name in mutant.breaks:
            smallest = find_smallest(by_name[name], mutant)
            print(name, mutant.target.__name__, *smallest, flush=True)
            found.setdefault(name, {})[mutant.target.__name__] = smallest
    PAGE.write_text(json.dumps(found, indent=1, ensure_ascii=True, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
