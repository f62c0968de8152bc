"""Flat rows: empty ones, longer ones with the same content, and the masks of the bytes of a word.

Stage: used by every other kernel that keeps rows.
Layout: *words* are of 64 bits, *halves* of 32.
Invariant: a row that has grown begins with what it had, and the rest is zero.
"""

from __future__ import annotations

from librt.vecs import vec
from mypy_extensions import i32, i64


def empty_words(size: i64) -> vec[i64]:
    """Return so many zeros."""
    return vec[i64]([i64(0)] * size)


def empty_halves(size: i64) -> vec[i32]:
    """Return so many zeros of 32 bits."""
    return vec[i32]([i32(0)] * size)


def grown(size: i64, least: i64) -> i64:
    """Return a size of at least `least` that makes growing again and again linear."""
    return max(size + (size >> 1), least)


def copy_words(old: vec[i64], size: i64) -> vec[i64]:
    """Return the same words with room for more."""
    new = empty_words(size)
    index: i64 = 0
    for word in old:
        new[index] = word
        index += 1
    return new


def copy_halves(old: vec[i32], size: i64) -> vec[i32]:
    """Return the same numbers with room for more."""
    new = empty_halves(size)
    index: i64 = 0
    for half in old:
        new[index] = half
        index += 1
    return new


def byte_masks() -> vec[i64]:
    """Return for each number from 0 to 8 the mask of so many bytes."""
    return vec[i64]([0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF, 0xFFFFFFFFFFFF, 0xFFFFFFFFFFFFFF, -1])
