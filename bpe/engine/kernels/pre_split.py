"""Where the next pre-token ends: one scanner for each family of named patterns.

Stage: text to pre-tokens.
Invariant: from where one pre-token ends, the next ends where the named pattern's match would (P1, P6); a property compares the two.
Layout: the text is UTF-8 with `PADDING` behind it, so a run of any class ends at the latest where the text does.

Each scanner is the pattern read as a program: what the first character and the one after it are decides the alternative, and each alternative is a run of one class.
"""

from __future__ import annotations

from typing import Final

from librt.strings import read_i64_le
from librt.vecs import vec
from mypy_extensions import i16, i64, u8

from bpe.engine.kernels.character_classes import (
    END,
    LETTER,
    LOWER,
    MARK,
    NEWLINE,
    NUMBER,
    OTHER,
    SPACE,
    UPPER,
    class_at,
)

# The families. Those of cl100k differ in how many digits a number takes, and in white space at the end of the text.
GPT2: Final[i64] = 0
CL100K_BASE: Final[i64] = 1
CL100K_ORIGINAL: Final[i64] = 2
QWEN2: Final[i64] = 3
O200K: Final[i64] = 4

#: The family of each named pattern.
FAMILIES: Final = {
    "gpt2": int(GPT2),
    "cl100k_base": int(CL100K_BASE),
    "cl100k_original": int(CL100K_ORIGINAL),
    "qwen2": int(QWEN2),
    "o200k_base": int(O200K),
}

_APOSTROPHE: Final[i64] = 0x27
_SLASH: Final[i64] = 0x2F
_BLANK: Final[i64] = 0x20


def next_end(text: bytes, at: i64, family: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    """Return where the pre-token that begins at `at` ends."""
    if family == GPT2:
        return _next_gpt2(text, at, blocks, classes)
    if family == O200K:
        return _next_o200k(text, at, blocks, classes)
    return _next_cl100k(text, at, family, blocks, classes)


def _next_gpt2(text: bytes, at: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    first = read_i64_le(text, at) & 0xFF
    if first == _APOSTROPHE:
        length = contraction_length(text, at, False)
        if length:
            return at + length
    start = at
    step = class_at(text, at, blocks, classes)
    if first == _BLANK:
        following = class_at(text, at + 1, blocks, classes)
        if following >> 4 < SPACE:
            start, step = at + 1, following
    kind = step >> 4
    if kind == NUMBER:
        return _skip_numbers(text, start, blocks, classes)
    if kind == OTHER or kind == MARK:
        return _skip_others(text, start, blocks, classes)
    if kind < MARK:
        return skip_letters(text, start, blocks, classes)
    return _white_space_end(text, at, GPT2, blocks, classes)


def _next_cl100k(text: bytes, at: i64, family: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    step = class_at(text, at, blocks, classes)
    kind = step >> 4
    after = at + (step & 15)
    if UPPER <= kind <= LETTER:
        return skip_letters(text, after, blocks, classes)
    if kind == NUMBER:
        return after if family == QWEN2 else _skip_digits(text, after, 2, blocks, classes)
    first = read_i64_le(text, at) & 0xFF
    if first == _APOSTROPHE:
        length = contraction_length(text, at, True)
        if length:
            return at + length
    if kind == NEWLINE:
        return _white_space_end(text, at, family, blocks, classes)
    following = class_at(text, after, blocks, classes) >> 4
    if UPPER <= following <= LETTER:
        return skip_letters(text, after, blocks, classes)
    if kind == SPACE and not (first == _BLANK and (following == OTHER or following == MARK)):
        return _white_space_end(text, at, family, blocks, classes)
    return _skip_newlines(text, _skip_others(text, after, blocks, classes), False)


def _next_o200k(text: bytes, at: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    step = class_at(text, at, blocks, classes)
    kind = step >> 4
    after = at + (step & 15)
    if UPPER <= kind <= MARK:
        # subtle: a mark may be the character before a word or belong to the word; either way the word ends alike.
        return _word_end(text, at, blocks, classes)
    if kind == NUMBER:
        return _skip_digits(text, after, 2, blocks, classes)
    if kind == NEWLINE:
        return _white_space_end(text, at, O200K, blocks, classes)
    following = class_at(text, after, blocks, classes) >> 4
    if UPPER <= following <= MARK:
        return _word_end(text, after, blocks, classes)
    if kind == SPACE and not (read_i64_le(text, at) & 0xFF == _BLANK and following == OTHER):
        return _white_space_end(text, at, O200K, blocks, classes)
    return _skip_newlines(text, _skip_others(text, after, blocks, classes), True)


def _word_end(text: bytes, start: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    """Return where o200k's word ends: capitals, then at least one letter that is none; or capitals alone.

    Letters without case and marks count as either.
    Where nothing follows the capitals, the word goes back to the last character that may stand at its end.
    """
    at = start
    last: i64 = 0
    step = class_at(text, at, blocks, classes)
    while step >> 4 == UPPER or step >> 4 == LETTER or step >> 4 == MARK:
        at += step & 15
        if step >> 4 != UPPER:
            last = at
        step = class_at(text, at, blocks, classes)
    if step >> 4 == LOWER:
        while LOWER <= step >> 4 <= MARK:
            at += step & 15
            step = class_at(text, at, blocks, classes)
    elif last:
        at = last
    if read_i64_le(text, at) & 0xFF == _APOSTROPHE:
        return at + contraction_length(text, at, True)
    return at


def contraction_length(text: bytes, at: i64, any_case: bool) -> i64:
    """Return how many bytes the contraction that begins with the apostrophe at `at` has, or 0."""
    word = read_i64_le(text, at + 1)
    first = word & 0xFF
    second = (word >> 8) & 0xFF
    if any_case:
        if first == 0xC5 and second == 0xBF:  # U+017F is an s where case is ignored
            return 3
        first |= 0x20
        second |= 0x20
    if first == 0x73 or first == 0x64 or first == 0x6D or first == 0x74:  # s d m t
        return 2
    if first == 0x6C:  # ll
        return 3 if second == 0x6C else 0
    if first == 0x76 or first == 0x72:  # ve re
        return 3 if second == 0x65 else 0
    return 0


def skip_letters(text: bytes, at: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    """Return where the run of letters at `at` ends."""
    step = class_at(text, at, blocks, classes)
    while UPPER <= step >> 4 <= LETTER:
        at += step & 15
        step = class_at(text, at, blocks, classes)
    return at


def _skip_numbers(text: bytes, at: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    step = class_at(text, at, blocks, classes)
    while step >> 4 == NUMBER:
        at += step & 15
        step = class_at(text, at, blocks, classes)
    return at


def _skip_digits(text: bytes, at: i64, most: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    step = class_at(text, at, blocks, classes)
    while most and step >> 4 == NUMBER:
        at += step & 15
        most -= 1
        step = class_at(text, at, blocks, classes)
    return at


def _skip_others(text: bytes, at: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    step = class_at(text, at, blocks, classes)
    while step >> 4 == OTHER or step >> 4 == MARK:
        at += step & 15
        step = class_at(text, at, blocks, classes)
    return at


def _skip_newlines(text: bytes, at: i64, slashes: bool) -> i64:
    value = read_i64_le(text, at) & 0xFF
    while value == 0x0A or value == 0x0D or (slashes and value == _SLASH):
        at += 1
        value = read_i64_le(text, at) & 0xFF
    return at


def _white_space_end(text: bytes, at: i64, family: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    """Return where the pre-token ends that begins with white space which no word takes along."""
    start = at
    last = at  # where the last character of the run begins
    newline: i64 = 0  # where the last line break of the run ends
    step = class_at(text, at, blocks, classes)
    while step >> 4 == SPACE or step >> 4 == NEWLINE:
        last = at
        at += step & 15
        if step >> 4 == NEWLINE:
            newline = at
        step = class_at(text, at, blocks, classes)
    if family <= CL100K_BASE and step >> 4 == END:
        return at
    if family != GPT2 and newline:
        return newline
    # The last one is left to what follows, unless nothing does or there is no other.
    return last if last > start and step >> 4 != END else at
