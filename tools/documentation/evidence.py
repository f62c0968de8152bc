"""How one knows that a clause holds: what is sampled, what is proved, what other tests and measurements say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from tools.documentation.clauses import PROJECT, mutants_of, properties_of, reason_untestable
from tools.documentation.vectors import vectors_of
from tools.documentation.violations import violations_of

#: What benchmarks measure, because no test can.
MEASURED: Final = {
    "P8": "benchmarks/measures/growth.py",
    "R1": "benchmarks/measures/growth.py",
    "R3": "benchmarks/measures/leak.py",
}

_CITES = re.compile(r"\bclauses? ((?:[A-Z][0-9]+(?:, | and )?)+)|^((?:[A-Z][0-9]+(?:, )?)+):")


class CitingTest(NamedTuple):
    """A test of this implementation whose first line cites a clause."""

    path: str
    name: str
    says: str


class Evidence(NamedTuple):
    """What there is for a clause, counted."""

    properties: int
    vectors: int
    mutants: int
    tests: int
    violations: int
    measured: bool
    untestable: bool


def evidence_for(clause: str) -> Evidence:
    """Return how much of each kind there is for a clause."""
    return Evidence(
        len(properties_of(clause)),
        len(vectors_of(clause)),
        len(mutants_of(clause)),
        len(tests_of(clause)),
        len(violations_of(clause)),
        clause in MEASURED,
        reason_untestable(clause) is not None,
    )


def tests_of(clause: str) -> list[CitingTest]:
    """Return the tests that cite a clause.

    >>> [test.name for test in tests_of("R3")][:1]
    ['test_sizes_are_bounded']
    """
    return [test for cited, test in _citations() if cited == clause]


@cache
def _citations() -> tuple[tuple[str, CitingTest], ...]:
    return tuple(_find_citations())


def _find_citations() -> Iterator[tuple[str, CitingTest]]:
    for path in sorted((PROJECT / "tests").glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                says = (ast.get_docstring(node) or "").partition("\n")[0]
                test = CitingTest(path.relative_to(PROJECT).as_posix(), node.name, says)
                yield from ((clause, test) for clause in cited_in(says))


def cited_in(sentence: str) -> list[str]:
    """Return the clauses that the first line of a test's docstring cites.

    >>> cited_in("Nothing is lost (clauses E1, P2)."), cited_in("R3: files are limited.")
    (['E1', 'P2'], ['R3'])
    """
    found = _CITES.search(sentence)
    return re.findall(r"[A-Z][0-9]+", found[0]) if found else []
