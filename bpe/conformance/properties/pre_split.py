"""Chapter P: ordinary text is cut into pre-tokens, and nothing is lost."""

from __future__ import annotations

from itertools import accumulate, takewhile
from typing import Final

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from bpe.conformance.clauses import clause
from bpe.conformance.hazards import HAZARDS, SPACES
from bpe.conformance.model import Model
from bpe.conformance.model_strategies import models, named_patterns, patterns
from bpe.conformance.protocol import CutsSafely, LimitsTime, Splits, SplitsAndLoads
from bpe.conformance.refusal import refusal_of
from bpe.conformance.strategies import any_texts, joined_texts, scalars, texts
from bpe.unicode_classes import general_category, is_white_space

#: Patterns that leave something uncovered, some with matches of no width, and a character that each leaves.
GAPPED_PATTERNS = {r"[a-z]+": "1", r"\S+": " ", r"[a-z]*": "1", r"x|(?=a)": "a", r"(a)|b": "c", r"[^\n]+": "\n"}

#: Patterns that, on a run of `a`, try more ways than anyone waits for.
ENDLESS_PATTERNS = (r"(?:a|a)+b|(?s:.)", r"(?:a|aa)+[bc]|(?s:.)")

#: Characters whose category other Unicode versions have otherwise: new letters, digits and marks, and later ones.
SENTINELS = {
    **dict.fromkeys("\u1c89\ua7cb\ua7da\ua7dc", "Lu"),
    **dict.fromkeys("\u1c8a\ua7cd\ua7db", "Ll"),
    **dict.fromkeys("\U00010d4a\U000105c0\U00016d43", "Lo"),
    **dict.fromkeys("\u0897\U00010d69", "Mn"),
    **dict.fromkeys("\U00010d40\U00016d70\U0001ccf0", "Nd"),
    **dict.fromkeys("\u088f\ua7ce\u1acf\U00011de1\U0003347a\u0378", "Cn"),
    "\u180e": "Cf",
    "\u0295": "Ll",
    "\x1c": "Cc",
}


def split(target: Splits, pattern: str, text: str) -> list[str]:
    """Return the pre-tokens of a text as a list."""
    return list(target.pre_split(pattern, text))


def _with_ends() -> st.SearchStrategy[str]:
    """Return any texts, half of them with white space at the end."""
    return any_texts() | st.tuples(any_texts(), st.sampled_from((" ", "\n", "  "))).map("".join)


@st.composite
def _with_continuation(draw: DrawFn) -> tuple[str, str, str]:
    return draw(named_patterns()), draw(_with_ends()), draw(any_texts())


def _characters() -> st.SearchStrategy[str]:
    """Return any character, mostly one on which Unicode versions, libraries or people disagree."""
    known = dict.fromkeys((*SENTINELS, *"".join(HAZARDS)))
    return st.sampled_from(tuple(known)) | scalars()


@clause("P1", st.tuples(patterns(), _with_ends()))
def pieces_concatenate_to_the_text(target: Splits, pattern: str, text: str) -> None:
    """The pre-tokens MUST concatenate to the text and MUST NOT be empty."""
    pieces = split(target, pattern, text)
    assert "".join(pieces) == text
    assert all(pieces)


@clause("P2", st.tuples(st.sampled_from(tuple(GAPPED_PATTERNS)), any_texts()))
def gaps_are_refused_or_isolated(target: Splits, pattern: str, text: str) -> None:
    """A pattern that leaves text uncovered MUST be refused, or, under the profile `isolate`, each uncovered stretch MUST be a pre-token of its own; text is never dropped."""
    uncovered = GAPPED_PATTERNS[pattern]
    isolated = list(target.pre_split(pattern, text + uncovered, gaps="isolate"))
    assert "".join(isolated) == text + uncovered
    assert all(isolated)
    assert refusal_of(lambda: target.pre_split(pattern, text + uncovered)) is not None, f"{uncovered!r} is uncovered"
    pieces: list[str] = []
    if refusal_of(lambda: pieces.extend(target.pre_split(pattern, text))) is None:
        assert "".join(pieces) == text
        assert list(target.pre_split(pattern, text, gaps="isolate")) == pieces


@clause("P2", st.tuples(joined_texts(("ab", "1", " ", "c2", "\n"))))
def an_uncovered_stretch_is_one_piece(target: Splits, text: str) -> None:
    """A pattern that leaves text uncovered MUST be refused, or, under the profile `isolate`, each uncovered stretch MUST be a pre-token of its own; text is never dropped."""
    isolated = target.pre_split("[a-z]+", text, gaps="isolate")
    assert list(isolated) == split(target, "[a-z]+|[^a-z]+", text)


@clause("P3", st.tuples(named_patterns(), any_texts()))
def a_piece_splits_to_itself(target: Splits, pattern: str, text: str) -> None:
    """Every pre-token that a named pattern gives MUST split to itself."""
    for piece in target.pre_split(pattern, text):
        assert split(target, pattern, piece) == [piece]


@clause("P4", st.tuples(named_patterns(), any_texts()))
def the_rest_splits_as_before(target: Splits, pattern: str, text: str) -> None:
    """What stands behind a boundary that a named pattern gives MUST split to the remaining pre-tokens."""
    pieces = split(target, pattern, text)
    for index, stop in enumerate(accumulate(map(len, pieces)), start=1):
        assert split(target, pattern, text[stop:]) == pieces[index:]


@clause("P5", _with_continuation())
def appended_text_changes_two_pieces_at_most(target: Splits, pattern: str, text: str, more: str) -> None:
    """Text appended to a text MUST leave all pre-tokens but the last two that a named pattern gives as they are."""
    whole = split(target, pattern, text + more)
    for stop in range(len(text) + 1):
        kept = split(target, pattern, text[:stop])[:-2]
        assert whole[: len(kept)] == kept, f"behind {text[:stop]!r}"


@clause("P6", st.tuples(_characters()))
def classes_are_of_the_stated_version(target: Splits, character: str) -> None:
    """The character classes of a pattern MUST be those of the stated version of Unicode, for every text and in every implementation of the pattern."""
    category = SENTINELS.get(character) or general_category(ord(character))
    for name in {category, category[0], "L", "M", "N", "Lu", "Ll", "Lo", "Nd", "Zs", "Cn"}:
        for source in (rf"\p{{{name}}}!|(?s:.)", rf"[\p{{{name}}}]!|(?s:.)", rf"[^\P{{{name}}}]!|(?s:.)"):
            assert (split(target, source, character + "!") == [character + "!"]) == category.startswith(name)
    white_space = is_white_space(ord(character))
    assert (split(target, r"\s!|(?s:.)", character + "!") == [character + "!"]) == white_space
    assert (split(target, r"\S!|(?s:.)", character + "!") != [character + "!"]) == white_space


@clause("P6", st.tuples(patterns(), _with_ends()))
def pieces_are_those_of_the_definition(target: Splits, reference: Splits, pattern: str, text: str) -> None:
    """The character classes of a pattern MUST be those of the stated version of Unicode, for every text and in every implementation of the pattern."""
    assert split(target, pattern, text) == split(reference, pattern, text)


@st.composite
def _with_pattern(draw: DrawFn) -> tuple[Model, str]:
    model = draw(models()).change(pattern=draw(patterns()))
    return model, draw(texts(model))


@clause("P7", _with_pattern())
def merges_never_cross_a_boundary(target: SplitsAndLoads, model: Model, text: str) -> None:
    """Ordinary text MUST encode to the ids of its pre-tokens, one after the other, each merged by itself and none split again."""
    assert model.pattern is not None
    whole = model.change(pattern=None)
    pieces = target.pre_split(model.pattern, text)
    expected = [token_id for piece in pieces for token_id in target.encode_ordinary(whole, piece)]
    assert list(target.encode_ordinary(model, text)) == expected


#: So many letters take an endless pattern longer than anyone waits, on any machine.
_ENDLESS_LENGTH: Final = 40


@clause("P8", st.tuples(st.sampled_from(ENDLESS_PATTERNS), st.integers(_ENDLESS_LENGTH, 60)))
def an_endless_pattern_is_stopped(target: LimitsTime, pattern: str, length: int) -> None:
    """Splitting with a named pattern MUST take time linear in the text, and a pattern of the user's own MUST be stopped at a time limit, with a refusal that names the pattern."""
    assume(length >= _ENDLESS_LENGTH)
    refusal = refusal_of(lambda: target.pre_split_within(pattern, "a" * length, 0.01))
    assert refusal is not None, "a pattern that never ends gives an answer"
    assert refusal.names(pattern), f"the refusal does not name the pattern: {refusal}"


@clause("P9", _with_continuation())
def safe_cuts_change_no_piece(target: CutsSafely, pattern: str, text: str, more: str) -> None:
    """Cutting a text at safe cuts MUST NOT change its pre-tokens, and a position MUST be a safe cut or none whatever stands on either side of the two characters beside it."""
    pieces = split(target, pattern, text)
    cuts = list(target.safe_cuts(pattern, text))
    for cut in cuts:
        assert split(target, pattern, text[:cut]) + split(target, pattern, text[cut:]) == pieces, f"cut at {cut}"
    assert [cut for cut in target.safe_cuts(pattern, text + more) if cut < len(text)] == cuts
    inside = [cut - len(more) for cut in target.safe_cuts(pattern, more + text) if cut > len(more)]
    assert inside == cuts


@clause("P9", st.tuples(named_patterns(), st.lists(joined_texts(("one", " ", "\n", "!", "2"), 4), max_size=6)))
def ordinary_text_has_safe_cuts(target: CutsSafely, pattern: str, parts: list[str]) -> None:
    """Cutting a text at safe cuts MUST NOT change its pre-tokens, and a position MUST be a safe cut or none whatever stands on either side of the two characters beside it."""
    text = "".join(f"word {part}" for part in parts)
    assert len(target.safe_cuts(pattern, text)) >= len(parts)


@clause("P10", st.tuples(any_texts(), joined_texts(SPACES, 5)))
def the_two_forms_differ_in_trailing_white_space(target: Splits, text: str, spaces: str) -> None:
    """The two forms of cl100k's pattern MUST have names of their own: `cl100k_base` keeps the white space that ends a text, as far as no pre-token before takes it along, in one pre-token, `cl100k_original` does not, and all else they cut alike."""
    assume(all(is_white_space(ord(character)) for character in spaces))
    base = split(target, "cl100k_base", text + spaces)
    original = split(target, "cl100k_original", text + spaces)
    assert len(_trailing_spaces(base)) <= 1
    assert _join_trailing_spaces(base) == _join_trailing_spaces(original)
    assert len(_trailing_spaces(split(target, "cl100k_base", "x" + spaces + "\n  "))) == 1
    assert _trailing_spaces(split(target, "cl100k_original", "x" + spaces + "\n  "))[-1] == "  "


def _trailing_spaces(pieces: list[str]) -> list[str]:
    backwards = takewhile(lambda piece: all(is_white_space(ord(character)) for character in piece), reversed(pieces))
    return list(backwards)[::-1]


def _join_trailing_spaces(pieces: list[str]) -> list[str]:
    spaces = _trailing_spaces(pieces)
    return [*pieces[: len(pieces) - len(spaces)], "".join(spaces)]
