"""Where a long text may be cut into blocks without changing its pieces.

Stage: before encoding, so that a text of any size is read block by block.
Layout: the text as it is, a string; characters are looked up in the tables of `character_classes`.
Invariant: the cut is that of `bpe.engine.safe_cuts.last_safe_cut` (P9).
"""

from __future__ import annotations

from librt.vecs import vec
from mypy_extensions import i16, i64, u8

from bpe.engine.kernels.character_classes import (
    LETTERS,
    NEWLINE,
    NUMBER,
    WHITE_SPACE,
    CharacterClasses,
    class_of_code_point,
)
from bpe.engine.kernels.pre_split import FAMILIES, GPT2


def last_cut(text: str, start: i64, stop: i64, family: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    """Return the last safe cut `i` with `start <= i < stop`, or 0; `start` is 1 or more."""
    at = stop - 1
    if at < start:
        return 0
    right = class_of_code_point(ord(text[at]), blocks, classes)
    while at >= start:
        left = class_of_code_point(ord(text[at - 1]), blocks, classes)
        # Most positions are between two letters, and this alone is asked of them.
        if (left | right) & WHITE_SPACE and _is_cut(left, right, text, at, family):
            return at
        right = left
        at -= 1
    return 0


def _is_cut(left: i64, right: i64, text: str, at: i64, family: i64) -> bool:
    if family != GPT2:
        if right == NEWLINE:
            return left & (LETTERS | NUMBER) != 0
        if left == NEWLINE:
            return not right & WHITE_SPACE and ord(text[at]) != 0x2F
    return not left & WHITE_SPACE and right & WHITE_SPACE != 0


def last_safe_cut(text: str, pattern_name: str, start: int, stop: int) -> int | None:
    r"""Return the last safe cut `i` with `start <= i < stop`, or `None`, found as the encoder finds it (clause P9).

    >>> last_safe_cut("one two three", "gpt2", 1, 13)
    7
    """
    tables = CharacterClasses.shared()
    found = last_cut(text, max(start, 1), min(stop, len(text)), FAMILIES[pattern_name], tables.blocks, tables.classes)
    return int(found) if found else None
