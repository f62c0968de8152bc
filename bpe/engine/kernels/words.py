"""ASCII words, eight bytes at a time: the pre-tokens that most texts mostly consist of.

Stage: text to pre-tokens, before the scanner of `pre_split` is asked.
Layout: a word of eight bytes, little-endian; a mask has 0x80 in each byte of which something holds.
Invariant: an end found here is the one that the scanner would find; where this cannot tell, it says 0 (P1).
"""

from __future__ import annotations

from librt.strings import read_i64_le
from mypy_extensions import i64

from bpe.engine.kernels.pre_split import O200K


def ascii_word_end(text: bytes, at: i64, word: i64, family: i64) -> i64:
    """Return where the ASCII word ends that begins at `at`, perhaps with a blank; 0 where there is none, or one of over 15 bytes."""
    if family >= O200K:
        return _cased_word_end(text, at, word) if family == O200K else 0
    no_letter = ~_letters(word) & _high_bits()
    if word & 0xFF == 0x20:
        no_letter &= ~0x80
    if no_letter & 0x80:
        return 0
    if no_letter:
        length = _lowest(no_letter)
        if length == 1 and word & 0xFF == 0x20:
            return 0
        return at + length if read_i64_le(text, at + length) & 0x80 == 0 else 0
    no_letter = ~_letters(read_i64_le(text, at + 8)) & _high_bits()
    if not no_letter:
        return 0
    end = at + 8 + _lowest(no_letter)
    return end if read_i64_le(text, end) & 0x80 == 0 else 0


def _cased_word_end(text: bytes, at: i64, word: i64) -> i64:
    """Return where a word of capitals, then small letters ends; o200k begins another where a capital follows a small letter."""
    no_capital = ~_capitals(word) & _high_bits()
    if word & 0xFF == 0x20:
        no_capital &= ~0x80
    if not no_capital:
        return 0
    # From the first that is no capital on, all must be small.
    above = no_capital | -no_capital
    no_small = ~_small_letters(word) & _high_bits() & above
    if no_small:
        length = _lowest(no_small)
        if length == 0 or (length == 1 and word & 0xFF == 0x20):
            return 0
        end = at + length
    else:
        no_small = ~_small_letters(read_i64_le(text, at + 8)) & _high_bits()
        if not no_small:
            return 0
        end = at + 8 + _lowest(no_small)
    following = read_i64_le(text, end) & 0xFF
    return end if following < 0x80 and following != 0x27 else 0


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
