from __future__ import annotations

from typing import Final, final

from librt.strings import read_i64_le
from librt.vecs import append, vec
from mypy_extensions import i16, i32, i64, u8

from bpe.engine.kernels.character_classes import CharacterClasses, PADDING
from bpe.engine.kernels.merges import merge_long, merge_short, insert_rank, SHORT
from bpe.engine.kernels.pre_split import O200K, GPT2, next_end
from bpe.engine.kernels.pre_token_table import PreTokenTable, hash_of, PROBES, FIRST

IN_ARENA: Final[i64] = 7

@final
class Kernel:
    def __init__(self, byte_ids: list[int], pairs: list[tuple[int,int]], results: list[int], family: int, numbers: list[object], most: int) -> None:
        self.family: i64 = family
        self.table = PreTokenTable(most)
        c = CharacterClasses()
        self.blocks = c.blocks
        self.classes = c.classes
        bi = vec[i32]()
        for b in byte_ids:
            bi = append(bi, i32(b))
        self.byte_ids = bi
        rs = vec[i32]()
        for b in results:
            rs = append(rs, i32(b))
        self.results = rs
        size: i64 = 256
        while size * 4 < len(pairs) * 5:
            size *= 2
        self.entries = vec[i64]([i64(-1)] * size)
        self.mask: i64 = size - 1
        rank: i64 = 0
        for left, right in pairs:
            insert_rank(self.entries, self.mask, left, right, rank)
            rank += 1
        self.numbers = numbers
        self.ids = vec[i32]([i32(0)] * 64)
        self.ranks = vec[i32]([i32(0)] * 64)
        self.arena = vec[i64]()
        self.masks = vec[i64]([0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF, 0xFFFFFFFFFFFF, 0xFFFFFFFFFFFFFF])
        self.out = vec[i32]([i32(0)] * 4096)

    def encode_ordinary(self, text: str) -> list[object]:
        data = text.encode() + PADDING
        size: i64 = len(data) - 32
        n = self.encode_into(data, size, 0)
        out = self.out
        numbers = self.numbers
        return [numbers[out[i]] for i in range(n)]

    def encode_flat(self, text: str) -> int:
        data = text.encode() + PADDING
        size: i64 = len(data) - 32
        n = self.encode_into(data, size, 0)
        return n

    def encode_into(self, text: bytes, stop: i64, filled: i64) -> i64:
        if i64(len(self.out)) < filled + stop + 8:
            self.out = vec[i32]([i32(0)] * (filled + stop + 8))
        out = self.out
        blocks = self.blocks
        classes = self.classes
        family = self.family
        masks = self.masks
        table = self.table
        slots = table.slots
        mask = table.mask
        at: i64 = 0
        # constants
        case: i64 = 0x2020202020202020
        low7: i64 = 0x3F3F3F3F3F3F3F3F
        low7 = (low7 << 1) | 0x0101010101010101
        high: i64 = 0x2020202020202020
        high = high << 2
        while at < stop:
            word = read_i64_le(text, at)
            folded = (word & low7) | case
            rest = (((folded + 0x1F1F1F1F1F1F1F1F) & ~(folded + 0x0505050505050505) & ~word) & high) ^ high
            first = word & 0xFF
            # rest: 0x80 in each byte that is no ASCII letter
            end: i64 = 0
            if first == 0x20:
                rest = rest & ~0x80
            if rest & 0x80 == 0 and family != O200K:
                if rest != 0:
                    lowest = rest & -rest
                    one = (lowest >> 7) & 0x0101010101010101
                    length = ((one * 0x0001020304050607) >> 56) & 0xFF
                    if length > 1 and read_i64_le(text, at + length) & 0x80 == 0:
                        end = at + length
                else:
                    word2 = read_i64_le(text, at + 8)
                    folded = (word2 & low7) | case
                    rest = (((folded + 0x1F1F1F1F1F1F1F1F) & ~(folded + 0x0505050505050505) & ~word2) & high) ^ high
                    if rest != 0:
                        lowest = rest & -rest
                        one = (lowest >> 7) & 0x0101010101010101
                        length = 8 + (((one * 0x0001020304050607) >> 56) & 0xFF)
                        if read_i64_le(text, at + length) & 0x80 == 0:
                            end = at + length
            if end == 0:
                end = next_end(text, at, family, blocks, classes)
            size = end - at
            if size < 16:
                if size < 8:
                    k0 = word & masks[size]
                    k1 = size << 56
                else:
                    k0 = word
                    k1 = (read_i64_le(text, at + 8) & masks[size - 8]) | size << 56
                slot = (hash_of(k0, k1) >> 32) & mask
                base = FIRST + slot * 4
                if slots[base] != k0 or slots[base + 1] != k1:
                    tries: i64 = PROBES
                    while tries and slots[base + 1] != 0:
                        slot = (slot + 1) & mask
                        base = FIRST + slot * 4
                        if slots[base] == k0 and slots[base + 1] == k1:
                            break
                        tries -= 1
                    if slots[base + 1] != k1 or slots[base] != k0:
                        filled = self.miss(text, at, size, k0, k1, filled)
                        slots = table.slots
                        mask = table.mask
                        at = end
                        continue
                value = slots[base + 2]
                count = value >> 60
                if count == 1:
                    out[filled] = i32(value & 0xFFFFF)
                    filled += 1
                elif count < 7:
                    out[filled] = i32(value & 0xFFFFF)
                    out[filled + 1] = i32((value >> 20) & 0xFFFFF)
                    if count > 2:
                        out[filled + 2] = i32((value >> 40) & 0xFFFFF)
                        value = slots[base + 3]
                        out[filled + 3] = i32(value & 0xFFFFF)
                        out[filled + 4] = i32((value >> 20) & 0xFFFFF)
                        out[filled + 5] = i32((value >> 40) & 0xFFFFF)
                    filled += count
                else:
                    filled = self.from_arena(value & 0xFFFFFFFFFFFFFF, filled)
            else:
                filled = self.long_piece(text, at, size, filled)
            at = end
        return filled

    def merge(self, text: bytes, at: i64, size: i64) -> i64:
        if size <= SHORT:
            return merge_short(text, at, size, self.byte_ids, self.entries, self.mask, self.results, self.ids, self.ranks)
        if i64(len(self.ids)) < size:
            self.ids = vec[i32]([i32(0)] * size)
        return merge_long(text, at, size, self.byte_ids, self.entries, self.mask, self.results, self.ids)

    def miss(self, text: bytes, at: i64, size: i64, k0: i64, k1: i64, filled: i64) -> i64:
        count = self.merge(text, at, size)
        ids = self.ids
        out = self.out
        index: i64 = 0
        while index < count:
            out[filled + index] = ids[index]
            index += 1
        if count < 7:
            ids[count] = 0
            index = count
            while index < 6:
                ids[index] = 0
                index += 1
            self.table.insert(k0, k1, count << 60 | i64(ids[2]) << 40 | i64(ids[1]) << 20 | i64(ids[0]), i64(ids[5]) << 40 | i64(ids[4]) << 20 | i64(ids[3]))
        else:
            pass
        return filled + count

    def from_arena(self, start: i64, filled: i64) -> i64:
        return filled

    def long_piece(self, text: bytes, at: i64, size: i64, filled: i64) -> i64:
        count = self.merge(text, at, size)
        ids = self.ids
        out = self.out
        index: i64 = 0
        while index < count:
            out[filled + index] = ids[index]
            index += 1
        return filled + count
