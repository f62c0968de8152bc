"""The class of the character at a position of UTF-8, by two tables.

Stage: text to pre-tokens; what the scanners ask of each character.
Layout: `blocks` has for each 128 code points the number of a block, `classes` the 128 classes of each distinct block; block 0 is ASCII.
Invariant: a class is that of `bpe.unicode_classes`, so scanners and patterns speak of one Unicode version (P6).

A class is one bit, so that a set of classes is a number, and one `&` asks whether a character is in it.
"""

from __future__ import annotations

from typing import Final, final

from librt.strings import read_i64_le
from librt.vecs import append, vec
from mypy_extensions import i16, i64, u8

from bpe.unicode_classes import class_ranges

# What the patterns can tell apart.
OTHER: Final[i64] = 1
UPPER: Final[i64] = 2
LOWER: Final[i64] = 4
LETTER: Final[i64] = 8
MARK: Final[i64] = 16
NUMBER: Final[i64] = 32
SPACE: Final[i64] = 64
NEWLINE: Final[i64] = 128
#: The text has ended: a member of no set.
END: Final[i64] = 0

LETTERS: Final[i64] = 14
OTHERS: Final[i64] = 17
WHITE_SPACE: Final[i64] = 192

#: Follows the text: no UTF-8 has this byte, so every run of characters ends here, and reads of eight bytes stay inside.
PADDING: Final = b"\xff" * 32

#: The byte that padding is made of.
PAD: Final[i64] = 0xFF

_MEMBERS: Final = (
    (UPPER, ("Lu", "Lt")),
    (LOWER, ("Ll",)),
    (LETTER, ("Lm", "Lo")),
    (MARK, ("M",)),
    (NUMBER, ("N",)),
    (SPACE, ("White_Space",)),
)


@final
class CharacterClasses:
    """The two tables."""

    def __init__(self) -> None:
        row = _class_of_each()
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
        self.blocks: vec[i16] = blocks
        self.classes: vec[u8] = classes

    @staticmethod
    def shared() -> CharacterClasses:
        """Return the one pair of tables that all encoders read."""
        if not _shared:
            _shared.append(CharacterClasses())
        return _shared[0]


_shared: Final[list[CharacterClasses]] = []


def _class_of_each() -> bytes:
    row = bytearray(bytes([int(OTHER)]) * 0x110000)
    for number, names in _MEMBERS:
        for name in names:
            for first, last in class_ranges(name):
                row[first : last + 1] = bytes([int(number)]) * (last + 1 - first)
    for newline in b"\r\n":
        row[newline] = int(NEWLINE)
    return bytes(row)


def class_of(word: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    """Return the class of the character whose UTF-8 begins the eight bytes of a word."""
    first = word & 0xFF
    if first < 0x80:
        return i64(classes[first])
    if first < 0xE0:
        return class_of_two(word, blocks, classes)
    if first < 0xF0:
        return class_of_three(word, blocks, classes)
    return class_of_four(word, blocks, classes) if first < 0xF8 else END


def class_of_character(character: str) -> int:
    """Return the class of a character (clause P6)."""
    tables = CharacterClasses.shared()
    return int(class_of(read_i64_le(character.encode() + PADDING, 0), tables.blocks, tables.classes))


def class_of_two(word: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    """Return the class of a character of two bytes."""
    return class_of_code_point((word & 0x1F) << 6 | (word >> 8) & 0x3F, blocks, classes)


def class_of_three(word: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    """Return the class of a character of three bytes."""
    return class_of_code_point((word & 0x0F) << 12 | ((word >> 8) & 0x3F) << 6 | (word >> 16) & 0x3F, blocks, classes)


def class_of_four(word: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    """Return the class of a character of four bytes."""
    high = (word & 0x07) << 18 | ((word >> 8) & 0x3F) << 12
    return class_of_code_point(high | ((word >> 16) & 0x3F) << 6 | (word >> 24) & 0x3F, blocks, classes)


def class_of_code_point(code_point: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    """Return the class of a code point."""
    return i64(classes[i64(blocks[code_point >> 7]) << 7 | code_point & 0x7F])


def skip_one(text: bytes, at: i64) -> i64:
    """Return where the character at a position ends."""
    first = read_i64_le(text, at) & 0xFF
    if first < 0x80:
        return at + 1
    if first < 0xE0:
        return at + 2
    return at + 3 if first < 0xF0 else at + 4


def skip(text: bytes, at: i64, wanted: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    """Return where the run of characters of the wanted classes ends that begins at a position.

    Each length has a branch of its own: where the next character begins then hangs on a predicted branch, not on the loads of the look-up.
    """
    while True:
        word = read_i64_le(text, at)
        first = word & 0xFF
        if first < 0x80:
            if not i64(classes[first]) & wanted:
                return at
            at += 1
        elif first < 0xE0:
            if not class_of_two(word, blocks, classes) & wanted:
                return at
            at += 2
        elif first < 0xF0:
            if not class_of_three(word, blocks, classes) & wanted:
                return at
            at += 3
        elif first < 0xF8 and class_of_four(word, blocks, classes) & wanted:
            at += 4
        else:
            return at
