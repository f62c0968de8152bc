"""Chapter B: text is a sequence of scalar values, and has bytes."""

from __future__ import annotations

from typing import Any, Final

from bpe.conformance.model import BYTES, Model
from tools.vectors.models import GPT2_BYTES, PLAIN, REPAIRING
from tools.vectors.source import Chapter, Note, Test, group, refusal, vector

NOTES = {
    "Utf8Length": Note("ENCODING", "The first and last characters of each length in UTF-8."),
    "NoNormalisation": Note(
        "LOSS",
        "Text is never normalised, folded or stripped; what looks alike stays different.",
        ("google/sentencepiece#329", "google/sentencepiece#863"),
    ),
    "ControlCharacters": Note("LOSS", "Controls, byte order marks and noncharacters are characters like any other."),
    "Surrogate": Note(
        "DOMAIN",
        "Surrogates are refused with their index at every entry point, or repaired by every one.",
        ("openai/tiktoken#82", "openai/tiktoken#541"),
    ),
    "SurrogatePair": Note(
        "DOMAIN",
        "Two surrogates that make a pair, as two elements of a text; where text is UTF-16, this is one character.",
        ("openai/tiktoken#541",),
    ),
    "IndexInCharacters": Note(
        "OFFSETS", "Indices count characters, not bytes or units of UTF-16.", ("huggingface/tokenizers#156",)
    ),
    "MaximalSubpart": Note(
        "DECODING",
        "One U+FFFD for each maximal subpart of an ill-formed sequence (Unicode 16.0, section 3.9).",
        ("NVIDIA/Megatron-LM#4126",),
    ),
    "StrictDecoding": Note("DECODING", "Strict decoding names the first byte that no well-formed sequence holds."),
}

_TEXTS: Final = {
    "ascii": ("aaabdaaabac", ""),
    "two-bytes": ("é", ""),
    "emoji": ("😀", ""),
    "first-and-last-of-one-byte": ("\x01\x7f", "Utf8Length"),
    "first-and-last-of-two-bytes": ("\x80\u07ff", "Utf8Length"),
    "first-and-last-of-three-bytes": ("\u0800\uffff", "Utf8Length"),
    "first-and-last-of-four-bytes": ("\U00010000\U0010ffff", "Utf8Length"),
    "neighbours-of-surrogates": ("\ud7ff\ue000", "Utf8Length"),
    "nul": ("a\x00b", "ControlCharacters"),
    "nul-at-the-end": ("a\x00", "ControlCharacters"),
    "byte-order-mark": ("\ufeffa", "ControlCharacters"),
    "noncharacter": ("\ufffe", "ControlCharacters"),
    "replacement-character": ("\ufffd", "ControlCharacters"),
    "line-separator": ("a\u2028b", "ControlCharacters"),
    "family-of-joined-emoji": ("👩\u200d👧", "NoNormalisation"),
}

_LOOK_ALIKES: Final = {
    "composed-and-decomposed": ("é", "e\u0301"),
    "angstrom-sign": ("\u212b", "\xc5"),
    "kelvin-sign": ("\u212a", "K"),
    "long-s": ("\u017f", "s"),
    "ligature": ("\ufb01", "fi"),
    "superscript": ("²", "2"),
    "full-width-digit": ("１", "1"),
    "order-of-marks": ("a\u0301\u0323", "a\u0323\u0301"),
    "line-ends": ("\r\n", "\n"),
    "no-break-space": ("\xa0", " "),
    "ideographic-space": ("\u3000", " "),
    "zero-width-space": ("\u200b", ""),
    "trailing-space": ("a ", "a"),
    "hangul-syllable": ("\uac00", "\u1100\u1161"),
}


def _encoded() -> list[Test]:
    return [
        vector(
            f"bytes-{name}",
            "encode_ordinary",
            "B1 B3" if flags == "ControlCharacters" else "B1",
            text=text,
            flags=flags,
            gives=list(text.encode()),
        )
        for name, (text, flags) in _TEXTS.items()
    ]


def _alike() -> list[Test]:
    return [
        vector(
            f"bytes-{name}-{which}",
            "encode_ordinary",
            "B2 B3" if len(text) > 1 else "B3",
            text=text,
            flags="NoNormalisation",
            gives=list(text.encode()),
        )
        for name, pair in _LOOK_ALIKES.items()
        for which, text in zip(("first", "second"), pair, strict=True)
        # The shorter of two is among the other texts, or is one letter.
        if len(text.encode()) > 1
    ]


_ILL_FORMED: Final = {
    "cut-at-the-end": "61f09f98",
    "cut-before-a-letter": "f09f9862",
    "lone-lead": "c3",
    "lone-continuation": "80",
    "two-continuations": "8080",
    "overlong-nul": "c080",
    "overlong-three": "e08080",
    "overlong-four": "f0808080",
    "encoded-surrogate": "eda080",
    "encoded-surrogate-pair": "eda0bdedb880",
    "beyond-the-last": "f4908080",
    "never-valid": "f5feff",
    "cut-then-two-bytes": "e282c3a9",
    "cut-then-four-bytes": "f09ff09f9880",
    "lead-then-lead": "c3c3a9",
    "lead-then-ascii": "e228a1",
    "unicode-table-3-8": "41c0af41f4808041",
    "unicode-table-3-11": "61f18080e180c262806380bf64",
}


def _decoded() -> list[Test]:
    return [
        vector(f"replace-{name}", "decode", "B5", ids=list(bytes.fromhex(data)), flags="MaximalSubpart")
        for name, data in _ILL_FORMED.items()
    ]


def _strict() -> list[Test]:
    refused = {
        "cut-at-the-end": 1,
        "lone-continuation": 0,
        "encoded-surrogate": 0,
        "lead-then-lead": 0,
        "beyond-the-last": 0,
        "unicode-table-3-11": 1,
    }
    tests = [
        vector(
            f"strict-{name}",
            "decode",
            "B5",
            ids=list(bytes.fromhex(_ILL_FORMED[name])),
            errors="strict",
            refused=refusal("invalid_utf8", offset=offset),
            flags="StrictDecoding",
        )
        for name, offset in refused.items()
    ]
    behind = [*"é😀".encode(), 0xFF]
    return [
        *tests,
        vector(
            "strict-offset-counts-bytes",
            "decode",
            "B5",
            ids=behind,
            errors="strict",
            flags="StrictDecoding",
            refused=refusal("invalid_utf8", offset=6),
        ),
        vector(
            "strict-text",
            "decode",
            "B5",
            ids=list("é\ufffd😀".encode()),
            errors="strict",
            flags="StrictDecoding",
            gives="é\ufffd😀",
        ),
    ]


def _refused_surrogates() -> list[Test]:
    high_behind = {
        "high": ("ab\ud800", 2, "Surrogate"),
        "low": ("\udfffa", 0, "Surrogate"),
        "behind-emoji": ("😀\ud83d", 1, "Surrogate IndexInCharacters"),
        "behind-accents": ("ééé\udc00", 3, "Surrogate IndexInCharacters"),
        "first-of-two": ("a\udc00\ud800", 1, "Surrogate"),
        "pair": ("a\ud83d\ude00", 1, "Surrogate SurrogatePair"),
    }
    tests = [
        vector(
            f"surrogate-{name}",
            "encode_ordinary",
            "B4",
            text=text,
            flags=flags,
            refused=refusal("surrogate", index=index),
        )
        for name, (text, index, flags) in high_behind.items()
    ]
    entries: dict[str, dict[str, Any]] = {
        "encode": {"text": "ab\ud800", "allowed_special": "all"},
        "count": {"text": "ab\ud800"},
        "is_within_limit": {"text": "ab\ud800", "limit": 1},
        "encode_batch": {"texts": ["ab", "ab\ud800"], "workers": 2},
        "offsets": {"text": "ab\ud800"},
    }
    return tests + [
        vector(
            f"surrogate-in-{operation.replace('_', '-')}",
            operation,
            "B4",
            **given,
            flags="Surrogate",
            refused=refusal("surrogate", index=2),
            why="The text is that of surrogate-high: every entry point has the same policy.",
        )
        for operation, given in entries.items()
    ]


def _repaired_surrogates() -> list[Test]:
    texts = {
        "high": ("a\ud83d", "a\ufffd", "Surrogate"),
        "low": ("\ude00a", "\ufffda", "Surrogate"),
        "pair": ("\ud83d\ude00", "😀", "Surrogate SurrogatePair"),
        "wrong-order": ("\ude00\ud83d", "\ufffd\ufffd", "Surrogate"),
        "high-before-a-pair": ("\ud83d\ud83d\ude00", "\ufffd😀", "Surrogate SurrogatePair"),
        "low-behind-a-pair": ("\ud83d\ude00\ude00", "😀\ufffd", "Surrogate SurrogatePair"),
        "letter-between": ("\ud83da\ude00", "\ufffda\ufffd", "Surrogate"),
        "last-pair": ("\udbff\udfff", "\U0010ffff", "Surrogate SurrogatePair"),
        "nothing-to-repair": ("é\ud7ff\ue000", "é\ud7ff\ue000", ""),
    }
    tests = [
        vector(f"repair-{name}", "encode_ordinary", "B4", text=text, flags=flags, gives=list(repaired.encode()))
        for name, (text, repaired, flags) in texts.items()
    ]
    spans = [[0xEF, 0, 1, 0, 1], [0xBF, 1, 2, 0, 1], [0xBD, 2, 3, 0, 1], [ord("a"), 3, 4, 1, 2]]
    return [
        *tests,
        vector("repair-before-counting", "count", "B4", text="\ud83d\ude00", flags="Surrogate SurrogatePair", gives=4),
        vector(
            "repair-before-limits",
            "is_within_limit",
            "B4",
            text="\ud83d",
            limit=3,
            flags="Surrogate",
            gives=True,
            why="U+FFFD has three bytes, and each is a token.",
        ),
        vector(
            "repair-before-spans",
            "offsets",
            "B4 O1",
            text="\ud83da",
            flags="Surrogate",
            gives=spans,
            why="Spans are those of the repaired text, U+FFFD and a.",
        ),
    ]


CHAPTER = Chapter(
    "1-bytes",
    "Text is a sequence of Unicode scalar values; its bytes are its UTF-8 form.",
    NOTES,
    (
        group(PLAIN, *_encoded(), *_alike(), *_refused_surrogates(), *_decoded(), *_strict()),
        group(REPAIRING, *_repaired_surrogates()),
        group(
            Model(BYTES, special_tokens={"😀": 256}, surrogates="replace"),
            vector(
                "repair-before-special-tokens",
                "encode",
                "B4 S2",
                text="\ud83d\ude00",
                allowed_special="all",
                flags="Surrogate SurrogatePair",
                gives=[256],
            ),
            vector(
                "repair-before-disallowed-tokens",
                "encode",
                "B4 S3",
                text="\ud83d\ude00",
                flags="Surrogate SurrogatePair",
                refused=refusal("disallowed_special", token="😀", index=0),
                why="The repaired text is the special token.",
            ),
        ),
        group(
            Model(GPT2_BYTES),
            vector("bytes-have-other-ids", "encode_ordinary", "B1", text="é", gives=[127, 102]),
            vector(
                "ids-have-other-bytes", "decode", "B5", ids=[127, 102, 127], gives="é\ufffd", flags="MaximalSubpart"
            ),
        ),
    ),
)
