"""The class of the character at a position of UTF-8, by two tables.

Stage: text to pre-tokens; what the scanners ask of each character that is not ASCII.
Layout: `blocks` has for each 128 code points the number of a block, `classes` the 128 classes of each distinct block.
Invariant: a class is that of `bpe.unicode_classes`, so scanners and patterns speak of one Unicode version (P6).
"""

from __future__ import annotations

from typing import Final

from librt.strings import read_i64_le
from librt.vecs import append, vec
from mypy_extensions import i16, i64, u8

from bpe.unicode_classes import class_ranges

# What the patterns can tell apart; END is no character, it stands after the text.
OTHER: Final[i64] = 0
UPPER: Final[i64] = 1
LOWER: Final[i64] = 2
LETTER: Final[i64] = 3
MARK: Final[i64] = 4
NUMBER: Final[i64] = 5
SPACE: Final[i64] = 6
NEWLINE: Final[i64] = 7
END: Final[i64] = 8

#: Follows the text: no UTF-8 has this byte, so every run of characters ends here, and reads of eight bytes stay inside.
PADDING: Final = b"\xff" * 32

_MEMBERS: Final = (
    (UPPER, ("Lu", "Lt")),
    (LOWER, ("Ll",)),
    (LETTER, ("Lm", "Lo")),
    (MARK, ("M",)),
    (NUMBER, ("N",)),
    (SPACE, ("White_Space",)),
)


def _class_of_each() -> bytearray:
    row = bytearray(0x110000)
    for number, names in _MEMBERS:
        for name in names:
            for first, last in class_ranges(name):
                row[first : last + 1] = bytes([int(number)]) * (last + 1 - first)
    for newline in b"\r\n":
        row[newline] = int(NEWLINE)
    return row


def _make_tables() -> tuple[vec[i16], vec[u8]]:
    row = bytes(_class_of_each())
    numbers: dict[bytes, int] = {}
    blocks: vec[i16] = vec[i16]()
    classes: vec[u8] = vec[u8]()
    for start in range(0, 0x110000, 128):
        block = row[start : start + 128]
        if block not in numbers:
            numbers[block] = len(numbers)
            for value in block:
                classes = append(classes, u8(value))
        blocks = append(blocks, i16(numbers[block]))
    return blocks, classes


class CharacterClasses:
    """The two tables."""

    def __init__(self) -> None:
        self.blocks, self.classes = _make_tables()


def class_at(text: bytes, at: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    """Return `class << 4 | length in bytes` of the character at a position; `END << 4` after the text."""
    word = read_i64_le(text, at)
    first = word & 0xFF
    if first < 0x80:
        return i64(classes[first]) << 4 | 1  # block 0 is the first
    if first < 0xE0:
        return _class_of((first & 0x1F) << 6 | (word >> 8) & 0x3F, blocks, classes) | 2
    if first < 0xF0:
        code_point = (first & 0x0F) << 12 | ((word >> 8) & 0x3F) << 6 | (word >> 16) & 0x3F
        return _class_of(code_point, blocks, classes) | 3
    if first < 0xF8:
        high = (first & 0x07) << 18 | ((word >> 8) & 0x3F) << 12
        return _class_of(high | ((word >> 16) & 0x3F) << 6 | (word >> 24) & 0x3F, blocks, classes) | 4
    return END << 4


def _class_of(code_point: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    block = i64(blocks[code_point >> 7])
    return i64(classes[block << 7 | code_point & 0x7F]) << 4
