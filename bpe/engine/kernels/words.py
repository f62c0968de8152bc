"""ASCII words, eight bytes at a time: the pre-tokens that most texts mostly consist of.

Stage: text to pre-tokens, before the scanner of `pre_split` is asked.
Layout: a word of eight bytes, little-endian; a mask has 0x80 in each byte of which something holds.
Invariant: an end found here is the one that the scanner would find; where this cannot tell, it says 0 (P1).
"""

from __future__ import annotations

from librt.strings import read_i64_le
from mypy_extensions import i64

from bpe.engine.kernels.character_classes import PAD
from bpe.engine.kernels.pre_split import GPT2, O200K


def ascii_word_end(text: bytes, at: i64, word: i64, family: i64) -> i64:
    """Return where the ASCII word ends that begins at `at`, perhaps with what a word takes along; 0 where there is none, or one of over 15 bytes."""
    if family > O200K:
        return 0
    letters = _letters(word)
    before: i64 = 0  # 0x80 if the first byte is no letter
    if letters & 0x80 == 0:
        if letters & 0x8000 == 0 or not _stands_before_words(word & 0xFF, family):
            return 0
        before = 0x80
    if family == O200K:
        return _cased_word_end(text, at, word, before)
    no_letter = ~(letters | before) & _high_bits()
    if no_letter:
        return _end_before_ascii(text, at + _lowest(no_letter))
    no_letter = ~_letters(read_i64_le(text, at + 8)) & _high_bits()
    if not no_letter:
        return 0
    return _end_before_ascii(text, at + 8 + _lowest(no_letter))


def _stands_before_words(first: i64, family: i64) -> bool:
    """Tell whether words take this byte along, which is no letter: any but a line break or a number, and in GPT-2's pattern a blank."""
    if first == 0x20:
        return True
    if family == GPT2 or first >= 0x80 or first == 0x0A or first == 0x0D or 0x30 <= first <= 0x39:
        return False
    # In cl100k's family an apostrophe may begin a contraction, which comes first.
    return family == O200K or first != 0x27


def _end_before_ascii(text: bytes, end: i64) -> i64:
    """Return an end where ASCII follows, which cannot be a letter, or nothing but the padding, and else 0."""
    following = read_i64_le(text, end) & 0xFF
    if following & 0x80 and following != PAD:
        return 0
    return end


def _cased_word_end(text: bytes, at: i64, word: i64, before: i64) -> i64:
    """Return where a word of capitals, then small letters ends; o200k begins another where a capital follows a small letter."""
    no_capital = ~(_capitals(word) | before) & _high_bits()
    if not no_capital:
        return 0
    # From the first that is no capital on, all must be small.
    no_small = ~_small_letters(word) & _high_bits() & (no_capital | -no_capital)
    if no_small:
        end = at + _lowest(no_small)
    else:
        no_small = ~_small_letters(read_i64_le(text, at + 8)) & _high_bits()
        if not no_small:
            return 0
        end = at + 8 + _lowest(no_small)
    if read_i64_le(text, end) & 0xFF == 0x27:
        return 0
    return _end_before_ascii(text, end)


def _high_bits() -> i64:
    # subtle: constants of 2 ** 62 and more are boxed at every use; this one is made of a smaller one.
    half: i64 = 0x2020202020202020
    return half << 2


def _low_bits() -> i64:
    half: i64 = 0x3F3F3F3F3F3F3F3F
    return half << 1 | 0x0101010101010101


def _letters(word: i64) -> i64:
    folded = (word & _low_bits()) | 0x2020202020202020
    return (folded + 0x1F1F1F1F1F1F1F1F) & ~(folded + 0x0505050505050505) & ~word


def _small_letters(word: i64) -> i64:
    low = word & _low_bits()
    return (low + 0x1F1F1F1F1F1F1F1F) & ~(low + 0x0505050505050505) & ~word


def _capitals(word: i64) -> i64:
    low = word & _low_bits()
    return (low + 0x3F3F3F3F3F3F3F3F) & ~(low + 0x2525252525252525) & ~word


def _lowest(mask: i64) -> i64:
    """Return the number of the lowest byte of a mask, from 0 to 7; the mask is not 0."""
    one = ((mask & -mask) >> 7) & 0x0101010101010101
    return ((one * 0x0001020304050607) >> 56) & 0xFF
