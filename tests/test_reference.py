"""The definition by itself, in a few seconds: its examples, the vectors, and every clause on a few cases.

What mutation testing runs: `make mutation`.
"""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest
from hypothesis import HealthCheck, settings

import bpe.reference
from bpe.conformance import PROPERTIES, Property
from bpe.conformance.vectors import Vector, check_vector, read_vectors
from bpe.patterns import Pattern, resolve_pattern
from bpe.reference.merges import is_normal_form
from bpe.reference.safe_cuts import is_safe_cut, safe_cuts
from bpe.vocabulary import Merge, TokenId, Vocabulary, single_bytes
from tests.reference_target import Reference

A, AA, AAA = TokenId(97), TokenId(256), TokenId(257)

_FEW = settings(max_examples=8, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))

MODULES = [module.name for module in pkgutil.iter_modules(bpe.reference.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    module = importlib.import_module(f"bpe.reference.{name}")
    assert doctest.testmod(module, optionflags=doctest.ELLIPSIS).failed == 0


def test_vectors() -> None:
    target = Reference()
    judged = [check_vector(target, vector) for vector in read_vectors()]
    assert judged.count("passed") > 600
    assert isinstance(read_vectors()[0], Vector)


@pytest.mark.parametrize("each", [p for p in PROPERTIES if p.applies_to(Reference()) and not p.compares], ids=repr)
def test_clauses(each: Property) -> None:
    each.check(Reference(), using=_FEW)


@pytest.mark.parametrize(
    ("ids", "by_ranks", "by_pairs"),
    [([], True, True), ([97], True, True), ([97, 97], False, False), ([257, 97], False, True), ([97, 98], True, True)],
)
def test_normal_forms(ids: list[TokenId], by_ranks: bool, by_pairs: bool) -> None:
    """By ranks any two neighbours merge whose bytes are a token; by pairs only those of the list."""
    tokens = single_bytes() | {TokenId(256): b"aa", TokenId(257): b"aaa", TokenId(258): b"aaaa"}
    assert is_normal_form(ids, Vocabulary(tokens)) == by_ranks
    merges = (Merge(A, A, AA), Merge(A, AA, AAA), Merge(AA, AA, TokenId(258)))
    assert is_normal_form(ids, Vocabulary(tokens, merges)) == by_pairs


# Rows are the character on the left, columns the one on the right, both in the order of BESIDE; x is a safe cut.
BESIDE = "a1!/\u0301 \u3000\r\n"
SAFE_CUTS = {
    "gpt2": [".....xxxx"] * 5 + ["........."] * 4,
    "cl100k_base": [".....xxxx"] * 2 + [".....xx.."] * 3 + ["........."] * 2 + ["xxx.x...."] * 2,
}


@pytest.mark.parametrize("name", SAFE_CUTS)
def test_safe_cuts(name: str) -> None:
    found = ["".join("x" if is_safe_cut(left, right, name) else "." for right in BESIDE) for left in BESIDE]
    assert found == SAFE_CUTS[name]


@pytest.mark.parametrize("pattern", [None, Pattern(r"\S+|\s+")])
def test_only_named_patterns_have_safe_cuts(pattern: Pattern | None) -> None:
    assert safe_cuts("a b", pattern) == []
    assert safe_cuts("a b", resolve_pattern("gpt2")) == [1]
