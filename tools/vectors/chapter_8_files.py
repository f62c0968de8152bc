"""Chapter F: what survives a save and a load, and what is refused."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any, Final

from bpe.conformance.model import BYTES, Model
from bpe.conformance.vector_json import NUMBERINGS
from tools.vectors.models import EXAMPLE, GPT2_BYTES, RUNS, RUNS_BY_RANK, UNREACHED, A
from tools.vectors.source import Chapter, Note, Test, group, refusal, vector

NOTES = {
    "Loads": Note("FILES", "What each format holds, and what the caller has to say."),
    "WhatIsLost": Note(
        "FILES", "A format that cannot hold a tokenizer refuses to save it.", ("karpathy/minbpe (save and load)",)
    ),
    "Malformed": Note(
        "FILES",
        "A malformed file is refused with the line, and nothing is half-built.",
        ("ggml-org/llama.cpp#25969", "huggingface/transformers#33538"),
    ),
    "Asks": Note("FILES", "Loading asks for what decides the ids, and never guesses.", ("ggml-org/llama.cpp#6920",)),
    "Converts": Note(
        "SEMANTICS", "A conversion keeps the ids, or is refused.", ("openai/tiktoken#60", "huggingface/tokenizers#229")
    ),
    "Fingerprint": Note("FILES", "A fingerprint tells models apart by all that decides ids, and by nothing else."),
    "Pinned": Note("SECURITY", "A named encoding is its file, by its sha256.", ("openai/tiktoken (since 0.6.0)",)),
}

#: The characters that GPT-2 writes bytes with.
_SHOWN: Final = {value: chr(value) for value in NUMBERINGS["gpt2"][:188]} | {
    value: chr(0x100 + index) for index, value in enumerate(NUMBERINGS["gpt2"][188:])
}


def _ranks(tokens: dict[int, bytes]) -> bytes:
    return b"".join(b64encode(token) + b" %d\n" % number for number, token in tokens.items())


def _shown(token: bytes) -> str:
    return "".join(_SHOWN[value] for value in token)


_BYTE_RANKS: Final = _ranks(BYTES)
_TOLD: Final = {"pattern": None}
_ENCODER: Final = json.dumps(
    {_shown(token): number for number, token in (GPT2_BYTES | {256: b" a", 257: b" aa"}).items()} | {"<|end|>": 258}
).encode()
_PAIR: Final = Model(
    GPT2_BYTES | {256: b" a", 257: b" aa"},
    ((220, 64, 256), (256, 64, 257)),
    pattern="gpt2",
    special_tokens={"<|end|>": 258},
)
_MINBPE: Final = EXAMPLE.change(pattern="[a-z]+|[^a-z]+", special_tokens={"<s>": 259, "<s><s>": 260})
_RANKED: Final = RUNS_BY_RANK.change(whole_pre_token=True)
_WHY_FILE: Final = "The file says so, line by line."
_WHY_LOST: Final = "The format has no place for it."


def _rank_file(name: str, line: bytes, number: int | None, why: str | None = None, told: Any = _TOLD) -> Test:
    """Return a rank file of the bytes and one line more, which is well formed or is refused."""
    files = {"a.tiktoken": ["@bytes", line.hex()]}
    if number is None:
        return vector(
            f"ranks-{name}", "load_file", "F1 R4", format="tiktoken", files=files, told=told, flags="Loads", why=why
        )
    return vector(
        f"ranks-{name}",
        "load_file",
        "F2",
        format="tiktoken",
        files=files,
        told=told,
        refused=refusal("file", line=number),
        flags="Malformed",
        why=why or _WHY_FILE,
    )


def _model_file(name: str, head: bytes, tail: bytes, number: int | None, why: str = _WHY_FILE) -> Test:
    files = {"a.model": [head.hex(), tail.hex()]}
    if number is None:
        return vector(f"minbpe-{name}", "load_file", "F1", format="minbpe", files=files, flags="Loads", why=why)
    return vector(
        f"minbpe-{name}",
        "load_file",
        "F2",
        format="minbpe",
        files=files,
        refused=refusal("file", line=number),
        flags="Malformed",
        why=why,
    )


def _merges_file(name: str, content: str, number: int | None, why: str = _WHY_FILE) -> Test:
    files = {"vocab.bpe": [content.encode().hex()]}
    if number is None:
        return vector(
            f"merges-{name}", "load_file", "F1", format="gpt2-merges", files=files, told=_TOLD, flags="Loads", why=why
        )
    return vector(
        f"merges-{name}",
        "load_file",
        "F2",
        format="gpt2-merges",
        files=files,
        told=_TOLD,
        refused=refusal("file", line=number),
        flags="Malformed",
        why=why,
    )


_HEAD: Final = b"minbpe v1\n\n0\n"

CHAPTER = Chapter(
    "8-files",
    "What is saved comes back, what cannot be saved is refused, what is malformed is refused with its line.",
    NOTES,
    (
        group(
            None,
            _rank_file("one-token", b"YWE= 256\n", None),
            _rank_file("no-line-end", b"YWE= 256", None),
            _rank_file("windows-line-end", b"YWE= 256\r\n", None),
            _rank_file("gap", b"YWE= 300\n", None),
            _rank_file(
                "special-tokens-are-told",
                b"YWE= 256\n",
                None,
                told={"pattern": "gpt2", "special_tokens": [["<s>", 257]]},
            ),
            _rank_file(
                "special-tokens-keep-their-spaces",
                b"YWE= 256\n",
                None,
                told={"pattern": None, "special_tokens": [[" <s> ", 257], ["\n", 258]]},
            ),
            _rank_file("not-base64", b"YW!= 256\n", 257),
            _rank_file("no-padding", b"YWE 256\n", 257),
            _rank_file("stray-bits", b"YWF= 256\n", 257),
            _rank_file("no-rank", b"YWE=\n", 257),
            _rank_file("two-spaces", b"YWE=  256\n", 257),
            _rank_file("negative-rank", b"YWE= -1\n", 257),
            _rank_file("signed-rank", b"YWE= +256\n", 257),
            _rank_file("leading-zero", b"YWE= 0256\n", 257),
            _rank_file("rank-too-great", b"YWE= 4294967296\n", 257),
            _rank_file("rank-with-a-fraction", b"YWE= 256.0\n", 257),
            _rank_file("rank-taken", b"YWE= 97\n", 257, "97 is the rank of a."),
            _rank_file("token-taken", b"YQ== 256\n", 257, "a has the rank 97."),
            _rank_file("empty-line", b"\nYWE= 256\n", 257),
            _rank_file(
                "empty-token", b"= 256\n", 257, "The token has no bytes; under the profile drop it would be left out."
            ),
            vector(
                "ranks-without-a-byte",
                "load_file",
                "F2 V1",
                format="tiktoken",
                files={"a.tiktoken": [_ranks({97: b"a"}).hex()]},
                told=_TOLD,
                refused=refusal("vocabulary"),
                flags="Malformed",
                why="Of 256 bytes one has an id.",
            ),
            bytes=_BYTE_RANKS,
        ),
        group(
            None,
            _merges_file("with-a-header", "#version: 0.2\na a\naa b\n", None),
            _merges_file("without-a-header", "a a\n", None),
            _merges_file("of-spaces", "Ġ a\nĠa b\nĊ Ċ\n", None),
            _merges_file("no-space", "aa\n", 1),
            _merges_file("three-parts", "a a a\n", 1),
            _merges_file("other-character", "a €\n", 1),
            _merges_file("part-not-made", "a a\nbb a\n", 2, "No earlier line makes bb."),
            _merges_file("twice", "a a\na a\n", 2, "The pair is that of line 1."),
            _merges_file("empty-line", "a a\n\nb b\n", 2),
        ),
        group(
            None,
            vector(
                "pair-of-files",
                "load_file",
                "F1",
                format="gpt2",
                files={"vocab.bpe": ["#version: 0.2\nĠ a\nĠa a\n".encode().hex()], "encoder.json": ["@encoder"]},
                told={"pattern": "gpt2"},
                flags="Loads",
            ),
            vector(
                "pair-part-without-an-id",
                "load_file",
                "F2",
                format="gpt2",
                files={"vocab.bpe": ["Ġ b\n".encode().hex()], "encoder.json": ["@encoder"]},
                told={"pattern": "gpt2"},
                refused=refusal("file", line=1),
                flags="Malformed",
                why="encoder.json has no entry Ġb.",
            ),
            vector(
                "pair-no-json",
                "load_file",
                "F2",
                format="gpt2",
                files={"vocab.bpe": [""], "encoder.json": [b"{".hex()]},
                told={"pattern": "gpt2"},
                refused=refusal("file"),
                flags="Malformed",
                why="The object is not closed.",
            ),
            vector(
                "pair-id-with-a-fraction",
                "load_file",
                "F2",
                format="gpt2",
                files={"vocab.bpe": [""], "encoder.json": [b'{"a": 1.5}'.hex()]},
                told={"pattern": "gpt2"},
                refused=refusal("file"),
                flags="Malformed",
                why="1.5 is no id.",
            ),
            encoder=_ENCODER,
        ),
        group(
            None,
            _model_file("merges", _HEAD, b"97 97\n256 98\n", None),
            _model_file(
                "pattern-and-special-tokens", b"minbpe v1\n[a-z]+|[^a-z]+\n2\n<s><s> 258\n<s> 257\n", b"97 97\n", None
            ),
            _model_file("no-merges", _HEAD, b"", None),
            _model_file("other-version", b"minbpe v2\n\n0\n", b"97 97\n", 1),
            _model_file("no-number", b"minbpe v1\n\nnone\n", b"", 3),
            _model_file("too-few-special-tokens", b"minbpe v1\n\n2\n<s> 257\n", b"", 3),
            _model_file("one-id", _HEAD, b"97 97\n256\n", 5),
            _model_file("id-not-made", _HEAD, b"97 97\n257 97\n", 5, "The second merge makes 257 itself."),
            _model_file("pair-twice", _HEAD, b"97 97\n97 97\n", 5, "The pair is that of line 4."),
            _model_file("words", _HEAD, b"a a\n", 4),
        ),
        group(
            EXAMPLE.change(merges=None, whole_pre_token=True),
            vector(
                "recover-three-merges",
                "convert",
                "F3",
                flags="Converts",
                why="In the order of ids, each token is made of the two parts that lower ranks leave of it.",
            ),
        ),
        group(
            _RANKED,
            vector(
                "save-ranks",
                "save_file",
                "F1 F4",
                format="tiktoken",
                file="a.tiktoken",
                gives={"a.tiktoken": _BYTE_RANKS + b"YWE= 256\n"},
                flags="Loads",
                why="A line for each token, by id.",
            ),
            vector(
                "save-ranks-as-minbpe",
                "save_file",
                "F1",
                format="minbpe",
                file="a.model",
                flags="Loads",
                why="The vocabulary is canonical, so its merges follow from the ranks; the file has three lines before them.",
            ),
            vector(
                "forget-nothing",
                "convert",
                "F3",
                flags="Converts",
                why="aa is made of a and a, and the list has that one merge.",
            ),
        ),
        group(
            RUNS,
            vector(
                "save-pairs-as-ranks",
                "save_file",
                "F1 F4",
                format="tiktoken",
                file="a.tiktoken",
                gives={"a.tiktoken": _BYTE_RANKS + b"YWE= 256\n"},
                flags="Loads",
                why="The vocabulary is canonical, so the ranks say all.",
            ),
            vector(
                "save-pairs-as-minbpe",
                "save_file",
                "F1 F4",
                format="minbpe",
                file="a.model",
                gives={"a.model": b"minbpe v1\n\n0\n97 97\n"},
                flags="Loads",
                why="No pattern, no special token, one merge.",
            ),
            vector("recover-nothing", "convert", "F3", flags="Converts", why="The ids alone imply the list."),
        ),
        group(
            _MINBPE,
            vector(
                "save-minbpe",
                "save_file",
                "F1 F4",
                format="minbpe",
                file="a.model",
                gives={"a.model": b"minbpe v1\n[a-z]+|[^a-z]+\n2\n<s><s> 260\n<s> 259\n97 97\n256 97\n257 98\n"},
                flags="Loads",
                why="Special tokens from the longest to the shortest, then the merges.",
            ),
        ),
        group(
            _PAIR,
            vector(
                "save-merges-of-a-pair",
                "save_file",
                "F1",
                format="gpt2",
                file="vocab.bpe",
                flags="Loads",
                why="The merges in GPT-2's characters, and beside them each token's id.",
            ),
        ),
        group(
            EXAMPLE.change(pattern=" a|(?s:.)"),
            vector(
                "minbpe-pattern-with-a-space",
                "save_file",
                "F1",
                format="minbpe",
                file="a.model",
                refused=refusal("cannot_express"),
                flags="WhatIsLost",
                why="minbpe strips the line.",
            ),
        ),
        group(
            EXAMPLE.change(special_tokens={"a b": 259}),
            vector(
                "minbpe-special-token-with-a-space",
                "save_file",
                "F1",
                format="minbpe",
                file="a.model",
                refused=refusal("cannot_express"),
                flags="WhatIsLost",
                why="minbpe splits the line at white space.",
            ),
        ),
        group(
            Model(BYTES | {300: b"aa"}, ((A, A, 300),)),
            vector(
                "minbpe-other-ids",
                "save_file",
                "F1",
                format="minbpe",
                file="a.model",
                refused=refusal("cannot_express"),
                flags="WhatIsLost",
                why="The first merge makes 256 there.",
            ),
        ),
        group(
            Model(BYTES, merges=(), special_tokens={"<a>": 256, "<b>": 256}, aliases={"<b>": "<a>"}),
            vector(
                "minbpe-aliases",
                "save_file",
                "F1",
                format="minbpe",
                file="a.model",
                refused=refusal("cannot_express"),
                flags="WhatIsLost",
                why=_WHY_LOST,
            ),
        ),
        group(
            UNREACHED.change(whole_pre_token=True),
            vector(
                "minbpe-of-what-merges-do-not-reach",
                "save_file",
                "F1",
                format="minbpe",
                file="a.model",
                refused=refusal("cannot_express"),
                flags="WhatIsLost",
                why="abc has three parts, so there is no list of merges.",
            ),
            vector(
                "convert-what-merges-do-not-reach",
                "convert",
                "F3",
                refused=refusal("cannot_express"),
                flags="Converts",
                why="abc has three parts, so there is no list to recover.",
            ),
        ),
        group(
            Model(BYTES | {256: b"aa", 257: b"aaa"}, ((A, A, 256), (A, 256, 257))),
            vector(
                "ranks-of-merges-that-they-do-not-imply",
                "save_file",
                "F1",
                format="tiktoken",
                file="a.tiktoken",
                refused=refusal("cannot_express"),
                flags="WhatIsLost",
                why="Under ranks aaa is aa and a joined; the list has a and aa.",
            ),
            vector(
                "convert-merges-that-ranks-do-not-imply",
                "convert",
                "F3",
                refused=refusal("cannot_express"),
                flags="Converts",
                why="aaa stays aa a under the list, and is one token under ranks.",
            ),
        ),
        group(
            EXAMPLE,
            vector(
                "convert-the-example",
                "convert",
                "F3",
                flags="Converts",
                why="Each token's two parts are what lower ranks leave of it.",
            ),
            vector(
                "fingerprint-of-the-same",
                "compare_fingerprints",
                "F4",
                other=EXAMPLE,
                gives="equal",
                flags="Fingerprint",
                why="Nothing differs.",
            ),
            vector(
                "fingerprint-of-tokens-in-another-order",
                "compare_fingerprints",
                "F4",
                other=EXAMPLE.change(tokens=dict(reversed([*EXAMPLE.tokens.items()]))),
                gives="equal",
                flags="Fingerprint",
                why="The order in which tokens are listed decides nothing.",
            ),
            vector(
                "fingerprint-of-fewer-merges",
                "compare_fingerprints",
                "F4",
                other=Model(BYTES | {256: b"aa", 257: b"aaa"}, (EXAMPLE.merges or ())[:2]),
                gives="different",
                flags="Fingerprint",
                why="aaab differs.",
            ),
            vector(
                "fingerprint-of-ranks",
                "compare_fingerprints",
                "F4",
                other=EXAMPLE.change(merges=None),
                gives="different",
                flags="Fingerprint",
                why="The semantics differ.",
            ),
            vector(
                "fingerprint-of-a-pattern",
                "compare_fingerprints",
                "F4",
                other=EXAMPLE.change(pattern="gpt2"),
                gives="different",
                flags="Fingerprint",
                why="Texts are cut.",
            ),
            vector(
                "fingerprint-of-special-tokens",
                "compare_fingerprints",
                "F4",
                other=EXAMPLE.change(special_tokens={"<s>": 259}),
                gives="different",
                flags="Fingerprint",
                why="<s> can be allowed.",
            ),
            vector(
                "fingerprint-of-the-shortcut",
                "compare_fingerprints",
                "F4",
                other=EXAMPLE.change(whole_pre_token=True),
                gives="different",
                flags="Fingerprint",
                why="The profile differs, though here no id does.",
            ),
            vector(
                "fingerprint-of-surrogates",
                "compare_fingerprints",
                "F4",
                other=EXAMPLE.change(surrogates="replace"),
                gives="different",
                flags="Fingerprint",
                why="Strings with surrogates are repaired.",
            ),
        ),
        group(
            EXAMPLE.change(pattern="[a-z]+", gaps="isolate"),
            vector(
                "fingerprint-of-gaps",
                "compare_fingerprints",
                "F4",
                other=EXAMPLE.change(pattern="[a-z]+"),
                gives="different",
                flags="Fingerprint",
                why="What the pattern leaves uncovered is refused or isolated.",
            ),
        ),
        group(
            None,
            vector(
                "load-asks-for-the-pattern",
                "load_file",
                "F1 F2",
                format="tiktoken",
                files={"a.tiktoken": ["@bytes"]},
                refused=refusal("missing_information"),
                flags="Asks",
                why="A rank file holds no pattern, and none was told.",
            ),
            vector(
                "pinned-encoding-with-another-file",
                "open_encoding",
                "F5",
                encoding="cl100k_base",
                bytes=b"IQ== 0\n",
                refused=refusal("checksum", encoding="cl100k_base"),
                flags="Pinned",
                why="The file is not the one that the name promises.",
            ),
            vector(
                "pinned-encoding-with-an-empty-file",
                "open_encoding",
                "F5",
                encoding="gpt2",
                bytes=b"",
                refused=refusal("checksum", encoding="gpt2"),
                flags="Pinned",
                why="The file is not the one that the name promises.",
            ),
            bytes=_BYTE_RANKS,
        ),
    ),
)
