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
from tests.reference_target import Reference

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
