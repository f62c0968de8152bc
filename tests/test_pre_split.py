"""Chapter P by example and exhaustion: every short text over the kinds of characters that a pattern tells apart."""

from __future__ import annotations

import math
import pickle
import random
from collections.abc import Iterator
from functools import cache
from itertools import accumulate, product
from time import process_time

import pytest
import regex

from bpe.engine import stand_ins
from bpe.engine.pre_split import compile_splitter, pre_split
from bpe.engine.stand_ins import find_differing, find_stand_in, replace_differing
from bpe.errors import BpeError, InvalidPatternError, PatternGapError, PatternTimeoutError
from bpe.patterns import _EQUIVALENT_SOURCES, NAMED_PATTERNS, Pattern
from bpe.reference import pre_split as reference
from bpe.unicode_classes import CATEGORIES, class_ranges, general_category
from tests.pre_split_alphabets import ALPHABETS, KINDS, NEW_LETTER, SMALL_ALPHABETS, named, short_texts

_ALL_CATEGORIES = [category for group in CATEGORIES.values() for category in group]

every_named_pattern = pytest.mark.parametrize("name", NAMED_PATTERNS)

# --- the definition ------------------------------------------------------------------------------


@every_named_pattern
def test_the_engine_is_the_definition_on_every_short_text(name: str) -> None:
    split, pattern = compile_splitter(named(name)), named(name)
    for text in (*short_texts(KINDS, 4), *short_texts(ALPHABETS[name], 3)):
        assert split(text) == reference.pre_split(text, pattern), text


@pytest.mark.deep
@every_named_pattern
def test_the_engine_is_the_definition_on_every_text_of_five(name: str) -> None:
    split, pattern = compile_splitter(named(name)), named(name)
    for text in short_texts(ALPHABETS[name], 5):
        assert split(text) == reference.pre_split(text, pattern), text


def check_pieces(name: str, longest: int) -> None:
    """Check on every text up to a length that its pieces are the text, and that each, and what follows it, splits alike."""
    split = compile_splitter(named(name))
    for text in short_texts(ALPHABETS[name], longest):
        pieces = split(text)
        assert "".join(pieces) == text  # P1
        assert all(pieces)
        if len(pieces) == 1:  # P3: a piece of a longer text is among the texts of its own length
            continue
        for index, stop in enumerate(accumulate(map(len, pieces)), start=1):
            assert split(text[stop:]) == pieces[index:], text  # P4
        for piece in pieces:
            assert split(piece) == [piece], text  # P3


@every_named_pattern
def test_no_piece_is_lost_empty_or_split_further(name: str) -> None:
    check_pieces(name, 4)


@pytest.mark.deep
@every_named_pattern
def test_no_piece_of_a_text_of_five_is_lost_empty_or_split_further(name: str) -> None:
    check_pieces(name, 5)


@every_named_pattern
def test_appended_text_changes_two_pieces_at_most(name: str) -> None:
    split = compile_splitter(named(name))
    ends = list(short_texts(SMALL_ALPHABETS[name], 2))
    for text in short_texts(SMALL_ALPHABETS[name], 3):
        kept = split(text)[:-2]  # P5
        assert not kept or all(split(text + end)[: len(kept)] == kept for end in ends), text


@pytest.mark.parametrize(
    ("name", "text", "more"),
    [("gpt2", "'l", "l"), ("cl100k_original", "\n ", "\n"), ("o200k_base", "s'", "s"), ("qwen2", "\n ", "\n")],
)
def test_appended_text_can_change_two_pieces(name: str, text: str, more: str) -> None:
    # The smallest texts that show why two pieces must be held back, not one.
    assert len(pre_split(text, named(name))) == 2
    assert len(pre_split(text + more, named(name))) == 1


@every_named_pattern
def test_the_beginning_does_not_split_as_before(name: str) -> None:
    # P5, the converse of P4, is false: what follows decides about white space before it.
    assert pre_split("a  b", named(name)) == ["a", " ", " b"]
    assert pre_split("a  ", named(name)) == ["a", "  "]


@every_named_pattern
def test_the_empty_text_has_no_pieces(name: str) -> None:
    assert pre_split("", named(name)) == reference.pre_split("", named(name)) == []


def test_no_pattern_keeps_the_text_whole() -> None:
    assert pre_split("one two", None) == reference.pre_split("one two", None) == ["one two"]
    assert pre_split("", None) == reference.pre_split("", None) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    {
        "I'll": {"gpt2": ["I", "'ll"], "cl100k_base": ["I", "'ll"], "o200k_base": ["I'll"]},
        "I'LL": {"gpt2": ["I", "'", "LL"], "cl100k_base": ["I", "'LL"], "o200k_base": ["I'LL"]},
        "a'ſ": {"gpt2": ["a", "'", "ſ"], "cl100k_base": ["a", "'ſ"], "o200k_base": ["a'ſ"]},
        "12345": {"gpt2": ["12345"], "cl100k_base": ["123", "45"], "qwen2": ["1", "2", "3", "4", "5"]},
        "camelCase": {"cl100k_base": ["camelCase"], "o200k_base": ["camel", "Case"]},
        "x  \n  y": {"gpt2": ["x", "  \n ", " y"], "cl100k_base": ["x", "  \n", " ", " y"]},
        "!\n/": {"cl100k_base": ["!\n", "/"], "o200k_base": ["!\n/"]},
        "\tx": {"gpt2": ["\t", "x"], "cl100k_base": ["\tx"]},
        # U+001C is white space for `str.isspace`, not for a pattern.
        " \x1c": {"gpt2": [" \x1c"], "cl100k_base": [" \x1c"]},
        "e\u0301!": {"gpt2": ["e", "\u0301!"], "cl100k_base": ["e", "\u0301!"], "o200k_base": ["e\u0301", "!"]},
    }.items(),
)
def test_examples(text: str, expected: dict[str, list[str]]) -> None:
    for name, pieces in expected.items():
        assert pre_split(text, named(name)) == reference.pre_split(text, named(name)) == pieces


def test_the_two_forms_of_cl100k_differ_at_the_end_of_a_text() -> None:
    assert pre_split("x\n  ", named("cl100k_base")) == ["x", "\n  "]  # P10
    assert pre_split("x\n  ", named("cl100k_original")) == ["x", "\n", "  "]
    differing = [
        text
        for text in short_texts(SMALL_ALPHABETS["cl100k_base"], 4)
        if pre_split(text, named("cl100k_base")) != pre_split(text, named("cl100k_original"))
    ]
    assert min(differing, key=len) == "\n "
    assert all(text[-1].isspace() and "\n" in text for text in differing)


@pytest.mark.parametrize(("source", "name"), _EQUIVALENT_SOURCES.items())
def test_an_equivalent_source_gives_the_same_pieces(source: str, name: str) -> None:
    assert Pattern(source).name == name
    one, other = compile_splitter(Pattern(source)), compile_splitter(named(name))
    for text in short_texts(KINDS, 4):
        assert one(text) == other(text), text


# --- one Unicode version -------------------------------------------------------------------------


@cache
def _edge_characters() -> list[str]:
    """Return the first and last code point of each run of one category, and a few more in between."""
    starts = [first for category in _ALL_CATEGORIES for first, _ in class_ranges(category)]
    lasts = [last for category in _ALL_CATEGORIES for _, last in class_ranges(category)]
    return list(map(chr, sorted({*starts[::5], *lasts[::5], *range(0, 0x40000, 211), ord(NEW_LETTER)})))


_CONTEXTS = ("{}", "a{}", "{}a", "1{}1", " {} ", "!{}!", "'{}", "{}'s", "\n{}\n", "{0}{0}")


@every_named_pattern
def test_the_engine_is_the_definition_for_every_kind_of_code_point(name: str) -> None:
    text = "\r".join(context.format(character) for character in _edge_characters() for context in _CONTEXTS)
    assert pre_split(text, named(name)) == reference.pre_split(text, named(name))


@pytest.mark.deep
@every_named_pattern
@pytest.mark.parametrize("context", _CONTEXTS)
def test_the_engine_is_the_definition_for_every_code_point(name: str, context: str) -> None:
    text = "\r".join(context.format(chr(cp)) for cp in range(0x110000))
    assert pre_split(text, named(name)) == reference.pre_split(text, named(name))


@every_named_pattern
def test_the_plain_expression_is_used_only_where_it_is_right(name: str) -> None:
    # A letter that came after the pinned version is no letter: it joins punctuation.
    assert general_category(ord(NEW_LETTER)) == "Cn"
    text = f"a{NEW_LETTER}!"
    assert pre_split(text, named(name)) == reference.pre_split(text, named(name)) == ["a", f"{NEW_LETTER}!"]


def test_white_space_is_that_of_unicode() -> None:
    pattern = Pattern(r"\s+|\S+")
    for text in ("a\u180eb", "a\x1cb", "a\u200bb", "a\ufeffb"):
        assert pre_split(text, pattern) == reference.pre_split(text, pattern) == [text]
    for text in ("a\x85b", "a\u3000b", "a\u2028b", "a\x0bb", "a\xa0b"):
        assert pre_split(text, pattern) == reference.pre_split(text, pattern) == ["a", text[1], "b"]


@pytest.fixture
def forgetful_stand_ins() -> Iterator[None]:
    """Forget stand-ins before and after: they were chosen for another release."""
    find_stand_in.cache_clear()
    yield
    find_stand_in.cache_clear()


@pytest.mark.usefixtures("forgetful_stand_ins")
def test_a_release_that_differs_everywhere_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    # Whatever the installed release is, pretend that it differs on common letters.
    monkeypatch.setattr(stand_ins, "_agreeing", {chr(cp) for cp in range(0x80)})
    installed = stand_ins._installed_class
    lie = {"é": ("So", False), "中": ("Cn", False), "\u3000": ("Cn", False), "٣": ("Lo", False)}
    monkeypatch.setattr(stand_ins, "_installed_class", lambda c: lie.get(c) or installed(c))
    assert find_differing("aé中 ж\u3000٣") == {"é", "中", "\u3000", "٣"}
    for name in NAMED_PATTERNS:
        for text in ("café 中中文 ж\u3000٣", "É'é", "é" * 9):
            assert pre_split(text, named(name)) == reference.pre_split(text, named(name))


def test_without_a_stand_in_the_definition_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bpe.engine.stand_ins.find_stand_in", lambda *_: None)
    monkeypatch.setattr("bpe.engine.pre_split.find_differing", lambda text: {NEW_LETTER} & set(text))
    text = f"one{NEW_LETTER} two"
    assert replace_differing(text, {NEW_LETTER}) is None
    for pattern in (named("gpt2"), Pattern(r"\p{L}+|\P{L}+")):
        assert pre_split(text, pattern) == reference.pre_split(text, pattern)


def test_a_stand_in_has_the_class_and_equals_no_ascii_letter() -> None:
    for cp in range(0x80, 0x110000, 97):
        stand_in = find_stand_in(*stand_ins._pinned_class(chr(cp)))
        assert stand_in is not None
        assert stand_ins._pinned_class(stand_in) == stand_ins._pinned_class(chr(cp))
        assert not regex.match(r"(?i)[\x00-\x7f]", stand_in)


def test_a_class_has_no_stand_in_where_no_character_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stand_ins, "_agrees", lambda _: False)
    assert find_stand_in.__wrapped__("Zl", white_space=True) is None


def test_lone_surrogates_are_no_letters_and_no_crash() -> None:
    for name in NAMED_PATTERNS:
        for text in ("\ud800", "a\udfff b", "\ud83d\ude00 \ud800!"):
            assert pre_split(text, named(name)) == reference.pre_split(text, named(name))
            assert "".join(pre_split(text, named(name))) == text


# --- custom patterns -----------------------------------------------------------------------------


@pytest.mark.parametrize("split", [pre_split, reference.pre_split])
def test_a_gap_is_refused_with_its_place(split: object) -> None:
    assert callable(split)
    with pytest.raises(PatternGapError, match=r"characters 2 to 4 uncovered.*isolate") as caught:
        split("ab12cd3", Pattern("[a-z]+"))
    assert (caught.value.start, caught.value.stop, caught.value.pattern) == (2, 4, "[a-z]+")


@pytest.mark.parametrize(
    ("source", "text", "pieces"),
    [
        ("[a-z]+", "ab12cd3", ["ab", "12", "cd", "3"]),
        ("([a-z])([a-z])", "abc", ["ab", "c"]),
        ("a*", "ba", ["b", "a"]),
        ("", "ab", ["ab"]),
        ("x|(?=b)", "abx", ["ab", "x"]),
        ("a*|b", "ab", ["a", "b"]),
        (r"\p{Lu}\p{Ll}*", "oneTwo", ["one", "Two"]),
        (r"(?<=a)b|(?!c)c|a", "abc", ["a", "b", "c"]),
        (r"\G[0-9]{3}|\A[0-9]{3}", "1234567 123", ["123", "456", "7 123"]),
        # With \K a match can begin before the last one ended.
        (r"a|b(?<=\Kab)", "ab", ["a", "b"]),
        (r"(?=aa\K)a", "aaa", ["aaa"]),
    ],
)
def test_gaps_can_be_isolated(source: str, text: str, pieces: list[str]) -> None:
    pattern = Pattern(source, gaps="isolate")
    assert pre_split(text, pattern) == reference.pre_split(text, pattern) == pieces


def test_no_position_is_skipped_in_error() -> None:
    # `regex.findall` gives nothing here: it takes U+0345 for a letter, because ι is one.
    pattern = Pattern(r"(?i:a)|[^\p{L}]")
    assert regex.findall(pattern.source, "\u0345") != ["\u0345"]
    assert pre_split("\u0345", pattern) == reference.pre_split("\u0345", pattern) == ["\u0345"]


_CUSTOM = (
    r"\w+|\W+",
    r"\p{Han}+|\P{Han}+",
    r"[\p{L}\p{M}]+|[^\p{L}\p{M}]",
    r"(?i)\p{Lu}+|(?s:.)",
    r"(?i:[\p{Lu}é]+)|(?s:.)",
    r"[一-龥]+|\p{N}|[^一-龥\p{N}]+",
    r"([\p{L}])\1|(?s:.)",
    "(?x) \\p{L}+  # letters, not [ or (\n | \\P{L}+",
    r"[^\S\n]+|[\S\n]+",
    r"\s+|[^\s\d]+|\d",
    r"(?a)\p{L}+|(?s:.)",
    r"[[:alpha:]]+|[[:^alpha:]]",
    r"\b\w|\B\W|(?s:.)",
    r"\X",
    r"[a-\s]+|[^a-\s]",
    r"[\p{Cn}!]+|\p{gc=Lo}|\p{Script=Latin}|(?s:.)",
)


@pytest.mark.parametrize("source", _CUSTOM)
def test_the_engine_is_the_definition_for_custom_patterns(source: str) -> None:
    alphabet = ("a", "É", "é", "中", "1", " ", "\n", "\u0301", "\u0345", "!", "-", "ʕ", NEW_LETTER)
    rng = random.Random(source)
    texts = [*short_texts(alphabet, 2), *("".join(rng.choices(alphabet, k=9)) for _ in range(200))]
    for pattern in (Pattern(source, "refuse"), Pattern(source, "isolate")):
        split = compile_splitter(pattern)
        for text in texts:
            assert split(text) == reference.pre_split(text, pattern), text


def test_a_set_without_members_matches_nothing() -> None:
    try:
        for text in ("ab", "a\n"):
            pattern = Pattern(r"[^\s\S]|.", "isolate")
            assert pre_split(text, pattern) == reference.pre_split(text, pattern) == list(text)
    except InvalidPatternError:
        pytest.skip("this release of regex cannot compile it")


@pytest.mark.parametrize(
    "source",
    [
        "(",
        "[a",
        "a**",
        r"\p{Foo}",
        "a{99999999999}",
        "(?V1)a",
        "(?r)a",
        "\\",
        "(?P<1>a)",
        "(" * 5000,
        r"\L<x>",
        "(?i-i)",
    ],
)
def test_an_invalid_pattern_is_refused(source: str) -> None:
    for split in (pre_split, reference.pre_split):
        with pytest.raises(InvalidPatternError) as caught:
            split("a", Pattern(source))
        assert caught.value.pattern == source


@pytest.mark.parametrize(
    "source",
    [
        "a{1000000000}|.",
        "(?:(?:(?:a{100}){100}){100}){100}|.",
        "[ab]{ 5000000 , }",
        "a{" + "9" * 5000 + "}",
        r"\p{L}{300000}",
    ],
    ids=["a letter", "groups", "a set", "many digits", "a class"],
)
def test_a_pattern_that_would_fill_memory_is_refused(source: str) -> None:
    """`regex` writes repeats out before it matches anything (clause R2)."""
    with pytest.raises(InvalidPatternError, match=r"repeats its parts until it has about [\d,]+ of them"):
        compile_splitter(Pattern(source))


def test_repeats_that_are_no_repeats_count_as_they_are() -> None:
    sources = (r"a{0,1000000}|.", r"\{9999999}|.", r"[{9999999}]|.", r"(?#{9999999})a|.", "(?:a{300}){300}|.")
    for source in sources:
        assert "".join(compile_splitter(Pattern(source, gaps="isolate"))("a{9}")) == "a{9}"


def test_a_pattern_for_which_memory_does_not_suffice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(regex, "compile", fail)
    with pytest.raises(InvalidPatternError, match="more memory than there is"):
        reference.compile_source("only here", "only here")


def test_a_refusal_says_where_the_fault_is() -> None:
    with pytest.raises(InvalidPatternError, match=r"'a\|\[b' is no regular expression: .* at position 4"):
        compile_splitter(Pattern("a|[b"))


def test_the_default_version_of_regex_plays_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    # In V1 this set is a difference, in V0 it holds the letters and the hyphen.
    monkeypatch.setattr(regex, "DEFAULT_VERSION", regex.V1)
    assert pre_split("b-", Pattern(r"[a-z--b]+|(?s:.) (?#not cached)")) == ["b-"]


@pytest.mark.parametrize("source", [r"(?:a|aa)+$|(?s:.)", r"(?:a|a)+b|(?s:.)", r"(a|aa)+\d|(?s:.)"])
def test_an_endless_pattern_is_stopped(source: str) -> None:
    started = process_time()
    with pytest.raises(PatternTimeoutError, match=r"longer than 0.1 seconds on a text of 61 characters") as caught:
        pre_split("a" * 60 + "!", Pattern(source), time_limit=0.1)
    assert process_time() - started < 5
    assert caught.value.limit == 0.1
    assert isinstance(caught.value, TimeoutError)
    assert pickle.loads(pickle.dumps(caught.value)).limit == 0.1


def test_the_limit_is_for_the_whole_text() -> None:
    # Each of the attempts is fast, all of them together are not.
    with pytest.raises(PatternTimeoutError):
        pre_split("a" * 50_000, Pattern(r"(?=a*+b)\w", gaps="isolate"), time_limit=0.05)


def test_endless_recursion_is_stopped() -> None:
    with pytest.raises(PatternTimeoutError):
        pre_split("aaa", Pattern("(?R)?a|a"), time_limit=0.2)


def test_the_limit_can_be_lifted() -> None:
    assert pre_split("one two", Pattern(r"\S+|\s+"), time_limit=math.inf) == ["one", " ", "two"]


def test_every_refusal_is_a_bpe_error() -> None:
    for error in (InvalidPatternError, PatternGapError, PatternTimeoutError):
        assert issubclass(error, BpeError)


# --- resources -----------------------------------------------------------------------------------


@every_named_pattern
def test_every_text_takes_linear_time(name: str) -> None:
    # A quadratic step on any of these would take minutes.
    split = compile_splitter(named(name))
    units = [
        *SMALL_ALPHABETS[name],
        *map("".join, product(SMALL_ALPHABETS[name], repeat=2)),
        " \n ",
        "'l l",
        "A\u0301s",
    ]
    texts = ["A" + unit * (40_000 // len(unit)) + "A" for unit in units]
    started = process_time()
    for text in texts:
        assert sum(map(len, split(text))) == len(text)
    assert process_time() - started < 0.25 * len(texts)
