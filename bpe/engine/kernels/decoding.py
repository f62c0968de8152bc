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
        words = self.words
        size = i64(len(words))
        writer = BytesWriter()
        held: i64 = 0  # bytes that do not fill a word yet
        filled: i64 = 0  # how many
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
                at = self.starts[-1 - word]
                length = self.starts[-word] - at
                while length >= 8:
                    word = read_i64_le(self.long_tokens, at)
                    write_i64_le(writer, held | word << (8 * filled))
                    if filled:
                        held = (word >> (64 - 8 * filled)) & self.masks[filled]
                    at += 8
                    length -= 8
                word = read_i64_le(self.long_tokens, at) & self.masks[length]
            else:
                length = word >> 56
                word &= 0xFFFFFFFFFFFFFF
            held |= word << (8 * filled)
            filled += length
            if filled >= 8:
                write_i64_le(writer, held)
                filled -= 8
                # Of the last token, which is not empty, `filled` bytes are left: fewer than it has.
                held = word >> (8 * (length - filled))
        write_i64_le(writer, held)
        writer.truncate(i64(len(writer)) - 8 + filled)
        return writer.getvalue()


def byte_masks() -> vec[i64]:
    """Return for each number from 0 to 8 the mask of so many bytes."""
    return vec[i64]([0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF, 0xFFFFFFFFFFFF, 0xFFFFFFFFFFFFFF, -1])
