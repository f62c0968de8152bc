"""Chapter R: what no input may do to a tokenizer, nor one call to the next."""

from __future__ import annotations

from typing import Final

from bpe.conformance.model import BYTES, Model
from tools.vectors.models import RUNS, A
from tools.vectors.source import Chapter, Note, call, group, refusal, vector

NOTES = {
    "Recursion": Note(
        "RESOURCES",
        "Long runs: as many merges, pre-tokens or special tokens as would fill a stack.",
        ("ggml-org/llama.cpp#27783", "kitoken 0.11.1", "openai/tiktoken#15"),
    ),
    "HostilePattern": Note("RESOURCES", "A pattern nested beyond reason is taken or refused, and ends nothing."),
    "RunsCode": Note("SECURITY", "A file is data: nothing in it is run."),
    "State": Note("STATE", "What a call answers does not depend on the calls before it, refused ones above all."),
}

_DOUBLING: Final = Model(
    BYTES | {256 + level: b"a" * 2 ** (level + 1) for level in range(11)},
    tuple((A if level == 0 else 255 + level,) * 2 + (256 + level,) for level in range(11)),
    special_tokens={"<s>": 300},
)
_PROGRAM: Final = b"__import__('os').mkdir('made')"
#: A pickle that ends the process which reads it: `sys.exit(3)`.
_PICKLE: Final = b"csys\nexit\n(I3\ntR."

CHAPTER = Chapter(
    "9-resources",
    "No input ends the process, runs anything or leaves anything behind.",
    NOTES,
    (
        group(
            _DOUBLING,
            vector("run-of-many-merges", "encode_ordinary", "R2 R1", text="a" * 3_000, flags="Recursion"),
            vector("run-of-many-bytes", "encode_ordinary", "R2 R1", text="é" * 1_500, flags="Recursion"),
            vector(
                "run-of-special-tokens",
                "encode",
                "R2",
                text="<s>" * 1_200,
                allowed_special="all",
                gives=[300] * 1_200,
                flags="Recursion",
            ),
            vector("long-list-of-ids", "decode_bytes", "R2", ids=[A] * 3_000, gives=b"a" * 3_000, flags="Recursion"),
            vector(
                "refused-far-behind",
                "encode_ordinary",
                "R2 B4",
                text="a" * 2_000 + "\ud800",
                refused=refusal("surrogate", index=2_000),
                flags="Recursion",
            ),
            vector(
                "right-after-three-refusals",
                "encode",
                "R5",
                text="aa<s>",
                allowed_special="all",
                gives=[256, 300],
                flags="State",
                why="What was refused before leaves nothing behind.",
                before=[
                    call("encode", text="a<s>", refused=refusal("disallowed_special", token="<s>", index=1)),
                    call("encode_ordinary", text="aa\ud800", refused=refusal("surrogate", index=2)),
                    call("decode_bytes", ids=[-1], refused=refusal("unknown_id", id=-1, position=0)),
                ],
            ),
            vector(
                "right-after-another-allowance",
                "encode",
                "R5 S3",
                text="<s>",
                disallowed_special=[],
                gives=[60, 115, 62],
                flags="State",
                why="Each call says what it allows.",
                before=[call("encode", text="<s>", allowed_special="all", gives=[300])],
            ),
            vector(
                "threads-do-not-mix",
                "encode_together",
                "R5",
                texts=["aaa<s>", "b", "aaaa", "\ud800", "", "aa"],
                gives=[[256, A, 60, 115, 62], [98], [257], None, [], [256]],
                flags="State",
                why="Each text has its own ids, whatever else is encoded meanwhile.",
            ),
            vector(
                "copy-answers-alike",
                "encode_copied",
                "R5",
                text="aaa<s>",
                allowed_special="all",
                gives=[256, A, 300],
                flags="State",
                why="A copy, and what comes out of storage, is the same tokenizer.",
            ),
            vector(
                "twice-the-same",
                "encode_ordinary",
                "R5 E7",
                text="aaab",
                gives=[256, 97, 98],
                flags="State",
                why="The second answer is the first.",
                before=[call("encode_ordinary", text="aaab")],
            ),
        ),
        group(
            _DOUBLING.change(pattern="gpt2"),
            vector("run-of-spaces", "encode_ordinary", "R2 P8", text=" " * 3_000 + "a", flags="Recursion"),
            vector("run-of-line-breaks", "encode_ordinary", "R2 P8", text="\n" * 3_000, flags="Recursion"),
            vector("run-of-pre-tokens", "encode_ordinary", "R2 P8", text=" a" * 1_500, flags="Recursion"),
            vector("run-of-apostrophes", "encode_ordinary", "R2 P8", text="'" * 3_000, flags="Recursion"),
        ),
        group(
            _DOUBLING.change(pattern="(" * 2_000),
            vector(
                "pattern-that-is-none",
                "encode_ordinary",
                "R2 P2",
                text="ab",
                refused=refusal("pattern"),
                flags="HostilePattern",
                why="Two thousand groups are opened and none is closed.",
            ),
        ),
        group(
            RUNS,
            vector(
                "program-as-a-rank-file",
                "load_file",
                "R4 F2",
                format="tiktoken",
                files={"a.tiktoken": [_PROGRAM.hex()]},
                told={"pattern": None},
                refused=refusal("file", line=1),
                flags="RunsCode",
            ),
            vector(
                "program-as-merges",
                "load_file",
                "R4 F2",
                format="minbpe",
                files={"a.model": [b"minbpe v1\n\n0\n".hex(), _PROGRAM.hex()]},
                refused=refusal("file", line=4),
                flags="RunsCode",
                why="The fourth line is no pair of ids.",
            ),
            vector(
                "pickle-as-a-rank-file",
                "load_file",
                "R4 F2",
                format="tiktoken",
                files={"a.tiktoken": [_PICKLE.hex()]},
                told={"pattern": None},
                refused=refusal("file", line=1),
                flags="RunsCode",
            ),
        ),
    ),
)
