"""Decoding by putting tokens together eight bytes at a time, into one allocation.

Stage: ids to bytes.
Layout: for each id two words: the first eight bytes; up to seven more and, in the highest byte, how many there are in all. The second is 0 where the id is none, and of a token of 16 bytes or more `-1 - n`, where `starts[n]` and `starts[n + 1]` say where it stands in `long_tokens`.
Invariant: the bytes are those of the ids in order (D1); where an id is none, nothing is returned and the definition is asked what to say (D2).
"""

from __future__ import annotations

from typing import Any, Final, final

from librt.strings import BytesWriter, read_i64_le, write_i64_le
from librt.vecs import append, vec
from mypy_extensions import i64

from bpe.engine.kernels.character_classes import PADDING
from bpe.engine.kernels.rows import byte_masks
from bpe.vocabulary import TokenId

#: So many words are written before they are given away.
_BUFFER: Final[i64] = 1 << 12

#: Ids from here on are left to the portable engine, whose table has no gaps.
MOST_IDS: Final = 1 << 22


@final
class Decoder:
    """The bytes of each id."""

    def __init__(self, token_bytes: dict[TokenId, bytes]) -> None:
        size: i64 = 1 + max(token_bytes)
        self.words: vec[i64] = vec[i64]([i64(0)] * (2 * size))
        self.masks: vec[i64] = byte_masks()
        joined = b"".join(token_bytes.values()) + PADDING  # one copy, not one for each token
        at: i64 = 0
        long_tokens: list[bytes] = []
        starts: vec[i64] = vec[i64]([0])
        start: i64 = 0
        for token_id, token in token_bytes.items():
            length: i64 = len(token)
            index: i64 = token_id
            if length < 16:
                self.words[2 * index] = read_i64_le(joined, at) & self.masks[min(length, 8)]
                more = max(length - 8, i64(0))
                self.words[2 * index + 1] = (read_i64_le(joined, at + 8) & self.masks[more]) | length << 56
            else:
                self.words[2 * index + 1] = -1 - i64(len(long_tokens))
                long_tokens.append(token)
                start += length
                starts = append(starts, start)
            at += length
        self.long_tokens: bytes = b"".join(long_tokens) + PADDING
        self.starts: vec[i64] = starts

    def decode(self, ids: list[Any]) -> bytes | None:
        """Return the bytes of the ids, or `None` where one of them is no plain integer or no id.

        Raises `ValueError` where an integer has more than 64 bits.
        """
        words, masks = self.words, self.masks
        size = i64(len(words)) >> 1
        most = 8 * min(i64(len(ids)), _BUFFER)
        buffer = vec[i64]([i64(0)] * ((most >> 3) + 3))
        writer = BytesWriter()
        at: i64 = 0  # in the buffer, in bytes; from there on its word is zero
        for value in ids:
            if isinstance(value, bool) or not isinstance(value, int):
                return None
            index = i64(value)
            if index < 0 or index >= size:
                return None
            more = words[2 * index + 1]
            if more <= 0:
                if more == 0:
                    return None
                start = self.starts[-1 - more]
                left = self.starts[-more] - start
                while left > 0:
                    length = min(left, i64(8))
                    word = read_i64_le(self.long_tokens, start) & masks[length]
                    bit = 8 * (at & 7)
                    buffer[at >> 3] = buffer[at >> 3] | word << bit
                    buffer[(at >> 3) + 1] = ((word >> 1) >> (63 - bit)) & masks[at & 7]
                    at += length
                    start += length
                    left -= length
                    if at >= most:
                        at = _give_away(buffer, at, writer)
                continue
            # subtle: no branch on the length, for none could be foreseen.
            word = words[2 * index]
            length = more >> 56
            more &= 0xFFFFFFFFFFFFFF
            place = at >> 3
            bit = 8 * (at & 7)
            buffer[place] = buffer[place] | word << bit
            buffer[place + 1] = (((word >> 1) >> (63 - bit)) & masks[at & 7]) | more << bit
            buffer[place + 2] = (more >> 1) >> (63 - bit)
            at += length
            if at >= most:
                at = _give_away(buffer, at, writer)
        written = i64(len(writer)) + at
        _give_away(buffer, at + 7, writer)
        writer.truncate(written)
        return writer.getvalue()


def _give_away(buffer: vec[i64], at: i64, writer: BytesWriter) -> i64:
    """Write the whole words of the buffer that end at or before a place, move what is left to the front, and return where that ends."""
    count = at >> 3
    index: i64 = 0
    while index < count:
        write_i64_le(writer, buffer[index])
        index += 1
    buffer[0] = buffer[count]
    return at & 7
