"""The alphabets of the exhaustive tests have a member of every class of characters that a pattern can tell apart."""

from __future__ import annotations

import pytest
import regex

from bpe.patterns import NAMED_PATTERNS
from bpe.reference.pre_split import write_out
from tests.pattern_classes import SCALARS, atoms_of, classes_of, exchangeable, unrepresented
from tests.pre_split_alphabets import ALPHABETS

every_named_pattern = pytest.mark.parametrize("name", NAMED_PATTERNS)


@every_named_pattern
def test_every_character_is_in_one_class(name: str) -> None:
    classes = classes_of(name)
    assert 10 <= len(classes.distinct) <= 40
    # What the class says, each atom says of a sample of all characters.
    for character in SCALARS[::997]:
        matching = {atom for atom in atoms_of(NAMED_PATTERNS[name]) if regex.fullmatch(write_out(atom), character)}
        assert classes.of(character) == matching, character


@every_named_pattern
def test_no_class_is_left_out(name: str) -> None:
    assert unrepresented(name, ALPHABETS[name]) == []


@every_named_pattern
def test_a_class_that_is_left_out_is_noticed(name: str) -> None:
    for character in ("'", " ", "1"):
        fewer = tuple(each for each in ALPHABETS[name] if each != character)
        assert unrepresented(name, fewer), character


def test_atoms() -> None:
    assert "(?i:s)" in atoms_of(NAMED_PATTERNS["qwen2"])
    assert r"[^\r\n\p{L}\p{N}]" in atoms_of(NAMED_PATTERNS["qwen2"])
    assert {"'", "[sdmt]", "l", "v", "e", "r"} <= atoms_of(NAMED_PATTERNS["gpt2"])


def test_letters_that_can_be_exchanged() -> None:
    assert {"r", "v"} in exchangeable("qwen2")
    assert {"d", "m", "s", "t"} in exchangeable("qwen2")
    assert {"e"} in exchangeable("gpt2")
    assert {"l"} in exchangeable("o200k_base")
