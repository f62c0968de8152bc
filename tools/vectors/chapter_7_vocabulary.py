"""Chapter V: what a well-formed vocabulary is."""

from __future__ import annotations

from typing import Final

from bpe.conformance.model import BYTES, SPREAD_BYTES, Model
from tools.vectors.models import PLAIN, RUNS, A, B, C
from tools.vectors.source import Chapter, Note, group, refusal, vector

NOTES = {
    "MissingByte": Note(
        "VALIDATION",
        "A vocabulary that lacks a byte is refused when it is taken on, not when a text needs the byte.",
        ("openai/tiktoken#568", "openai/tiktoken#289"),
    ),
    "SameBytes": Note(
        "VALIDATION",
        "Two ids with the same bytes: which of them is right?",
        ("openai/tiktoken#579", "openai/tiktoken#87"),
    ),
    "EmptyToken": Note("VALIDATION", "An empty token.", ("openai/whisper multilingual.tiktoken",)),
    "Gaps": Note(
        "VALIDATION", "Ids in gaps are reported, and unknown.", ("openai/tiktoken#47", "mosaicml/llm-foundry#841")
    ),
    "MergeOrder": Note(
        "VALIDATION", "A list of merges that was sorted, cut or edited.", ("huggingface/tokenizers#229", "bpeasy#3")
    ),
    "IdRange": Note("VALIDATION", "Ids are whole numbers from 0 to 2^32 - 1."),
}

_LACKING: Final = Model({i: token for i, token in BYTES.items() if token != b"b"})
_LACKING_BUT_INSIDE: Final = Model({i: token for i, token in BYTES.items() if token != b"b"} | {256: b"ab"})
_WHY_ORDER: Final = "The list is refused because it can be no result of merging in this order."

CHAPTER = Chapter(
    "7-vocabulary",
    "What is not well formed is refused when it is taken on, with the token at fault.",
    NOTES,
    (
        group(
            PLAIN,
            vector(
                "vocabulary-of-bytes",
                "load",
                "V1 V2",
                gives="accepted",
                why="Each byte has an id, and nothing else has.",
            ),
            vector("no-gaps", "gaps", "V3", gives=[], flags="Gaps", why="0 to 255 are all in use."),
        ),
        group(
            RUNS, vector("vocabulary-with-a-merge", "load", "V4 V2", gives="accepted", why="aa is made of two bytes.")
        ),
        group(
            _LACKING,
            vector(
                "byte-missing", "load", "V1", refused=refusal("vocabulary"), flags="MissingByte", why="b has no id."
            ),
        ),
        group(
            _LACKING_BUT_INSIDE,
            vector(
                "byte-missing-but-inside-a-token",
                "load",
                "V1",
                refused=refusal("vocabulary"),
                flags="MissingByte",
                why="b is part of ab, and has no id by itself.",
            ),
        ),
        group(
            Model(BYTES | {256: b"a"}),
            vector(
                "byte-twice",
                "load",
                "V2",
                refused=refusal("vocabulary"),
                flags="SameBytes",
                why="97 and 256 are both a.",
            ),
        ),
        group(
            Model(BYTES | {256: b"ab", 300: b"ab"}),
            vector(
                "token-twice",
                "load",
                "V2",
                refused=refusal("vocabulary"),
                flags="SameBytes",
                why="256 and 300 are both ab.",
            ),
        ),
        group(
            Model(BYTES | {256: b""}),
            vector(
                "empty-token", "load", "V2", refused=refusal("vocabulary"), flags="EmptyToken", why="256 has no bytes."
            ),
        ),
        group(
            Model(BYTES | {2**32: b"ab"}),
            vector(
                "id-too-great",
                "load",
                "V2 V3",
                refused=refusal("vocabulary"),
                flags="IdRange",
                why="2^32 needs 33 bits.",
            ),
        ),
        group(
            Model(BYTES | {-1: b"ab"}),
            vector(
                "id-negative", "load", "V2 V3", refused=refusal("vocabulary"), flags="IdRange", why="Ids begin at 0."
            ),
        ),
        group(
            Model(BYTES | {2**32 - 1: b"aa"}),
            vector(
                "greatest-id",
                "encode_ordinary",
                "V3",
                text="aaa",
                gives=[2**32 - 1, A],
                flags="IdRange Gaps",
                differs={"tiktoken": "It keeps this rank for pairs that have none."},
                why="aa has an id like any other.",
            ),
            vector(
                "greatest-gap",
                "gaps",
                "V3",
                gives=[[256, 2**32 - 2]],
                flags="IdRange Gaps",
                why="Everything between the bytes and the last id.",
            ),
        ),
        group(
            Model(BYTES | {258: b"aa", 259: b"bb", 262: b"cc"}),
            vector(
                "gaps-of-one-and-more",
                "gaps",
                "V3",
                gives=[[256, 257], [260, 261]],
                flags="Gaps",
                why="256, 257, 260 and 261 are in no use.",
            ),
        ),
        group(
            Model(BYTES, special_tokens={"<a>": 257, "<b>": 260}),
            vector(
                "gaps-between-special-tokens",
                "gaps",
                "V3",
                gives=[[256, 256], [258, 259]],
                flags="Gaps",
                why="Special tokens have ids like all others.",
            ),
        ),
        group(
            Model(SPREAD_BYTES),
            vector(
                "gaps-between-bytes",
                "gaps",
                "V3",
                gives=[[0, 0], *([3 * n + 2, 3 * n + 3] for n in range(255))],
                flags="Gaps",
                why="Byte n has the id 3 n + 1.",
            ),
        ),
        group(
            Model(BYTES, special_tokens={"<a>": 256, "<b>": 256}, aliases={"<b>": "<a>"}),
            vector("gaps-none-with-aliases", "gaps", "V3", gives=[], flags="Gaps", why="256 is one id with two texts."),
        ),
        group(
            Model(BYTES | {256: b"ab", 257: b"abc"}, ((256, C, 257), (A, B, 256))),
            vector("merges-reversed", "load", "V4", refused=refusal("vocabulary"), flags="MergeOrder", why=_WHY_ORDER),
        ),
        group(
            Model(BYTES | {256: b"ab", 257: b"abc"}, ((256, C, 257),)),
            vector(
                "merge-of-what-is-not-made",
                "load",
                "V4",
                refused=refusal("vocabulary"),
                flags="MergeOrder",
                why="No merge makes 256.",
            ),
        ),
        group(
            Model(BYTES | {256: b"ba"}, ((A, B, 256),)),
            vector(
                "merge-with-another-result",
                "load",
                "V4",
                refused=refusal("vocabulary"),
                flags="MergeOrder",
                why="a and b are ab, and 256 is ba.",
            ),
        ),
        group(
            Model(BYTES | {256: b"ab"}, ((A, B, 300),)),
            vector(
                "merge-into-nothing",
                "load",
                "V4",
                refused=refusal("vocabulary"),
                flags="MergeOrder",
                why="300 is no token.",
            ),
        ),
        group(
            Model(BYTES | {256: b"ab"}, ((A, B, 256), (A, B, 256))),
            vector(
                "merge-twice",
                "load",
                "V4",
                refused=refusal("vocabulary"),
                flags="MergeOrder",
                why="The pair is that of the merge before.",
            ),
        ),
        group(
            Model(BYTES | {256: b"aa", 257: b"aaa"}, ((A, A, 256), (A, 256, 257), (256, A, 257))),
            vector(
                "two-merges-into-one-token",
                "load",
                "V4",
                gives="accepted",
                flags="MergeOrder",
                why="aaa is made in two ways, by two pairs.",
            ),
        ),
        group(
            Model(BYTES | {256: b"ab", 257: b"xyz"}, ((A, B, 256),)),
            vector(
                "token-without-a-merge",
                "load",
                "V4 V2",
                gives="accepted",
                flags="MergeOrder",
                why="xyz comes out under the shortcut alone.",
            ),
        ),
    ),
)
