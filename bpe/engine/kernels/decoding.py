"""Decoding by putting tokens together eight bytes at a time, into one allocation.

Stage: ids to bytes.
Layout: for each id, `words` has its first eight bytes, `lengths` how many it has, 0 where the id is none, and `starts` where `joined`, all tokens one after the other, has them.
Invariant: the bytes are those of the ids in order (D1); where an id is none, nothing is returned and the definition is asked what to say (D2).
"""

from __future__ import annotations

from typing import Any, Final, final

from librt.strings import BytesWriter, read_i64_le, write_i64_le
from librt.vecs import vec
from mypy_extensions import i32, i64

from bpe.engine.kernels.character_classes import PADDING
from bpe.vocabulary import TokenId

#: Ids from here on are left to the portable engine, whose table has no gaps.
MOST_IDS: Final = 1 << 22


@final
class Decoder:
    """The bytes of each id."""

    def __init__(self, token_bytes: dict[TokenId, bytes]) -> None:
        size: i64 = 1 + max(token_bytes)
        #: An integer as the interpreter has it, which ids of any size can be compared with.
        self.size: int = 1 + max(token_bytes)
        self.words: vec[i64] = vec[i64]([i64(0)] * size)
        self.lengths: vec[i32] = vec[i32]([i32(0)] * size)
        self.starts: vec[i32] = vec[i32]([i32(0)] * size)
        self.masks: vec[i64] = byte_masks()
        self.joined: bytes = b"".join(token_bytes.values()) + PADDING
        start: i64 = 0
        for token_id, token in token_bytes.items():
            index: i64 = token_id
            length: i64 = len(token)
            self.words[index] = read_i64_le(self.joined, start) & self.masks[min(length, 8)]
            self.lengths[index] = i32(length)
            self.starts[index] = i32(start)
            start += length

    def decode(self, ids: list[Any]) -> bytes | None:
        """Return the bytes of the ids, or `None` where one of them is no plain integer or no id."""
        words = self.words
        lengths = self.lengths
        size = self.size
        writer = BytesWriter()
        held: i64 = 0  # bytes that do not fill a word yet
        filled: i64 = 0
        for value in ids:
            if isinstance(value, bool) or not isinstance(value, int):
                return None
            # Compared as it comes: an integer of any size is.
            if value < 0 or value >= size:
                return None
            index = i64(value)
            length = i64(lengths[index])
            if length == 0:
                return None
            word = words[index]
            if length > 8:
                at = i64(self.starts[index])
                while length > 8:
                    held |= word << (8 * filled)
                    write_i64_le(writer, held)
                    held = self._above(word, 8 - filled)
                    length -= 8
                    at += 8
                    word = read_i64_le(self.joined, at)
                word &= self.masks[length]
            held |= word << (8 * filled)
            filled += length
            if filled >= 8:
                write_i64_le(writer, held)
                filled -= 8
                held = self._above(word, length - filled)
        write_i64_le(writer, held)
        writer.truncate(i64(len(writer)) - 8 + filled)
        return writer.getvalue()

    def _above(self, word: i64, count: i64) -> i64:
        """Return a word without its lowest `count` bytes, of which there are 1 to 8."""
        return 0 if count == 8 else (word >> (8 * count)) & self.masks[8 - count]


def byte_masks() -> vec[i64]:
    """Return for each number from 0 to 8 the mask of so many bytes."""
    return vec[i64]([0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF, 0xFFFFFFFFFFFF, 0xFFFFFFFFFFFFFF, -1])
