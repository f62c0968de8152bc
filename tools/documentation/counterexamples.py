"""The smallest input on which each property rejects each mutant, as `tools/find_counterexamples.py` found it."""

from __future__ import annotations

import json
from functools import cache

from tools.documentation.clauses import PROJECT

PAGE = PROJECT / "docs" / "counterexamples.json"


@cache
def read_counterexamples() -> dict[str, dict[str, list[str]]]:
    """Return the values of each smallest case, by property and mutant, as Python writes them."""
    found: dict[str, dict[str, list[str]]] = json.loads(PAGE.read_text(encoding="utf-8"))
    return found


def counterexample(property_name: str, mutant: str) -> list[str]:
    """Return the values of the smallest case on which a property rejects a mutant; none where none is known."""
    return read_counterexamples().get(property_name, {}).get(mutant, [])
