"""Models that several chapters use."""

from __future__ import annotations

from typing import Final

from bpe.conformance.model import BYTES, Model
from bpe.conformance.vector_json import NUMBERINGS

A, B, C, D = b"abcd"
SPACE: Final = ord(" ")

GPT2_BYTES: Final = {token_id: bytes([value]) for token_id, value in enumerate(NUMBERINGS["gpt2"])}
REVERSED_BYTES: Final = {255 - value: bytes([value]) for value in range(256)}

#: Nothing but the 256 bytes.
PLAIN: Final = Model(BYTES)
#: The same under pair semantics, with an empty list of merges.
PLAIN_PAIRS: Final = Model(BYTES, merges=())
#: Surrogates are repaired.
REPAIRING: Final = Model(BYTES, surrogates="replace")

#: `aa` is a token, under both semantics.
RUNS: Final = Model(BYTES | {256: b"aa"}, merges=((A, A, 256),))
RUNS_BY_RANK: Final = Model(BYTES | {256: b"aa"})

#: The merges that training on `aaabdaaabac` gives by first appearance.
EXAMPLE: Final = Model(
    BYTES | {256: b"aa", 257: b"aaa", 258: b"aaab"}, merges=((A, A, 256), (256, A, 257), (257, B, 258))
)

#: `abc` is a token, and no other token leads to it.
UNREACHED: Final = Model(BYTES | {256: b"abc"})
UNREACHED_WITH_SHORTCUT: Final = UNREACHED.change(whole_pre_token=True)
