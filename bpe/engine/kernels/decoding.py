"""Decoding by putting tokens together eight bytes at a time, into one allocation.

Stage: ids to bytes.
Layout: for each id one word: up to seven bytes and, in the highest byte, how many there are; 0 where the id is none; of a longer token `-1 - n`, where `starts[n]` and `starts[n + 1]` say where it stands in `long_tokens`.
Invariant: the bytes are those of the ids in order (D1); where an id is none, nothing is returned and the definition is asked what to say (D2).
"""

from __future__ import annotations

from typing import Any, Final, final

from librt.strings import BytesWriter, read_i64_le, write_i64_le
from librt.vecs import append, vec
from mypy_extensions import i64

from bpe.engine.kernels.character_classes import PADDING
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
        self.words: vec[i64] = vec[i64]([i64(0)] * size)
        self.masks: vec[i64] = byte_masks()
        joined = b"".join(token_bytes.values()) + PADDING  # one copy, not one for each token
        at: i64 = 0
        long_tokens: list[bytes] = []
        starts: vec[i64] = vec[i64]([0])
        start: i64 = 0
        for token_id, token in token_bytes.items():
            length: i64 = len(token)
            index: i64 = token_id
            if length < 8:
                self.words[index] = (read_i64_le(joined, at) & self.masks[length]) | length << 56
            else:
                self.words[index] = -1 - i64(len(long_tokens))
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
        size = i64(len(words))
        most = 8 * min(i64(len(ids)), _BUFFER)
        buffer = vec[i64]([i64(0)] * ((most >> 3) + 2))
        writer = BytesWriter()
        at: i64 = 0  # in the buffer, in bytes
        held: i64 = 0  # what the word of the buffer at that place has so far
        for value in ids:
            if isinstance(value, bool) or not isinstance(value, int):
                return None
            index = i64(value)
            if index < 0 or index >= size:
                return None
            word = words[index]
            if word <= 0:
                if word == 0:
                    return None
                # Whole words first; what is left is then like a short token.
                start = self.starts[-1 - word]
                length = self.starts[-word] - start
                while length >= 8:
                    if at >= most:
                        _give_away(buffer, at >> 3, writer)
                        at &= 7
                    word = read_i64_le(self.long_tokens, start)
                    filled = at & 7
                    buffer[at >> 3] = held | word << (8 * filled)
                    held = (word >> (64 - 8 * filled)) & masks[filled] if filled else i64(0)
                    at += 8
                    start += 8
                    length -= 8
                word = read_i64_le(self.long_tokens, start) & masks[length]
            else:
                length = word >> 56
                word &= 0xFFFFFFFFFFFFFF
            # subtle: no branch, for none could be foreseen. What goes beyond the word is what the next one has so far.
            bit = 8 * (at & 7)
            held |= word << bit
            buffer[at >> 3] = held
            beyond = (word >> 1) >> (63 - bit)
            goes_on = -((bit + 8 * length) >> 6)
            held = (beyond & goes_on) | (held & ~goes_on)
            at += length
            if at >= most:
                _give_away(buffer, at >> 3, writer)
                at &= 7
        buffer[at >> 3] = held
        _give_away(buffer, (at >> 3) + 1, writer)
        writer.truncate(i64(len(writer)) - 8 + (at & 7))
        return writer.getvalue()


def _give_away(buffer: vec[i64], count: i64, writer: BytesWriter) -> None:
    """Write the first words of the buffer behind what has been written."""
    index: i64 = 0
    while index < count:
        write_i64_le(writer, buffer[index])
        index += 1


def byte_masks() -> vec[i64]:
    """Return for each number from 0 to 8 the mask of so many bytes."""
    return vec[i64]([0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF, 0xFFFFFFFFFFFF, 0xFFFFFFFFFFFFFF, -1])
