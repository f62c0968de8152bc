"""One character for each kind that the named patterns can tell apart: short texts of them are all texts that matter."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from bpe.patterns import NAMED_PATTERNS, Pattern, resolve_pattern

#: A code point that no version of Unicode assigned up to 16 and every later one has, so that `regex` releases differ on it.
NEW_LETTER = "\U000323b0"

#: What all patterns but o200k tell apart.
# s stands for the contraction letters that are one, v for r too; ſ equals s where case is ignored.
KINDS = ("s", "ſ", "v", "e", "l", "A", "1", " ", "\t", "\n", "\r", "'", "!", "\u0301", NEW_LETTER)
_CASED_KINDS = (*KINDS, "a", "S", "V", "E", "L", "ǅ", "ʰ", "中", "/", "\u3000")

ALPHABETS = {name: _CASED_KINDS if name == "o200k_base" else KINDS for name in NAMED_PATTERNS}

#: Fewer, for what is to be checked of two texts at once.
SMALL_ALPHABETS = {
    name: ("s", "l", "A", "1", " ", "\t", "\n", "'", "!", *(("中", "\u0301", "/") if name == "o200k_base" else ()))
    for name in NAMED_PATTERNS
}


def short_texts(alphabet: tuple[str, ...], longest: int) -> Iterator[str]:
    """Yield all texts over an alphabet up to a length, the empty one first."""
    for length in range(longest + 1):
        yield from map("".join, product(alphabet, repeat=length))


def named(name: str) -> Pattern:
    """Return the pattern of this name."""
    pattern = resolve_pattern(name)
    assert pattern is not None
    return pattern
