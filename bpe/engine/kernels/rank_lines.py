"""The lines of a rank file, read in one pass: base64, one blank, digits, a line feed.

Stage: a file's bytes to tokens and ids, before there is a vocabulary.
Layout: all tokens are written into one row of bytes, one after the other, and then cut out of it; `stops` has where each ends, `ids` its rank.
Invariant: what is read is what `bpe.files.tiktoken_ranks` reads by lines; where anything is amiss, nothing is returned, and that reads it again and says what.

A spelling is taken only if it is the one that would be written: full groups of four, no bits to spare at the end, no zeros before a number.
"""

from __future__ import annotations

from typing import Final

from librt.strings import BytesWriter, read_i64_le
from librt.vecs import append, vec
from mypy_extensions import i32, i64, u8

from bpe.engine.kernels.character_classes import PADDING

_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

#: What is in no alphabet; greater than every value of six bits.
_NONE: Final[i64] = 64

_MOST_ID: Final[i64] = (1 << 32) - 1

#: So many have positions of 32 bits.
_MOST_BYTES: Final[i64] = (1 << 31) - 1


def read_rank_lines(data: bytes) -> dict[int, bytes] | None:
    """Return each token's bytes by rank, or `None` where anything is amiss."""
    stop: i64 = len(data)
    if stop > _MOST_BYTES:
        return None
    text = data + PADDING
    values = _values()
    writer = BytesWriter()
    stops: vec[i32] = vec[i32]()
    ids: vec[i64] = vec[i64]()
    at: i64 = 0
    while at < stop:
        at = _read_token(text, at, values, writer)
        if at < 0:
            return None
        first = read_i64_le(text, at) & 0xFF
        rank: i64 = 0
        begun = at
        digit = first - 0x30
        while 0 <= digit < 10 and rank <= _MOST_ID:
            rank = rank * 10 + digit
            at += 1
            digit = (read_i64_le(text, at) & 0xFF) - 0x30
        if at == begun or rank > _MOST_ID or (first == 0x30 and at > begun + 1) or digit != 0x0A - 0x30:
            return None
        at += 1
        stops = append(stops, i32(len(writer)))
        ids = append(ids, rank)
    return _cut(writer.getvalue(), stops, ids)


def _cut(tokens: bytes, stops: vec[i32], ids: vec[i64]) -> dict[int, bytes] | None:
    """Return the tokens by id, or `None` where an id or a token comes twice."""
    by_id: dict[int, bytes] = {}
    start: i64 = 0
    index: i64 = 0
    count = i64(len(ids))
    while index < count:
        end = i64(stops[index])
        by_id[ids[index]] = tokens[start:end]
        start = end
        index += 1
    return by_id if len(by_id) == count and len(set(by_id.values())) == count else None


def _values() -> vec[i64]:
    values = vec[i64]([_NONE] * 256)
    value: i64 = 0
    for character in _ALPHABET:
        values[i64(character)] = value
        value += 1
    return values


def _read_token(text: bytes, at: i64, values: vec[i64], writer: BytesWriter) -> i64:
    """Write the bytes that the base64 at a position spells, and return where the blank after it ends; -1 where anything is amiss."""
    begun = at
    while True:
        word = read_i64_le(text, at)
        first = values[word & 0xFF]
        second = values[(word >> 8) & 0xFF]
        if first == _NONE or second == _NONE:
            return at + 1 if word & 0xFF == 0x20 and at > begun else -1
        third = values[(word >> 16) & 0xFF]
        fourth = values[(word >> 24) & 0xFF]
        if third == _NONE or fourth == _NONE:
            return _read_last(word, first << 6 | second, third, at, writer)
        group = first << 18 | second << 12 | third << 6 | fourth
        writer.append(u8(group >> 16))
        writer.append(u8((group >> 8) & 0xFF))
        writer.append(u8(group & 0xFF))
        at += 4


def _read_last(word: i64, bits: i64, third: i64, at: i64, writer: BytesWriter) -> i64:
    """Write the one or two bytes of a last group, whose end is made up with `=`."""
    if word >> 24 & 0xFFFF != 0x203D:
        return -1
    if third == _NONE:
        if (word >> 16) & 0xFF != 0x3D or bits & 0xF:
            return -1
        writer.append(u8(bits >> 4))
        return at + 5
    if third & 0x3:
        return -1
    writer.append(u8(bits >> 4))
    writer.append(u8((bits & 0xF) << 4 | third >> 2))
    return at + 5
