"""Chapter P: ordinary text is cut into pre-tokens, and nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bpe.conformance.model import BYTES, Model
from tools.vectors.models import SPACE, A
from tools.vectors.source import Chapter, Note, Test, group, refusal, vector

NOTES = {
    "Contraction": Note(
        "PRE_SPLIT",
        "Contractions: which letters, in which case, and the long s, which equals s where case is ignored.",
        ("mrab-regex#256", "quicktok, splintr, fastokens (no U+017F)"),
    ),
    "Numbers": Note(
        "PRE_SPLIT",
        "How many numbers go together, and what counts as one: digits of all scripts, fractions, Roman numerals.",
    ),
    "UnicodeVersion": Note(
        "UNICODE",
        "Letters and digits that are new in Unicode 16.0, and characters that are assigned only later.",
        ("marcelroed/gigatoken#37", "tokie, quicktok (17.0)", "iree (15.1)"),
    ),
    "WhiteSpaceClass": Note(
        "UNICODE",
        "What is white space: U+0085, U+00A0, U+2028, U+3000 are; U+001C, U+180E, U+200B, U+FEFF are not.",
        ("umran666/UniqToken#17", "astral-sh/ruff#19845"),
    ),
    "WhiteSpaceRuns": Note(
        "PRE_SPLIT",
        "The last of a run of white space goes to the word behind it; at the end of a text none does.",
        ("openai/tiktoken#60", "iree 0.3.0", "rust-gems d86dcde"),
    ),
    "LineBreaks": Note(
        "PRE_SPLIT",
        "Line breaks end runs, and go with punctuation before them.",
        ("ggml-org/llama.cpp#7530", "kitoken r50k"),
    ),
    "LetterCase": Note(
        "PRE_SPLIT",
        "o200k cuts before a capital that follows a small letter; letters without case and marks go with both.",
    ),
    "Marks": Note(
        "PRE_SPLIT",
        "Combining marks are no letters to GPT-2 and cl100k, and go along to o200k.",
        ("invergent-ai/surogate#105",),
    ),
    "Gaps": Note(
        "LOSS",
        "What a pattern does not match is refused or isolated, never dropped.",
        ("openai/tiktoken 0.14.0", "karpathy/minbpe (groups)"),
    ),
    "LookAhead": Note(
        "PRE_SPLIT",
        "What follows decides: the same beginning is cut otherwise when text is appended.",
        ("openai/tiktoken encode_with_unstable",),
    ),
    "EndlessPattern": Note(
        "RESOURCES", "A pattern that backtracks without end is stopped.", ("openai/tiktoken#15", "openai/tiktoken#245")
    ),
    "NotSplitAgain": Note(
        "PRE_SPLIT", "A pre-token is merged as it is: the pattern is not asked again about it alone."
    ),
}

_GPT2: Final = {
    "words": ("Hello, world!", ""),
    "nothing": ("", ""),
    "emoji": ("a😀b", ""),
    "contractions": ("I'm you're he'll we've it's 'd 't", "Contraction"),
    "contraction-in-capitals": ("I'M", "Contraction"),
    "contraction-behind-a-space": ("a 'll", "Contraction LookAhead"),
    "contraction-cut-short": ("'l", "Contraction LookAhead"),
    "apostrophes": ("''s'", "Contraction"),
    "curly-apostrophe": ("it’s", "Contraction"),
    "numbers-in-a-run": ("a12345 678", "Numbers"),
    "numbers-of-other-kinds": ("½Ⅷ²٣७", "Numbers"),
    "letters-and-numbers": ("a1b2", "Numbers"),
    "spaces-between": ("a  b", "WhiteSpaceRuns"),
    "spaces-at-the-end": ("a   ", "WhiteSpaceRuns LookAhead"),
    "spaces-alone": ("   ", "WhiteSpaceRuns LookAhead"),
    "spaces-before-punctuation": ("  !", "WhiteSpaceRuns"),
    "tab-before-a-word": ("\ta", "WhiteSpaceRuns"),
    "line-breaks-before-a-word": ("a\n\n b", "LineBreaks"),
    "line-break-behind-punctuation": ("!\n", "LineBreaks"),
    "carriage-return": ("a\r\nb", "LineBreaks"),
    "white-space-of-unicode": ("a\x85\xa0\u2028\u3000b", "WhiteSpaceClass"),
    "no-white-space": ("a\x1c\u180e\u200b\ufeffb", "WhiteSpaceClass"),
    "marks": ("e\u0301a", "Marks"),
    "cyrillic-tje": ("a\u1c89b", "UnicodeVersion"),
    "later-letters": ("a\u088fb", "UnicodeVersion"),
    "new-digit": ("1\U00010d402", "UnicodeVersion Numbers"),
    "scripts": ("naïve Ωмир日本語한국", ""),
}

_CL100K: Final = {
    "words": ("Hello, world!", ""),
    "contractions": ("I'm you're he'll we've it's 'd 't", "Contraction"),
    "contraction-in-capitals": ("I'M WE'LL", "Contraction"),
    "contraction-with-long-s": ("it'\u017f", "Contraction"),
    "contraction-and-letters": ("'sa'lla", "Contraction"),
    "kelvin-sign": ("'\u212a", "Contraction"),
    "apostrophe-before-a-word": ("a 'word", "Contraction"),
    "any-character-before-letters": ("$abc (def \tghi", ""),
    "three-numbers": ("12345678", "Numbers"),
    "three-numbers-of-other-kinds": ("½Ⅷ²٣७", "Numbers"),
    "space-before-numbers": ("a 123", "Numbers"),
    "spaces-between": ("a   b", "WhiteSpaceRuns"),
    "spaces-at-the-end": ("a   ", "WhiteSpaceRuns LookAhead"),
    "spaces-and-a-number": ("a  1", "WhiteSpaceRuns"),
    "line-breaks-in-white-space": ("a \n \n b", "LineBreaks"),
    "line-break-then-spaces": ("x\n  ", "LineBreaks WhiteSpaceRuns LookAhead"),
    "spaces-then-line-break": ("x  \n", "LineBreaks WhiteSpaceRuns"),
    "line-breaks-behind-punctuation": ("!?\r\n\n a", "LineBreaks"),
    "line-break-before-a-word": ("\na", "LineBreaks"),
    "separators-are-no-line-breaks": ("!\u2028\x85a", "LineBreaks WhiteSpaceClass"),
    "white-space-before-letters": ("\x85a\xa0b\u3000c", "WhiteSpaceClass"),
    "no-white-space": ("a\x1c\u180e\u200b\ufeffb", "WhiteSpaceClass"),
    "marks": ("e\u0301a \u0301b", "Marks"),
    "cyrillic-tje": ("a\u1c89b", "UnicodeVersion"),
    "later-letters": ("a\u088fb\ua7cec", "UnicodeVersion"),
    "new-digit": ("1\U00010d402", "UnicodeVersion Numbers"),
    "joined-emoji": ("👩\u200d👧 👍🏽", ""),
}

_O200K: Final = {
    "words": ("Hello, world!", ""),
    "camel-case": ("camelCase HTTPServer ABCdef", "LetterCase"),
    "capitals": ("ABC", "LetterCase"),
    "title-case-letter": ("a\u01c5b", "LetterCase"),
    "modifier-and-letters-without-case": ("aʰB日本Aa", "LetterCase"),
    "turkish-i": ("İiı", "LetterCase"),
    "marks-go-along": ("e\u0301a \u0301b", "Marks LetterCase"),
    "marks-alone": ("\u0301\u0302", "Marks"),
    "contraction-behind-a-word": ("I'm You'RE she'll", "Contraction"),
    "contraction-with-long-s": ("it'\u017f", "Contraction"),
    "contraction-alone": ("'s 'll", "Contraction"),
    "contraction-not-there-yet": ("I'", "Contraction LookAhead"),
    "contraction-twice": ("I'd've", "Contraction"),
    "three-numbers": ("12345678", "Numbers"),
    "line-breaks-and-slashes": ("!\n/x //\r\n", "LineBreaks"),
    "slash-behind-a-word": ("a/b", ""),
    "spaces-at-the-end": ("a   ", "WhiteSpaceRuns LookAhead"),
    "spaces-between": ("a   b", "WhiteSpaceRuns"),
    "line-break-then-spaces": ("x\n  ", "LineBreaks WhiteSpaceRuns LookAhead"),
    "line-breaks-in-white-space": ("a \n \n b", "LineBreaks"),
    "no-white-space": ("a\x1c\u200bb", "WhiteSpaceClass"),
    "cyrillic-tje": ("a\u1c89b", "UnicodeVersion LetterCase"),
    "later-letters": ("a\u088fb", "UnicodeVersion"),
    "vithkuqi-and-garay": ("\U00010d50\U00010d70\u1c8a", "UnicodeVersion LetterCase"),
    "joined-emoji": ("👩\u200d👧", ""),
}

_OTHERS: Final = {
    "cl100k_original": {
        "words": ("Hello, world!", ""),
        "line-break-then-spaces": ("x\n  ", "LineBreaks WhiteSpaceRuns"),
        "spaces-at-the-end": ("a   ", "WhiteSpaceRuns"),
        "line-breaks-in-white-space": ("a \n \n b", "LineBreaks"),
        "contraction-with-long-s": ("it'\u017f", "Contraction"),
        "three-numbers": ("12345678", "Numbers"),
        "spaces-between-line-breaks": ("\n  \n", "LineBreaks WhiteSpaceRuns LookAhead"),
    },
    "qwen2": {
        "one-number": ("12345678", "Numbers"),
        "contraction-in-capitals": ("I'M", "Contraction"),
        "line-breaks": ("!\n\n a", "LineBreaks"),
        "line-break-then-spaces": ("x\n  ", "LineBreaks WhiteSpaceRuns"),
        "spaces-before-numbers": ("a  1", "WhiteSpaceRuns Numbers"),
    },
}


def _cuts(pattern: str, texts: Mapping[str, tuple[str, str]], clauses: str) -> list[Test]:
    name = pattern.replace("_", "-")
    return [
        vector(f"split-{name}-{what}", "pre_split", _more(clauses, flags), pattern=pattern, text=text, flags=flags)
        for what, (text, flags) in texts.items()
    ]


def _more(clauses: str, flags: str) -> str:
    """Add the clauses that say what a flag hunts."""
    return clauses + (" P5" if "LookAhead" in flags else "")


def _appended() -> list[Test]:
    """A text and the same with more behind it, for P4 and P5."""
    rows = {
        "space-goes-to-a-word": ("cl100k_base", "  ", "a"),
        "contraction-closes": ("gpt2", "'l", "l"),
        "word-takes-a-contraction": ("o200k_base", "I'", "m"),
        "line-break-takes-spaces": ("cl100k_original", "\n  ", "\n"),
        "numbers-fill-up": ("qwen2", "12", "3"),
        "third-number": ("cl100k_base", "a12", "34"),
        "words-before-stay": ("o200k_base", "one two ", "three"),
    }
    return [
        vector(f"appended-{name}-{when}", "pre_split", "P5", pattern=pattern, text=text, flags="LookAhead")
        for name, (pattern, before, more) in rows.items()
        for when, text in (("before", before), ("behind", before + more))
    ]


def _pieces_alone() -> list[Test]:
    rows = {
        "spaces": ("gpt2", "  "),
        "one-space-and-word": ("cl100k_base", " one"),
        "line-break-and-spaces": ("cl100k_base", "\n  "),
        "punctuation-and-line-breaks": ("o200k_base", "!?\n/"),
        "word-and-contraction": ("o200k_base", "I'll"),
        "three-numbers": ("cl100k_base", "123"),
        "mark": ("gpt2", "\u0301"),
    }
    return [
        vector(f"piece-alone-{name}", "pre_split", "P3", pattern=pattern, text=text, gives=[text])
        for name, (pattern, text) in rows.items()
    ]


def _rests() -> list[Test]:
    rows = {
        "whole": ("a 'lla", ["a", " '", "lla"]),
        "behind-the-first": (" 'lla", [" '", "lla"]),
        "behind-the-second": ("lla", ["lla"]),
        "behind-a-number": ("1abc", ["1", "abc"]),
        "without-the-number": ("abc", ["abc"]),
    }
    return [
        vector(f"rest-{name}", "pre_split", "P4", pattern="gpt2", text=text, gives=pieces)
        for name, (text, pieces) in rows.items()
    ]


def _gaps() -> list[Test]:
    why = "The pattern matches no such character."
    return [
        vector(
            "gap-refused-in-the-middle",
            "pre_split",
            "P2",
            pattern="[a-z]+",
            text="abc DEF",
            refused=refusal("pattern_gap", start=3),
            flags="Gaps",
            why=why,
        ),
        vector(
            "gap-refused-at-the-start",
            "pre_split",
            "P2",
            pattern="[a-z]+",
            text=" abc",
            refused=refusal("pattern_gap", start=0),
            flags="Gaps",
            why=why,
        ),
        vector(
            "gap-refused-at-the-end",
            "pre_split",
            "P2",
            pattern="[a-z]+",
            text="abc!",
            refused=refusal("pattern_gap", start=3),
            flags="Gaps",
            why=why,
        ),
        vector(
            "gap-refused-where-nothing-matches",
            "pre_split",
            "P2",
            pattern="[a-z]+",
            text="1",
            refused=refusal("pattern_gap", start=0),
            flags="Gaps",
            why=why,
        ),
        vector(
            "gap-in-characters",
            "pre_split",
            "P2",
            pattern="[^!]+",
            text="😀!",
            refused=refusal("pattern_gap", start=1),
            flags="Gaps",
            why=why,
        ),
        vector(
            "gap-isolated-in-the-middle",
            "pre_split",
            "P2 P1",
            pattern="[a-z]+",
            text="abc DEF ghi",
            gaps="isolate",
            gives=["abc", " DEF ", "ghi"],
            flags="Gaps",
            why="What lies between two matches is one pre-token.",
        ),
        vector(
            "gap-isolated-at-both-ends",
            "pre_split",
            "P2 P1",
            pattern="[a-z]+",
            text="1a2",
            gaps="isolate",
            gives=["1", "a", "2"],
            flags="Gaps",
            why="What lies before the first match and behind the last is a pre-token each.",
        ),
        vector(
            "gap-isolated-where-nothing-matches",
            "pre_split",
            "P2 P1",
            pattern="[a-z]+",
            text="123",
            gaps="isolate",
            gives=["123"],
            flags="Gaps",
            why="The whole text is uncovered.",
        ),
        vector(
            "gap-isolated-in-the-empty-text",
            "pre_split",
            "P2 P1",
            pattern="[a-z]+",
            text="",
            gaps="isolate",
            gives=[],
            flags="Gaps",
            why="There is nothing to cover.",
        ),
        vector(
            "gap-none-to-isolate",
            "pre_split",
            "P2",
            pattern="[a-z]+",
            text="abc",
            gaps="isolate",
            gives=["abc"],
            flags="Gaps",
            why="The pattern covers the text.",
        ),
        vector(
            "gap-empty-matches-cover-nothing",
            "pre_split",
            "P2 P1",
            pattern="x|(?=a)",
            text="xax",
            gaps="isolate",
            gives=["x", "a", "x"],
            flags="Gaps",
            why="The second alternative matches before a, and matches nothing.",
        ),
        vector(
            "group-is-not-what-is-matched",
            "pre_split",
            "P1",
            pattern="(a)b|(?:c)",
            text="abc",
            gives=["ab", "c"],
            flags="Gaps",
            why="A match is a pre-token, whatever is captured in it.",
        ),
    ]


def _safe() -> list[Test]:
    rows = {
        "words-gpt2": ("gpt2", "one two", [3], "e is not white space and the space is."),
        "run-of-spaces": (
            "gpt2",
            "a  b",
            [1],
            "Only before the first space does what is not white space meet white space.",
        ),
        "nothing-to-cut": ("gpt2", "abc", [], "There is no white space."),
        "line-break-behind-a-letter": (
            "cl100k_base",
            "a\nb",
            [1, 2],
            "A letter stands before the line break, and a letter behind it.",
        ),
        "line-break-behind-punctuation": (
            "cl100k_base",
            "!\nb",
            [2],
            "Punctuation takes the line break along; behind it a letter stands.",
        ),
        "line-break-before-a-slash": (
            "o200k_base",
            "a\n/",
            [1],
            "A slash may belong to what stands before the line break.",
        ),
        "line-break-before-a-space": (
            "cl100k_base",
            "a\n b",
            [1],
            "White space behind a line break may be part of its run.",
        ),
        "line-break-behind-punctuation-gpt2": (
            "gpt2",
            "!\nb",
            [1],
            "To GPT-2's pattern a line break is white space like any other.",
        ),
        "paragraphs": (
            "o200k_base",
            "one two\n\nthree",
            [3, 7, 9],
            "Behind a word before white space, and behind the line breaks before a letter.",
        ),
        "empty": ("cl100k_base", "", [], "There is no position between two characters."),
        "mark-before-a-line-break": ("o200k_base", "e\u0301\n", [], "A mark is neither letter nor number."),
    }
    return [
        vector(f"safe-cuts-{name}", "safe_cuts", "P9", pattern=pattern, text=text, gives=cuts, why=why)
        for name, (pattern, text, cuts, why) in rows.items()
    ]


CHAPTER = Chapter(
    "3-pre-split",
    "A pattern cuts ordinary text into pre-tokens, which merges never cross; nothing is lost.",
    NOTES,
    (
        group(
            None,
            *_cuts("gpt2", _GPT2, "P6 P1"),
            *_cuts("cl100k_base", _CL100K, "P6 P1 P10"),
            *_cuts("o200k_base", _O200K, "P6 P1"),
            *_cuts("cl100k_original", _OTHERS["cl100k_original"], "P10 P6"),
            *_cuts("qwen2", _OTHERS["qwen2"], "P6"),
            *_appended(),
            *_pieces_alone(),
            *_rests(),
            *_gaps(),
            *_safe(),
            vector(
                "endless-pattern-is-stopped",
                "pre_split_within",
                "P8 R2",
                pattern="(?:a|a)+b|(?s:.)",
                text="a" * 50,
                seconds=0.05,
                refused=refusal("pattern_time", pattern="(?:a|a)+b|(?s:.)"),
                flags="EndlessPattern",
                why="There are 2 to the power of 50 ways to match the run, and no b.",
            ),
        ),
        group(
            Model(BYTES | {256: b"a a", 257: b" a"}, merges=((SPACE, A, 257), (A, 257, 256)), pattern="gpt2"),
            vector("merges-stop-at-boundaries", "encode_ordinary", "P7", text="a a", gives=[A, 257]),
            vector("merges-stop-at-each-boundary", "encode_ordinary", "P7", text="a a a", gives=[A, 257, 257]),
        ),
        group(
            Model(BYTES | {256: b"a a"}, pattern="gpt2", whole_pre_token=True),
            vector("a-token-that-the-pattern-cuts", "encode_ordinary", "P7 M7", text="a a", gives=[A, SPACE, A]),
        ),
        group(
            Model(
                BYTES | {256: b"aa", 257: b"aab"},
                merges=((A, A, 256), (256, ord("b"), 257)),
                pattern="aab(?=c)|aa|[^c]|c",
            ),
            vector(
                "a-piece-is-not-split-again",
                "encode_ordinary",
                "P7",
                text="aabc",
                gives=[257, ord("c")],
                flags="NotSplitAgain",
            ),
            vector(
                "the-same-piece-alone-is-cut",
                "encode_ordinary",
                "P7",
                text="aab",
                gives=[256, ord("b")],
                flags="NotSplitAgain",
            ),
        ),
        group(
            Model(BYTES | {256: b"aa"}, merges=((A, A, 256),)),
            vector("no-pattern-is-one-piece", "encode_ordinary", "P7", text="a aa a", gives=[A, SPACE, 256, SPACE, A]),
        ),
        group(
            Model(BYTES, merges=(), pattern="[a-z]+", gaps="isolate"),
            vector(
                "gap-isolated-in-encoding",
                "encode_ordinary",
                "P2 E1",
                text="a1b",
                gives=[A, ord("1"), ord("b")],
                flags="Gaps",
            ),
        ),
        group(
            Model(BYTES, merges=(), pattern="[a-z]+"),
            vector(
                "gap-refused-in-encoding",
                "encode_ordinary",
                "P2",
                text="a1b",
                refused=refusal("pattern_gap", start=1),
                flags="Gaps",
                why="The pattern matches no number.",
            ),
        ),
    ),
)
