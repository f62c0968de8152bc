"""Chapter T: which pairs are merged, and in which order."""

from __future__ import annotations

from typing import Any, Final

from bpe.conformance.model import BYTES, Model
from tools.vectors.models import EXAMPLE, A, B
from tools.vectors.source import Chapter, Note, Test, group, vector

NOTES = {
    "TieBreak": Note(
        "TRAINING",
        "Ties go by the profile: smallest pair of ids, first seen, greatest bytes.",
        ("karpathy/minbpe#90", "huggingface/tokenizers#1065"),
    ),
    "ByteOrder": Note(
        "TRAINING",
        "The order of the bytes decides ties between pairs of ids.",
        ("huggingface/tokenizers (trainer.rs)",),
    ),
    "Overlap": Note("TRAINING", "Pairs are counted at overlapping places, and merged without overlap."),
    "RunsOut": Note(
        "TRAINING",
        "Where no pair is left, or none is frequent enough, training stops without an error.",
        ("karpathy/minbpe (max of nothing)", "tiktoken _educational"),
    ),
    "Weights": Note("TRAINING", "A pair counts as often as its pre-token occurs."),
    "Boundaries": Note(
        "TRAINING",
        "Pairs do not reach across pre-tokens, texts or special tokens.",
        ("rasbt/LLMs-from-scratch#975", "huggingface/tokenizers#1617"),
    ),
    "Statistics": Note("TRAINING", "Counts that are kept up to date equal a recount, in runs above all."),
    "Order": Note(
        "TRAINING", "The order of texts plays a part under first-seen alone.", ("huggingface/tokenizers#1794",)
    ),
    "SpecialIds": Note("TRAINING", "Special tokens have the ids behind the merges, in their order."),
}


def _train(name: str, clauses: str, flags: str = "", why: str | None = None, **given: Any) -> Test:
    usual = {"tie_break": "smallest-pair", "pattern": None}
    return vector(f"train-{name}", "train", clauses, flags=flags, why=why, **{**usual, **given})


def _ties() -> list[Test]:
    rows = {
        "runs": ["bbbaaaddddcccc"],
        "aa-a": ["aa a"],
        "two-words": ["ba", "ab"],
        "upper-and-lower": ["aB", "Ba"],
        "prefixes": ["abab", "bcbc"],
        "spaces": [" a", "a "],
    }
    return [
        _train(
            f"tie-{name}-{tie}",
            "T2 T13",
            "TieBreak",
            f"By hand: the pairs of highest count in turn, of several the one that {tie} prefers.",
            texts=texts,
            merges=2,
            tie_break=tie,
        )
        for name, texts in rows.items()
        for tie in ("smallest-pair", "first-seen", "largest-bytes")
    ]


def _statistics() -> list[Test]:
    rows = {
        "run": ["aaaa"],
        "odd-run": ["aaaaa"],
        "example": ["aaabdaaabac"],
        "neighbours": ["abab"],
        "weights": ["ab", "ab", "aab"],
    }
    return [
        vector(
            f"statistics-{name}",
            "pair_statistics",
            "T10 T11",
            texts=texts,
            merges=3,
            pattern=None,
            tie_break="first-seen",
            flags="Statistics Overlap",
            why="Each stage counts all neighbours anew, at overlapping places too.",
        )
        for name, texts in rows.items()
    ]


_COUNTED: Final = "Counted by hand: each match of the pattern, in the order in which it is first met."

CHAPTER = Chapter(
    "6-training",
    "Training counts pairs, merges the most frequent everywhere, and does it again.",
    NOTES,
    (
        group(
            None,
            _train(
                "example-first-seen", "T2 T6 T13", "TieBreak", texts=["aaabdaaabac"], merges=3, tie_break="first-seen"
            ),
            _train("example-smallest-pair", "T2 T6 T13", "TieBreak", texts=["aaabdaaabac"], merges=3),
            _train(
                "example-largest-bytes",
                "T2 T13",
                "TieBreak",
                "(a, a) 4; then aaa of (256, a), because aa is greater than a; then (257, b).",
                texts=["aaabdaaabac"],
                merges=3,
                tie_break="largest-bytes",
            ),
            *_ties(),
            _train(
                "largest-bytes-are-not-largest-ids",
                "T2",
                "TieBreak",
                "aa, then aaaa; then (b, c) and (aa, c) occur once each, and b comes after aa, although its id is less.",
                texts=[*["aaaa"] * 5, "aac", "bc"],
                merges=3,
                tie_break="largest-bytes",
            ),
            _train("byte-order-value", "T2 T13", "ByteOrder TieBreak", texts=["! a"], merges=1),
            _train("byte-order-gpt2", "T2 T13", "ByteOrder TieBreak", texts=["! a"], merges=1, byte_order="gpt2"),
            _train(
                "byte-order-gpt2-runs", "T2 T13", "ByteOrder", texts=["aaabdaaabac", "é é"], merges=4, byte_order="gpt2"
            ),
            _train("aa-a-gpt2", "T2 T13", "ByteOrder TieBreak", texts=["aa a"], merges=2, byte_order="gpt2"),
            _train("overlapping-places", "T2 T11", "Overlap", texts=["aaaa", "bcbc"], merges=1),
            _train("odd-run", "T2 T9", "Overlap", texts=["aaaaa"], merges=3),
            _train("long-run", "T2 T4", "Overlap Statistics", texts=["a" * 64], merges=6),
            _train("runs-out", "T5", "RunsOut", texts=["ab"], merges=5),
            _train("nothing-to-train-on", "T5", "RunsOut", texts=[], merges=3),
            _train("empty-texts", "T5", "RunsOut", texts=["", ""], merges=3),
            _train("single-letters", "T5", "RunsOut", texts=["a", "b"], merges=3),
            _train("no-merges-wanted", "T5 T3", "RunsOut", texts=["aaab"], merges=0),
            _train(
                "minimum-frequency-reached",
                "T5",
                "RunsOut",
                "ab counts 2, and then nothing counts more than 1.",
                texts=["abab", "c"],
                merges=5,
                min_frequency=2,
            ),
            _train(
                "minimum-frequency-not-reached",
                "T5",
                "RunsOut",
                "No pair counts 3.",
                texts=["abab"],
                merges=5,
                min_frequency=3,
            ),
            _train(
                "minimum-frequency-gpt2",
                "T5",
                "RunsOut ByteOrder",
                texts=["abab", "abc"],
                merges=5,
                min_frequency=2,
                byte_order="gpt2",
            ),
            _train("fewer-merges", "T3", "", texts=["the theme of these themes"], merges=2, pattern="cl100k_original"),
            _train("more-merges", "T3", "", texts=["the theme of these themes"], merges=6, pattern="cl100k_original"),
            _train("weights", "T2 T1", "Weights", texts=["ab", "ab", "ab", "ccc"], merges=2),
            _train(
                "weights-in-one-text", "T2 T1", "Weights", texts=["ab ab ab ccc"], merges=2, pattern="cl100k_original"
            ),
            _train(
                "pre-tokens-keep-apart",
                "T1 T2",
                "Boundaries",
                texts=["a b a b"],
                merges=3,
                pattern="gpt2",
                byte_order="gpt2",
            ),
            _train("texts-keep-apart", "T1", "Boundaries RunsOut", texts=["a", "b", "a", "b"], merges=3),
            _train(
                "special-tokens-keep-apart",
                "T1",
                "Boundaries SpecialIds",
                texts=["ab<s>ab<s>ab"],
                merges=2,
                special_tokens=["<s>"],
            ),
            _train(
                "special-tokens-in-their-order",
                "T6",
                "SpecialIds",
                texts=["aaa"],
                merges=1,
                special_tokens=["<z>", "<a>"],
            ),
            _train(
                "longest-special-token",
                "T1",
                "Boundaries SpecialIds",
                texts=["a<s><s>b<s>"],
                merges=2,
                special_tokens=["<s>", "<s><s>"],
            ),
            _train(
                "order-first",
                "T1",
                "Order",
                texts=["ab", "ba"],
                merges=1,
                tie_break="first-seen",
                why="ab is met first.",
            ),
            _train(
                "order-second",
                "T1",
                "Order",
                texts=["ba", "ab"],
                merges=1,
                tie_break="first-seen",
                why="ba is met first.",
            ),
            _train("order-plays-no-part-first", "T1", "Order", texts=["ba", "ab", "ba"], merges=2),
            _train("order-plays-no-part-second", "T1", "Order", texts=["ba", "ba", "ab"], merges=2),
            _train(
                "order-of-repeats",
                "T1",
                "Order",
                texts=["ab", "cd", "cd", "ab"],
                merges=1,
                tie_break="first-seen",
                why="Both count 2, and ab is met first.",
            ),
            _train("characters-of-bytes", "T6 T13", "", texts=["éé😀😀"], merges=4),
            _train(
                "numbers-and-words",
                "T13",
                "",
                texts=["one 1 two 22 three 333 one two three"],
                merges=8,
                pattern="cl100k_original",
            ),
            _train("counts-never-rise", "T4", "Statistics", texts=["abcabcabcabdabd"], merges=5),
            _train("distinct-bytes", "T7 T8", "Statistics", texts=["aabaabaaabbb", "abab"], merges=8),
            *_statistics(),
            vector(
                "count-words",
                "count_pre_tokens",
                "T12",
                texts=["a b a", "b a"],
                pattern="gpt2",
                gives=[["a", 1], [" b", 1], [" a", 2], ["b", 1]],
                flags="Order",
            ),
            vector(
                "count-without-a-pattern",
                "count_pre_tokens",
                "T12",
                texts=["ab", "a", "ab", ""],
                pattern=None,
                gives=[["ab", 2], ["a", 1]],
                flags="Order",
                why=_COUNTED,
            ),
            vector(
                "count-of-nothing",
                "count_pre_tokens",
                "T12",
                texts=[],
                pattern="gpt2",
                gives=[],
                flags="Order",
                why=_COUNTED,
            ),
            vector(
                "count-texts-apart",
                "count_pre_tokens",
                "T12",
                texts=["a", "b"],
                pattern="gpt2",
                gives=[["a", 1], ["b", 1]],
                flags="Boundaries",
            ),
            vector(
                "add-counts",
                "add_counts",
                "T12",
                first=[["a", 1], ["b", 2]],
                second=[["c", 1], ["a", 4]],
                gives=[["a", 5], ["b", 2], ["c", 1]],
                flags="Order",
            ),
            vector(
                "add-counts-to-nothing",
                "add_counts",
                "T12",
                first=[],
                second=[["b", 1], ["a", 1]],
                gives=[["b", 1], ["a", 1]],
                flags="Order",
            ),
            vector(
                "add-nothing",
                "add_counts",
                "T12",
                first=[["b", 1], ["a", 1]],
                second=[],
                gives=[["b", 1], ["a", 1]],
                flags="Order",
            ),
        ),
        group(
            EXAMPLE,
            vector("trained-token-two", "merge", "T8", bytes=b"aa", gives=[256], flags="Statistics"),
            vector("trained-token-three", "merge", "T8", bytes=b"aaa", gives=[257], flags="Statistics"),
            vector("trained-token-four", "merge", "T8", bytes=b"aaab", gives=[258], flags="Statistics"),
            vector(
                "trained-text-as-training-left-it",
                "encode_ordinary",
                "T9",
                text="aaabdaaabac",
                gives=[258, 100, 258, A, 99],
                flags="Statistics",
            ),
        ),
        group(
            Model(BYTES | {256: b"aa", 257: b"aaaa"}, ((A, A, 256), (256, 256, 257))),
            vector(
                "trained-run-as-training-left-it",
                "encode_ordinary",
                "T9",
                text="aaaaa",
                gives=[257, A],
                flags="Overlap",
            ),
            vector("trained-run-token", "merge", "T8", bytes=b"aaaa", gives=[257], flags="Overlap"),
            vector("trained-run-other-text", "encode_ordinary", "T9", text="aab", gives=[256, B], flags="Overlap"),
        ),
    ),
)
