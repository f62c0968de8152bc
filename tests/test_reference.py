"""The definition by itself, in a few seconds: its examples, the vectors, and every clause on a few cases.

What mutation testing runs: `make mutation`.
"""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

import bpe.reference
from bpe.conformance import PROPERTIES, Property
from bpe.conformance.vectors import Vector, check_vector, read_vectors
from bpe.patterns import Pattern, resolve_pattern
from bpe.reference.canonical import is_well_founded
from bpe.reference.merges import is_normal_form
from bpe.reference.pre_split import compile_source, write_out
from bpe.reference.safe_cuts import is_safe_cut, safe_cuts
from bpe.reference.special_tokens import Span, split_special_tokens
from bpe.reference.training import start_training, train_merges, train_step, training_steps
from bpe.vocabulary import Merge, TokenId, Vocabulary, single_bytes
from tests.reference_target import Reference

A, B, AA, AAA = TokenId(97), TokenId(98), TokenId(256), TokenId(257)

_FEW = settings(max_examples=8, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module", autouse=True)
def _forget_patterns() -> None:
    """Write each pattern out anew: what was kept from before would hide a changed line."""
    write_out.cache_clear()
    compile_source.cache_clear()


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
BESIDE = "aX1!/\u0301 \u3000\r\n"
SAFE_CUTS = {
    "gpt2": ["......xxxx"] * 6 + [".........."] * 4,
    "cl100k_base": ["......xxxx"] * 3 + ["......xx.."] * 3 + [".........."] * 2 + ["xxxx.x...."] * 2,
}


@pytest.mark.parametrize("name", SAFE_CUTS)
def test_safe_cuts(name: str) -> None:
    found = ["".join("x" if is_safe_cut(left, right, name) else "." for right in BESIDE) for left in BESIDE]
    assert found == SAFE_CUTS[name]


@pytest.mark.parametrize("pattern", [None, Pattern(r"\S+|\s+")])
def test_only_named_patterns_have_safe_cuts(pattern: Pattern | None) -> None:
    assert safe_cuts("a b", pattern) == []
    assert safe_cuts("a b", resolve_pattern("gpt2")) == [1]


def test_spans_say_whether_they_are_special() -> None:
    assert split_special_tokens("a<x>b", ["<x>"]) == [Span("a", False), Span("<x>", True), Span("b", False)]
    assert {type(span.is_special) for span in split_special_tokens("a<x>b", ["<x>"])} == {bool}


@pytest.mark.parametrize(
    ("merges", "well_founded"),
    [
        ([], True),
        ([Merge(A, A, AA), Merge(AA, A, AAA)], True),
        ([Merge(AA, A, AAA), Merge(A, A, AA)], False),
        ([Merge(A, A, AA), Merge(A, B, AA)], False),
        ([Merge(A, AA, AA)], False),
    ],
)
def test_well_founded_lists(merges: list[Merge], well_founded: bool) -> None:
    assert is_well_founded(merges) == well_founded


def test_training_goes_on_to_pairs_that_occur_once_unless_told_otherwise() -> None:
    counts = {"ba": 1, "ab": 1}
    stepped = train_step(start_training(counts), "smallest-pair")
    assert stepped is not None
    assert stepped[0].merge.pair == (A, B)
    assert [step.merge.pair for step, _ in training_steps(counts, "smallest-pair")] == [(A, B), (B, A)]
    assert [step.merge.pair for step in train_merges(counts, 2)] == [(A, B), (B, A)]
    assert train_merges(counts, 2, min_frequency=2) == ()


def test_the_largest_bytes_are_not_the_largest_ids() -> None:
    """The id of `aa` is greater than that of `b`, and its bytes come before."""
    steps = train_merges({"aaaa": 5, "aac": 1, "bc": 1}, 2, tie_break="largest-bytes", min_frequency=1)
    assert [step.token for step in steps] == [b"aa", b"aaaa"]
    after = train_merges({"aaaa": 5, "aac": 1, "bc": 1}, 3, tie_break="largest-bytes")[-1]
    assert after.token == b"bc"


@pytest.mark.parametrize(
    ("source", "is_member"), [(r"\p{N}", str.isdigit), (r"\P{N}", lambda each: not each.isdigit())]
)
def test_a_class_written_out_has_its_members_and_no_others(source: str, is_member: Callable[[str], bool]) -> None:
    expression = compile_source(write_out(source), source)
    for character in map(chr, range(128)):
        assert (expression.fullmatch(character) is not None) == is_member(character), character
