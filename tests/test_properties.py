"""Every property, tried on the reference, on the portable engine, and on the kernels where they are compiled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest

from bpe.conformance import PROPERTIES, UNTESTABLE, Property
from bpe.conformance.specification import read_clauses
from tests.engine_target import Running
from tests.reference_target import Reference
from tests.targets import ENGINE, ENGINES, REFERENCE

#: Clauses that no property can decide.
WITHOUT_PROPERTY = {"R1", "R3", "A4", "A5"}


@pytest.fixture(scope="module", autouse=True)
def _workers() -> Iterator[None]:
    yield
    for engine in ENGINES:
        engine.close()


def _applications() -> list[tuple[Property, Reference | Running]]:
    """Return each property with each target that it can be tried on; the reference is not compared with itself."""
    targets: tuple[Reference | Running, ...] = (REFERENCE, *ENGINES)
    return [
        (each, target)
        for each in PROPERTIES
        for target in targets
        if each.applies_to(target) and not (each.compares and target is REFERENCE)
    ]


@pytest.mark.parametrize(
    ("each", "target"), [pytest.param(each, target, id=f"{each}-{target.name}") for each, target in _applications()]
)
def test_property(each: Property, target: Reference | Running) -> None:
    each.check(target, REFERENCE)


def test_every_property_is_tried_on_the_engine_or_is_about_a_stage_that_exists_once() -> None:
    tried = {each for each, target in _applications() if target is ENGINE}
    assert [each.name for each in PROPERTIES if each not in tried] == ["merging_twice_is_merging_once"]


def test_every_clause_has_a_property() -> None:
    clauses = {clause.id for clause in read_clauses() if not clause.is_withdrawn}
    assert {each.clause for each in PROPERTIES} == clauses - WITHOUT_PROPERTY
    assert set(UNTESTABLE) >= WITHOUT_PROPERTY


def test_properties_begin_with_the_one_sentence_of_their_clause() -> None:
    sentences = defaultdict(set)
    for each in PROPERTIES:
        sentences[each.clause].add(each.sentence)
        assert "MUST" in each.sentence, each
        assert each.sentence.endswith("."), each
        assert each.sentence.count(". ") == 0, f"{each}: one sentence"
    assert {clause for clause, said in sentences.items() if len(said) > 1} == set()


def test_names_are_distinct() -> None:
    names = [each.name for each in PROPERTIES]
    assert len(set(names)) == len(names)


def test_the_conformance_package_imports_no_tokenizer() -> None:
    import ast
    from pathlib import Path

    import bpe.conformance

    data = {"bpe.patterns", "bpe.unicode_classes", "bpe.version"}
    for path in Path(bpe.conformance.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert not name.startswith("bpe") or name.startswith("bpe.conformance") or name in data, path
