"""Where the next pre-token ends: one scanner for each family of named patterns.

Stage: text to pre-tokens.
Layout: the text is UTF-8 with `PADDING` behind it, so a run of any class ends at the latest where the text does.
Invariant: from where one pre-token ends, the next ends where the named pattern's match would (P1, P6); a property compares the two.

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
    LETTERS,
    LOWER,
    MARK,
    NEWLINE,
    NUMBER,
    OTHER,
    OTHERS,
    SPACE,
    UPPER,
    WHITE_SPACE,
    class_of,
    skip,
    skip_one,
)

# The families. Those of cl100k differ in how many digits a number takes, and in white space at the end of the text.
GPT2: Final[i64] = 0
CL100K_BASE: Final[i64] = 1
CL100K_ORIGINAL: Final[i64] = 2
QWEN2: Final[i64] = 3
O200K: Final[i64] = 4
#: No pattern: the whole text is one pre-token.
WHOLE: Final[i64] = 5

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


def next_end(text: bytes, at: i64, stop: i64, family: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    """Return where the pre-token that begins at `at` ends; `stop` is where the text does."""
    if family == GPT2:
        return _next_gpt2(text, at, blocks, classes)
    if family == O200K:
        return _next_o200k(text, at, blocks, classes)
    if family == WHOLE:
        return stop
    return _next_cl100k(text, at, family, blocks, classes)


def _next_gpt2(text: bytes, at: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    word = read_i64_le(text, at)
    first = word & 0xFF
    if first == _APOSTROPHE:
        length = contraction_length(text, at, False)
        if length:
            return at + length
    start = at
    kind = class_of(word, blocks, classes)
    if first == _BLANK:
        following = class_of(word >> 8, blocks, classes)
        if following & ~WHITE_SPACE:
            start = at + 1
            kind = following
    if kind & LETTERS:
        return skip(text, start, LETTERS, blocks, classes)
    if kind & OTHERS:
        return skip(text, start, OTHERS, blocks, classes)
    if kind == NUMBER:
        return skip(text, start, NUMBER, blocks, classes)
    return _white_space_end(text, at, GPT2, blocks, classes)


def _next_cl100k(text: bytes, at: i64, family: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    word = read_i64_le(text, at)
    first = word & 0xFF
    kind = class_of(word, blocks, classes)
    if kind & LETTERS:
        return skip(text, at, LETTERS, blocks, classes)
    after = skip_one(text, at)
    if kind == NUMBER:
        return after if family == QWEN2 else _skip_two_digits(text, after, blocks, classes)
    if first == _APOSTROPHE:
        length = contraction_length(text, at, True)
        if length:
            return at + length
    if kind == NEWLINE:
        return _white_space_end(text, at, family, blocks, classes)
    following = class_of(read_i64_le(text, after), blocks, classes)
    if following & LETTERS:
        return skip(text, after, LETTERS, blocks, classes)
    if kind == SPACE and not (first == _BLANK and following & OTHERS):
        return _white_space_end(text, at, family, blocks, classes)
    return _skip_line_breaks(text, skip(text, after, OTHERS, blocks, classes), False)


def _next_o200k(text: bytes, at: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    word = read_i64_le(text, at)
    kind = class_of(word, blocks, classes)
    if kind & (LETTERS | MARK):
        # subtle: a mark may be the character before a word or belong to the word; either way the word ends alike.
        return _word_end(text, at, blocks, classes)
    after = skip_one(text, at)
    if kind == NUMBER:
        return _skip_two_digits(text, after, blocks, classes)
    if kind == NEWLINE:
        return _white_space_end(text, at, O200K, blocks, classes)
    following = class_of(read_i64_le(text, after), blocks, classes)
    if following & (LETTERS | MARK):
        return _word_end(text, after, blocks, classes)
    if kind == SPACE and not (word & 0xFF == _BLANK and following == OTHER):
        return _white_space_end(text, at, O200K, blocks, classes)
    return _skip_line_breaks(text, skip(text, after, OTHERS, blocks, classes), True)


def _word_end(text: bytes, start: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    """Return where o200k's word ends: capitals, then at least one letter that is none; or capitals alone.

    Letters without case and marks count as either.
    Where nothing follows the capitals, the word goes back to the last character that may stand at its end.
    """
    at = start
    last: i64 = 0
    while True:
        at = skip(text, at, UPPER, blocks, classes)
        both = skip(text, at, LETTER | MARK, blocks, classes)
        if both == at:
            break
        at = last = both
    lower = skip(text, at, LOWER | LETTER | MARK, blocks, classes)
    if lower > at:
        at = lower
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


def _skip_two_digits(text: bytes, at: i64, blocks: vec[i16], classes: vec[u8]) -> i64:
    """Return where the number ends whose first digit ends at `at`: it takes at most two more."""
    if class_of(read_i64_le(text, at), blocks, classes) != NUMBER:
        return at
    at = skip_one(text, at)
    return skip_one(text, at) if class_of(read_i64_le(text, at), blocks, classes) == NUMBER else at


def _skip_line_breaks(text: bytes, at: i64, slashes: bool) -> i64:
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
    kind: i64 = SPACE
    while kind & WHITE_SPACE:
        word = read_i64_le(text, at)
        first = word & 0xFF
        if first == _BLANK:  # needs no look-up
            last = at
            at += 1
        else:
            kind = class_of(word, blocks, classes)
            if kind & WHITE_SPACE:
                last = at
                at = skip_one(text, at)
                if kind == NEWLINE:
                    newline = at
    if family <= CL100K_BASE and kind == END:
        return at
    if family != GPT2 and newline:
        return newline
    # The last one is left to what follows, unless nothing does or there is no other.
    return last if last > start and kind != END else at
