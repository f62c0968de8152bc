"""The same pieces as tiktoken (Rust) and Hugging Face (Oniguruma), for every code point and every kind of text."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator

import pytest
import tiktoken
from tokenizers import Regex, pre_tokenizers

from bpe.conformance.hazards import HAZARDS
from bpe.engine.pre_split import compile_splitter, pre_split
from bpe.errors import InvalidPatternError
from bpe.patterns import NAMED_PATTERNS, Pattern
from bpe.reference import pre_split as reference
from bpe.unicode_classes import CATEGORIES, class_ranges
from tests.data import data_file
from tests.pre_split_alphabets import ALPHABETS, SMALL_ALPHABETS, named, short_texts

# Each code point alone and beside a letter, digit, space, punctuation, apostrophe and line break.
_CONTEXT = "{0}a{0}1{0} {0}!{0}'{0}\n{0}'s{0}'ll{0}{0}"

# Oniguruma reads {1,3}+ as a repetition of a repetition, so Hugging Face has the older forms of these two.
_HUGGING_FACE_SOURCES = {
    **NAMED_PATTERNS,
    "gpt2": r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    "cl100k_base": NAMED_PATTERNS["cl100k_original"],
}


def _hugging_face_pieces(name: str, text: str) -> list[str]:
    split = pre_tokenizers.Split(Regex(_HUGGING_FACE_SOURCES[name]), behavior="removed", invert=True)
    return [piece for piece, _ in split.pre_tokenize_str(text)]


def _tiktoken_agrees(name: str, text: str) -> bool:
    """Return whether tiktoken cuts a text into our pieces: in a vocabulary of the pieces, its ids name them."""
    pieces = [piece.encode() for piece in pre_split(text, named(name))]
    ranks = {bytes([value]): value for value in range(256)}
    for piece in pieces:
        ranks.setdefault(piece, len(ranks))
    encoding = tiktoken.Encoding(name, pat_str=NAMED_PATTERNS[name], mergeable_ranks=ranks, special_tokens={})
    return encoding.encode_ordinary(text) == [ranks[piece] for piece in pieces]


def _edges() -> Iterator[int]:
    """Yield the first and last code point of every run of one category, surrogates excepted."""
    for categories in CATEGORIES.values():
        for category in categories:
            yield from (cp for span in class_ranges(category) for cp in span if not 0xD800 <= cp <= 0xDFFF)


def _blocks(code_points: Iterator[int] | range, size: int) -> Iterator[str]:
    """Yield texts that hold each code point in context, so many at a time."""
    scalars = [cp for cp in code_points if not 0xD800 <= cp <= 0xDFFF]
    for start in range(0, len(scalars), size):
        yield "".join(_CONTEXT.format(chr(cp)) for cp in scalars[start : start + size])


def _random_texts(seed: int, count: int) -> Iterator[str]:
    rng = random.Random(seed)
    for _ in range(count):
        yield "".join(rng.choices(HAZARDS, k=rng.randint(1, 12)))


every_named_pattern = pytest.mark.parametrize("name", NAMED_PATTERNS)


@every_named_pattern
def test_tiktoken_cuts_every_kind_of_code_point_alike(name: str) -> None:
    for text in _blocks(_edges(), 2000):
        assert _tiktoken_agrees(name, text)


@pytest.mark.deep
@every_named_pattern
def test_tiktoken_cuts_every_code_point_alike(name: str) -> None:
    for text in _blocks(range(0x110000), 5000):
        assert _tiktoken_agrees(name, text)


@every_named_pattern
def test_tiktoken_cuts_random_texts_alike(name: str) -> None:
    for text in _random_texts(0, 1000):
        assert _tiktoken_agrees(name, text), text


@every_named_pattern
def test_tiktoken_cuts_short_texts_alike(name: str) -> None:
    for text in short_texts(SMALL_ALPHABETS[name], 3):
        assert _tiktoken_agrees(name, text), text


@every_named_pattern
def test_hugging_face_cuts_every_kind_of_code_point_alike(name: str) -> None:
    for text in _blocks(_edges(), 2000):
        assert _hugging_face_pieces(name, text) == pre_split(text, named(_alike(name)))


@pytest.mark.deep
@every_named_pattern
def test_hugging_face_cuts_every_code_point_alike(name: str) -> None:
    for text in _blocks(range(0x110000), 5000):
        assert _hugging_face_pieces(name, text) == pre_split(text, named(_alike(name)))


@every_named_pattern
def test_hugging_face_cuts_short_texts_alike(name: str) -> None:
    split = compile_splitter(named(_alike(name)))
    for text in short_texts(ALPHABETS[name], 3):
        assert _hugging_face_pieces(name, text) == split(text), text


@every_named_pattern
def test_hugging_face_cuts_random_texts_alike(name: str) -> None:
    for text in _random_texts(1, 2000):
        assert _hugging_face_pieces(name, text) == pre_split(text, named(_alike(name))), text


def _alike(name: str) -> str:
    """Return the pattern that Hugging Face's files have for this one."""
    return "cl100k_original" if name == "cl100k_base" else name


# --- patterns of real tokenizers -----------------------------------------------------------------

#: Where Oniguruma reads a pattern otherwise than `regex` does, and what the difference is.
_DIALECT = {
    "hub-061": r"\b: other numbers, such as ¼, are word characters",
    "edge-stacked-class-quantifier": "{3}+ repeats the repetition",
    "edge-stacked-literal-quantifier": "{3}+ repeats the repetition",
    "edge-stacked-comma-quantifier": "{1,3}+ repeats the repetition",
    "edge-ci-full-fold": "ß equals ss where case is ignored",
    "edge-hex-digit": r"\h is a hexadecimal digit, not a horizontal space",
    "edge-Z-anchor": r"\Z holds before a line break at the end",
    "edge-posix-digit-space": "POSIX classes have Unicode members",
    "edge-codepoint-brace": r"\x{1F600} is an escape",
    "edge-property-word": r"\p{Word} has other numbers, such as ²",
    "edge-nested-class": "sets nest",
    "line end anchors with CR and LS": "$ holds before each line break",
}


def _oracle() -> list[dict[str, object]]:
    lines = data_file("regex/split_regex_oracle.jsonl").read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line]


def _agrees_with_oracle(entry: dict[str, object], split: Callable[[str, Pattern], list[str]]) -> bool:
    """Return whether the matches are the pieces of each case; under `Removed` the gaps are left out."""
    source, cases = entry["pattern"], entry["cases"]
    assert isinstance(source, str)
    assert isinstance(cases, list)
    pattern = Pattern(source, "isolate")
    for case in cases:
        pieces = split(case["text"], pattern)
        if entry["behavior"] == "Removed":
            matches = reference.compile_source(source, source).finditer(case["text"])
            pieces = [match.group() for match in matches if match.group()]
            assert set(pieces) <= set(split(case["text"], pattern))
        if pieces != case["pieces"]:
            return False
    return True


@pytest.mark.parametrize("split", [pre_split, reference.pre_split])
def test_patterns_of_real_tokenizers(split: Callable[[str, Pattern], list[str]]) -> None:
    different = set()
    for entry in _oracle():
        try:
            agrees = _agrees_with_oracle(entry, split)
        except InvalidPatternError:
            agrees = False
        if not agrees:
            different.add(entry["name"])
    assert different == set(_DIALECT)
