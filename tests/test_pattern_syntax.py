"""Reading a pattern's source: every class is found, and writing it out changes nothing but the Unicode version."""

from __future__ import annotations

from functools import cache

import pytest
import regex
from hypothesis import assume, given
from hypothesis import strategies as st

from bpe.pattern_syntax import _LONG_NAMES, CharacterClass, read_pattern
from bpe.patterns import _EQUIVALENT_SOURCES, NAMED_PATTERNS, Pattern
from bpe.reference import pre_split as reference
from bpe.unicode_classes import CATEGORIES, UNICODE_VERSION, Ranges, class_ranges
from bpe.vocabulary import Vocabulary, single_bytes

_ALL_CHARACTERS = "".join(map(chr, range(0x110000)))


def _classes(source: str) -> list[tuple[str, bool, bool]]:
    parts = read_pattern(source).parts
    return [(part.name, part.negated, part.in_set) for part in parts if isinstance(part, CharacterClass)]


@pytest.mark.parametrize(
    ("source", "classes"),
    [
        (r"\s\S\d\D", [("White_Space", False, False), ("White_Space", True, False), ("Nd", False, False), ("Nd", True, False)]),
        (r"\pL\PL", [("L", False, False), ("L", True, False)]),
        (r"\p{Lu}\P{Lu}\p{^Lu}\P{^Lu}", [("Lu", False, False), ("Lu", True, False), ("Lu", True, False), ("Lu", False, False)]),
        (r"\p{Uppercase_Letter}\p{gc=lu}\p{General Category:LU}", [("Lu", False, False)] * 3),
        (r"[^\s\p{L}]", [("White_Space", False, True), ("L", False, True)]),
        (r"[]\s][\]\d]", [("White_Space", False, True), ("Nd", False, True)]),
        (r"[[:alpha:]\d]", [("Nd", False, True)]),
        (r"[[:\d]", [("Nd", False, True)]),
        # neither an escaped backslash, nor a comment, nor a set begins anything
        (r"\\s\[\d(?#\s[)\s", [("Nd", False, False), ("White_Space", False, False)]),
        ("(?x) # \\s [\n \\d # (", [("Nd", False, False)]),
        ("(?x: # )\n \\d)#\\s", [("Nd", False, False), ("White_Space", False, False)]),
        # other properties are not pinned
        (r"\w\W\b\h\X\p{Han}\p{Alphabetic}\p{L&}\p{gc=}\p{Script=Latin}\p", []),
        # under an encoding flag the classes are not those of Unicode
        (r"(?a)\s", []),
        (r"(?a:\s)\d", []),
    ],
)  # fmt: skip
def test_the_classes_of_a_pattern(source: str, classes: list[tuple[str, bool, bool]]) -> None:
    assert _classes(source) == classes


@pytest.mark.parametrize("name", _LONG_NAMES)
def test_a_short_and_a_long_name_are_one_class(name: str) -> None:
    long = _LONG_NAMES[name]
    assert _classes(rf"\p{{{name}}}\p{{{long.title()}}}") == [(name, False, False)] * 2
    assert regex.findall(rf"\p{{{name}}}", _ALL_CHARACTERS) == regex.findall(rf"\p{{{long}}}", _ALL_CHARACTERS)


def test_every_category_has_a_name() -> None:
    assert set(_LONG_NAMES) == {*CATEGORIES, "LC", *(category for group in CATEGORIES.values() for category in group)}


@pytest.mark.parametrize("source", [*NAMED_PATTERNS.values(), *_EQUIVALENT_SOURCES])
def test_named_patterns_depend_on_the_pinned_version_alone(source: str) -> None:
    syntax = read_pattern(source)
    assert syntax.pinned
    assert syntax.class_only
    assert not syntax.misread
    assert Pattern(source).unicode_version == UNICODE_VERSION


@pytest.mark.parametrize(
    ("source", "pinned", "class_only"),
    [
        (r"\p{L}+|\s|\d|.", True, True),
        (r"(?i:'s)|(?:a)|(?s:.)|^$|\A\Z", True, True),
        (r"[a-z\x41\u0041\n\0]", True, True),
        (r"[\b]", True, True),
        ("é", True, False),
        (r"[一-龥]|\u00e9|\x80|\U0001F600|\N{BULLET}", True, False),
        (r"(a)\1", True, False),
        (r"(?P<x>a)(?P=x)", True, False),
        (r"(a)\g<1>", True, False),
        ("(?i)é", False, False),
        (r"(?i)(a)\1", False, False),
        (r"(?i)\p{L}", False, True),
        (r"(?i:\d)", False, True),
        (r"a(?i)b|\s", False, True),
        *((source, False, False) for source in (r"\w", r"\W", r"\b", r"\B", r"\h", r"\X", r"\p{Han}", r"[[:alpha:]]", r"\p")),
        (r"(?f)a", False, False),
        (r"(?w)a", False, False),
        (r"(?u)\w", False, False),
    ],
)  # fmt: skip
def test_what_a_pattern_depends_on(source: str, pinned: bool, class_only: bool) -> None:
    syntax = read_pattern(source)
    assert (syntax.pinned, syntax.class_only) == (pinned, class_only)
    assert Pattern(source).unicode_version.startswith(UNICODE_VERSION if pinned else "regex-")


def test_the_unicode_version_is_a_part_of_the_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    def fingerprints() -> list[str]:
        patterns = (Pattern(r"\p{L}+|(?s:.)"), Pattern(r"\w+|(?s:.)"))
        return [Vocabulary(single_bytes(), pattern=pattern).fingerprint for pattern in patterns]

    before = fingerprints()
    monkeypatch.setattr(regex, "__version__", "2001.1.1")
    after = fingerprints()
    assert before[0] == after[0]
    assert before[1] != after[1]


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("plain[a-z]", "plain[a-z]"),
        (r"\p{Zl}", r"[\U00002028-\U00002028]"),
        (r"\P{Zl}", r"[^\U00002028-\U00002028]"),
        (r"[\p{Zl}]", r"[\U00002028-\U00002028]"),
        (r"[\P{Zl}]", r"[\U00000000-\U00002027\U00002029-\U0010ffff]"),
        (r"[a-\p{Zl}-z]", r"[a\-\U00002028-\U00002028-z]"),
    ],
)
def test_classes_are_written_out(source: str, written: str) -> None:
    assert reference.write_out(source) == written


@cache
def _installed_ranges(name: str) -> Ranges:
    source = r"\s" if name == "White_Space" else rf"\p{{{name}}}"
    return tuple((m.start(), m.end() - 1) for m in regex.finditer(f"(?:{source})+", _ALL_CHARACTERS))


_CLASSES = [
    r"\s",
    r"\S",
    r"\d",
    r"\D",
    r"\p{L}",
    r"\P{L}",
    r"\p{Lu}",
    r"\p{^N}",
    r"\pN",
    r"\p{gc=Ll}",
    r"\p{ other letter }",
]
_IN_SETS = [*_CLASSES, *"aB-![^&~|{(#", r"\\", r"\-", r"\]", "é", r"\n", "a-z", "+--", r"\x30-\x39", "[:alpha:]", "[:"]
_SETS = st.builds(
    "[{}{}{}]".format,
    st.sampled_from(["", "^"]),
    st.sampled_from(["", "]", "-"]),
    st.lists(st.sampled_from(_IN_SETS), min_size=1, max_size=4).map("".join),
)
_LITERALS = [*"aBs-!/", "é", r"\-", r"\[", r"\u00e9", r"\.", r"\w", "(?#\\)x [)"]
_OPENINGS = ["(", "(?:", "(?i:", "(?-i:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?x: # [\n", "(?s:"]


def _groups(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    atoms = st.builds("{}{})".format, st.sampled_from(_OPENINGS), inner) | inner
    quantified = st.builds("{}{}".format, atoms, st.sampled_from(["", "", "", "?", "*", "++", "{1,2}"]))
    return st.lists(quantified, min_size=1, max_size=3).map("".join) | st.builds("{}|{}".format, inner, inner)


_PATTERNS = st.builds(
    "{}{}".format,
    st.sampled_from(["", "", "", "(?x)", "(?i)"]),
    st.recursive(st.sampled_from(_CLASSES) | _SETS | st.sampled_from(_LITERALS), _groups, max_leaves=6),
)
_TEXTS = st.lists(
    st.sampled_from([*"abBsSk019 \t\n!-/][#^", *"éÉ中ſK\u0345ιǅʰ²٣\xa0\u2028\x1c\u0378😀\ud800"]), max_size=12
).map("".join)


@given(_PATTERNS, _TEXTS)
def test_written_with_the_installed_classes_a_pattern_is_what_it_was(source: str, text: str) -> None:
    try:
        regex.compile(source, regex.VERSION0)
    except (regex.error, AttributeError):  # some releases stumble over a class beside its complement
        assume(False)
    syntax = read_pattern(source)
    assert "".join(part if isinstance(part, str) else part.source for part in syntax.parts) == source
    assume(not syntax.misread)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reference, "class_ranges", _installed_ranges)
        written = reference.write_out.__wrapped__(source)
    one, other = (reference.compile_source(form, source) for form in (source, written))
    try:
        spans = [match.span() for match in one.finditer(text, timeout=1)]
        assert spans == [match.span() for match in other.finditer(text, timeout=10)]
    except TimeoutError:
        assume(False)


def test_the_installed_classes_are_not_the_pinned_ones_by_accident() -> None:
    # The test above must not compare the pinned classes with themselves.
    assert _installed_ranges("L") is not class_ranges("L")
