"""Chapter M: from the bytes of one pre-token to its ids."""

from __future__ import annotations

from typing import Final

from bpe.conformance.model import BYTES, Model
from tools.vectors.models import (
    EXAMPLE,
    GPT2_BYTES,
    PLAIN_PAIRS,
    REVERSED_BYTES,
    RUNS,
    RUNS_BY_RANK,
    UNREACHED,
    UNREACHED_WITH_SHORTCUT,
    A,
    B,
    C,
)
from tools.vectors.source import Chapter, Group, Note, Test, group, vector

NOTES = {
    "LeftmostTie": Note(
        "MERGE_ORDER", "Of equal pairs the leftmost merges first: aaa is aa a, never a aa.", ("karpathy/minbpe#38",)
    ),
    "LowestRank": Note(
        "MERGE_ORDER", "The lowest rank goes first, wherever it stands.", ("huggingface/tokenizers#229",)
    ),
    "LongestMatch": Note(
        "MERGE_ORDER", "The longest token that begins here is not what merging gives.", ("paiml/aprender#3726",)
    ),
    "NoOverlap": Note(
        "MERGE_ORDER", "A pair that is merged everywhere is merged without overlap.", ("karpathy/minbpe#38",)
    ),
    "LookAgain": Note("MERGE_ORDER", "After each merge its new neighbours may merge before what was next.", ()),
    "Unreached": Note("VOCABULARY", "A token to which no merge leads does not come out.", ("cohere-ai/magikarp#13",)),
    "Shortcut": Note(
        "SHORTCUT",
        "A pre-token that is a token as a whole becomes it only where the profile says so.",
        ("huggingface/transformers#27961", "quicktok (Llama 3)"),
    ),
    "TwoWays": Note(
        "SEMANTICS",
        "A token that two merges make: each has its own rank under pairs, and both have that of the id under ranks.",
    ),
    "Semantics": Note(
        "SEMANTICS",
        "Where a token is not reached, pairs and ranks give different ids.",
        ("huggingface/tokenizers#229",),
    ),
    "IdsOutOfOrder": Note("VOCABULARY", "Ranks of pairs are positions in the list, not ids."),
    "BytesNotCharacters": Note(
        "ENCODING", "Merging works on bytes, not on characters.", ("osaurus-ai/vmlx-swift#487",)
    ),
    "ByteOrder": Note("VOCABULARY", "The ids of bytes are the vocabulary's own.", ("karpathy/minbpe (byte shuffle)",)),
    "Boundaries": Note(
        "LOCALITY", "What lies between two boundaries merges alone to the ids between them; other stretches need not."
    ),
    "HeapOrder": Note("ALGORITHM", "Entries of a queue that are stale, equal or out of date."),
}

_CHAIN: Final = Model(
    BYTES | {256: b"ab", 257: b"bc", 258: b"abc", 259: b"abcd"},
    ((A, B, 256), (B, C, 257), (256, C, 258), (258, ord("d"), 259)),
)
_OVERLAPPING: Final = Model(BYTES | {256: b"ab", 257: b"bc", 258: b"abc"}, ((A, B, 256), (B, C, 257), (A, 257, 258)))
_RIGHT_FIRST: Final = Model(BYTES | {256: b"bc", 257: b"ab"}, ((B, C, 256), (A, B, 257)))
_DOUBLING: Final = Model(
    BYTES | {256: b"aa", 257: b"aaaa", 258: b"a" * 8}, ((A, A, 256), (256, 256, 257), (257, 257, 258))
)
_THREES: Final = Model(BYTES | {256: b"aa", 257: b"aaa"}, ((A, A, 256), (256, A, 257)))
_LEFT_THREES: Final = Model(BYTES | {256: b"aa", 257: b"aaa"}, ((A, A, 256), (A, 256, 257)))
_TWO_WAYS: Final = Model(
    BYTES | {256: b"aa", 257: b"aaa", 258: b"baa"}, ((A, A, 256), (A, 256, 257), (B, 256, 258), (256, A, 257))
)
_LATE_WAY: Final = Model(
    BYTES | {256: b"aa", 257: b"aaa", 258: b"aaab"}, ((A, A, 256), (A, 256, 257), (257, B, 258), (256, A, 257))
)
_LANDSCAPE: Final = Model(
    BYTES | {256: b"ab", 257: b"abb", 258: b"aab", 259: b"aabb"},
    ((A, B, 256), (256, B, 257), (A, 256, 258), (258, B, 259)),
)
_MIXED_IDS: Final = Model(BYTES | {300: b"ab", 299: b"bc", 298: b"abc"}, ((A, B, 300), (B, C, 299), (300, C, 298)))
_ACCENTS: Final = Model(BYTES | {256: b"\xa9\xc3", 257: b"\xc3\xa9"}, ((0xA9, 0xC3, 256), (0xC3, 0xA9, 257)))
_EMOJI: Final = Model(
    BYTES | {256: b"\xf0\x9f", 257: b"\x98\x80", 258: "😀".encode()},
    ((0xF0, 0x9F, 256), (0x98, 0x80, 257), (256, 257, 258)),
)
_CUT_EMOJI: Final = Model(BYTES | {256: b"\x9f\x98", 257: b"a\xf0"}, ((0x9F, 0x98, 256), (A, 0xF0, 257)))
_REVERSED: Final = Model(REVERSED_BYTES | {256: b"aa", 257: b"ab"}, ((158, 158, 256), (158, 157, 257)))
_GPT2_RUNS: Final = Model(GPT2_BYTES | {256: b" a", 257: b"aa"}, ((220, 64, 256), (64, 64, 257)))
_STALE: Final = Model(
    BYTES | {256: b"bb", 257: b"abb", 258: b"ab", 259: b"ba"}, ((B, B, 256), (A, 256, 257), (A, B, 258), (B, A, 259))
)


def _slug(text: str) -> str:
    """Return a text as part of an id: itself where it is small letters, and else its bytes."""
    if not text:
        return "empty"
    return text if text.isascii() and text.islower() and text.isalpha() else text.encode().hex()


def _texts(name: str, texts: dict[str, list[int]], clauses: str, flags: str, why: str | None = None) -> list[Test]:
    return [
        vector(f"{name}-{_slug(text)}", "encode_ordinary", clauses, text=text, gives=ids, flags=flags, why=why)
        for text, ids in texts.items()
    ]


def _pieces(name: str, pieces: dict[bytes, list[int]], clauses: str, flags: str, why: str | None = None) -> list[Test]:
    return [
        vector(f"{name}-{piece.hex() or 'empty'}", "merge", clauses, bytes=piece, gives=ids, flags=flags, why=why)
        for piece, ids in pieces.items()
    ]


def _applied() -> list[Test]:
    rows = {
        "even-run": ([1, 1, 1, 1], (1, 1, 3), [3, 3]),
        "odd-run": ([1, 1, 1], (1, 1, 3), [3, 1]),
        "five": ([1, 1, 1, 1, 1], (1, 1, 3), [3, 3, 1]),
        "two-places": ([1, 2, 1, 2], (1, 2, 3), [3, 3]),
        "apart": ([1, 2, 4, 1, 2], (1, 2, 3), [3, 4, 3]),
        "other-way-round": ([2, 1], (1, 2, 3), [2, 1]),
        "absent": ([1, 4, 2], (1, 2, 3), [1, 4, 2]),
        "empty": ([], (1, 2, 3), []),
        "one": ([1], (1, 1, 3), [1]),
        "again": ([3, 1], (1, 1, 3), [3, 1]),
        "result-beside-its-part": ([1, 1, 1, 2], (1, 2, 3), [1, 1, 3]),
        "great-ids": ([100_000, 7, 100_000, 7], (100_000, 7, 4), [4, 4]),
    }
    return [
        vector(f"apply-{name}", "apply_merge", "M2", ids=ids, merge=list(merge), gives=made, flags="NoOverlap")
        for name, (ids, merge, made) in rows.items()
    ]


def _both(name: str, model: Model, texts: dict[str, list[int]], clauses: str, flags: str) -> tuple[Group, ...]:
    """Return groups for the same vocabulary under pairs and under ranks, on which the two agree."""
    return (
        group(model, *_texts(f"{name}-pairs", texts, clauses, flags)),
        group(model.change(merges=None), *_texts(f"{name}-ranks", texts, clauses, flags)),
    )


_LONG: Final = "ab" * 40 + "a" * 41

CHAPTER = Chapter(
    "4-merges",
    "Merging inside one pre-token: lowest rank first, leftmost on ties, until nothing may merge.",
    NOTES,
    (
        group(None, *_applied()),
        *_both(
            "runs",
            RUNS,
            {
                "a": [A],
                "aa": [256],
                "aaa": [256, A],
                "aaaa": [256, 256],
                "aaaaa": [256, 256, A],
                "aabaa": [256, B, 256],
                "baaab": [B, 256, A, B],
            },
            "M3 M6",
            "LeftmostTie",
        ),
        *_both(
            "example",
            EXAMPLE,
            {
                "aaabdaaabac": [258, 100, 258, A, C],
                "aaa": [257],
                "aaaa": [256, 256],
                "aaaab": [256, 256, B],
                "aab": [256, B],
            },
            "M3 M4 M6",
            "LeftmostTie LookAgain",
        ),
        *_both(
            "chain",
            _CHAIN,
            {
                "abcd": [259],
                "abc": [258],
                "bcd": [257, 100],
                "ababcd": [256, 259],
                "bcabc": [257, 258],
                "abcabcabcd": [258, 258, 259],
            },
            "M3 M5 M6",
            "LowestRank LookAgain",
        ),
        *_both(
            "doubling",
            _DOUBLING,
            {"a" * n: ids for n, ids in {7: [257, 256, A], 8: [258], 9: [258, A], 15: [258, 257, 256, A]}.items()},
            "M3 M5 M6",
            "LeftmostTie HeapOrder",
        ),
        *_both(
            "threes",
            _THREES,
            {"aaa": [257], "aaaa": [256, 256], "aaaaa": [256, 257], "aaaaaaa": [256, 256, 257]},
            "M3 M5 M6",
            "LeftmostTie HeapOrder",
        ),
        *_both(
            "right-first", _RIGHT_FIRST, {"abc": [A, 256], "ab": [257], "abcab": [A, 256, 257]}, "M3 M6", "LowestRank"
        ),
        *_both(
            "stale",
            _STALE,
            {
                "abb": [257],
                "abbb": [257, B],
                "abab": [258, 258],
                "babb": [B, 257],
                "bba": [256, A],
                "abba": [257, A],
                "abbabb": [257, 257],
            },
            "M3 M5 M6",
            "HeapOrder LookAgain",
        ),
        *_both(
            "emoji",
            _EMOJI,
            {"😀": [258], "😀😀": [258, 258], "😁": [256, 0x98, 0x81]},
            "M1 M3 M6",
            "BytesNotCharacters",
        ),
        *_both("accents", _ACCENTS, {"é": [257], "éé": [0xC3, 256, 0xA9]}, "M1 M3 M6", "BytesNotCharacters LowestRank"),
        group(
            _LEFT_THREES,
            *_texts("left-threes-pairs", {"aaa": [256, A]}, "M3", "LeftmostTie Unreached"),
        ),
        group(
            _LEFT_THREES.change(merges=None, whole_pre_token=True),
            *_texts("left-threes-ranks", {"aaa": [257], "aaaa": [256, 256]}, "M3", "LeftmostTie"),
        ),
        group(_CUT_EMOJI, *_texts("token-across-characters", {"a😀": [257, 256, 0x80]}, "M1", "BytesNotCharacters")),
        group(
            _MIXED_IDS, *_texts("ids-fall-with-ranks", {"abc": [298], "bc": [299], "ab": [300]}, "M3", "IdsOutOfOrder")
        ),
        group(
            _REVERSED,
            *_texts("reversed-bytes", {"aaab": [256, 257], "aab": [256, 157], "é": [60, 86]}, "M3 M1", "ByteOrder"),
        ),
        group(
            _GPT2_RUNS,
            *_texts("gpt2-bytes", {" aaa": [256, 257], "aaa": [257, 64], "!": [0]}, "M3 M1", "ByteOrder LeftmostTie"),
        ),
        group(
            _OVERLAPPING,
            *_texts(
                "not-the-longest-pairs",
                {"abc": [256, C], "bc": [257], "abcbc": [256, C, 257]},
                "M3 M4",
                "LongestMatch Unreached Semantics",
            ),
            vector("not-the-longest-merge", "merge", "M10 M3", bytes=b"abc", gives=[256, C], flags="Unreached"),
        ),
        group(
            _OVERLAPPING.change(merges=None),
            *_texts(
                "not-the-longest-ranks",
                {"abc": [258]},
                "M3",
                "Semantics",
                "ab has the lowest rank; then ab and c join to abc, whose rank is 258.",
            ),
        ),
        group(
            _OVERLAPPING.change(whole_pre_token=True),
            *_texts("shortcut-pairs", {"abc": [258], "abcabc": [256, C, 256, C]}, "M7", "Shortcut Unreached"),
            vector(
                "shortcut-is-not-merging",
                "merge",
                "M7",
                bytes=b"abc",
                gives=[256, C],
                flags="Shortcut",
                why="merge is merging alone, whatever the profile.",
            ),
        ),
        group(
            UNREACHED,
            *_texts(
                "unreached-ranks",
                {"abc": [A, B, C], "abcabc": [A, B, C, A, B, C]},
                "M7 M3",
                "Unreached Shortcut",
                "Neither ab nor bc is a token, so nothing may merge.",
            ),
        ),
        group(
            UNREACHED_WITH_SHORTCUT,
            *_texts(
                "shortcut-ranks",
                {"abc": [256], "abca": [A, B, C, A], "ab": [A, B], "xabc": [120, A, B, C]},
                "M7",
                "Shortcut Boundaries",
            ),
        ),
        group(
            UNREACHED_WITH_SHORTCUT.change(pattern="gpt2"),
            vector(
                "shortcut-in-each-pre-token",
                "encode_ordinary",
                "M7 P7",
                text="abc,abc abc",
                gives=[256, 44, 256, 32, A, B, C],
                flags="Shortcut",
            ),
        ),
        group(
            _TWO_WAYS,
            *_texts("two-ways-pairs", {"baaa": [258, A], "aaa": [257], "aaaa": [256, 256]}, "M3 M6", "TwoWays"),
        ),
        group(
            _TWO_WAYS.change(merges=None),
            *_texts(
                "two-ways-ranks",
                {"baaa": [B, 257], "aaa": [257]},
                "M3 M6",
                "TwoWays",
                "aaa has one rank, 257, and baa has 258.",
            ),
        ),
        group(
            _LATE_WAY,
            *_texts("late-way", {"aaab": [258], "aaa": [257], "aaaab": [256, 256, B]}, "M3 M5", "TwoWays LookAgain"),
        ),
        group(
            _LANDSCAPE,
            *_texts("ways-of-four-pairs", {"aabb": [A, 257], "aab": [258], "abb": [257]}, "M3 M6", "TwoWays Semantics"),
        ),
        group(
            _LANDSCAPE.change(merges=None, whole_pre_token=False),
            *_texts(
                "ways-of-four-ranks",
                {"aabb": [259]},
                "M3 M6",
                "TwoWays Semantics",
                "ab; then abb (257) before aab (258); then a and abb join to aabb.",
            ),
        ),
        group(PLAIN_PAIRS, *_texts("no-merges", {"aaa": [A, A, A], "": []}, "M3 M4", "")),
        group(
            RUNS,
            *_pieces(
                "piece-that-is-no-text",
                {b"a\xffaa": [A, 255, 256], b"\xc3aa\xc3": [0xC3, 256, 0xC3], b"": []},
                "M1 M3",
                "BytesNotCharacters",
            ),
            *_pieces(
                "between-boundaries", {b"aaaa": [256, 256], b"aa": [256], b"aaa": [256, A]}, "M9 M10", "Boundaries"
            ),
            vector(
                "glue-that-holds",
                "is_canonical",
                "M10 E5",
                ids=[256, 256, A],
                gives=True,
                flags="Boundaries",
                why="256 256 and 256 97 are each what merging gives.",
            ),
            vector(
                "glue-that-breaks",
                "is_canonical",
                "M10 E5",
                ids=[256, A, 256],
                gives=False,
                flags="Boundaries",
                why="97 256 is not what merging gives for aaa.",
            ),
            vector(
                "glue-of-one",
                "is_canonical",
                "M10 E5",
                ids=[256],
                gives=True,
                flags="Boundaries",
                why="aa merges to 256.",
            ),
            vector(
                "glue-of-two-that-merge",
                "is_canonical",
                "M10 M4 E5",
                ids=[A, A],
                gives=False,
                flags="Boundaries",
                why="aa merges to 256.",
            ),
        ),
        group(
            RUNS_BY_RANK, vector("glue-by-rank", "is_canonical", "M10 E5", ids=[256, A], gives=True, flags="Boundaries")
        ),
        # With more merges boundaries only vanish: the same text under one, two and three merges of one list.
        group(
            Model(BYTES | {256: b"aa"}, EXAMPLE.merges[:1] if EXAMPLE.merges else ()),
            vector(
                "one-merge", "encode_ordinary", "M8", text="aaabaaab", gives=[256, A, B, 256, A, B], flags="Boundaries"
            ),
        ),
        group(
            Model(BYTES | {256: b"aa", 257: b"aaa"}, EXAMPLE.merges[:2] if EXAMPLE.merges else ()),
            vector("two-merges", "encode_ordinary", "M8", text="aaabaaab", gives=[257, B, 257, B], flags="Boundaries"),
        ),
        group(
            EXAMPLE,
            vector("three-merges", "encode_ordinary", "M8", text="aaabaaab", gives=[258, 258], flags="Boundaries"),
        ),
        group(
            Model(BYTES | {256: b"ab", 257: b"aa"}, ((A, B, 256), (A, A, 257))),
            vector("long-piece", "encode_ordinary", "M3 R1", text=_LONG, flags="HeapOrder LeftmostTie"),
            vector("long-run", "encode_ordinary", "M3 R1", text="a" * 999, flags="HeapOrder LeftmostTie"),
        ),
    ),
)
