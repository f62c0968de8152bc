"""Wrong in how the bytes of a pre-token become ids."""

# ruff: noqa: D102 - tiktoken's names say what each method does

from __future__ import annotations

from heapq import heapify
from itertools import pairwise

from tests.wild.library import Scratch
from tests.wild.listing import specimen
from tests.wild.shapes import ScratchCl100k, WithShortcut


@specimen
class RightmostTie(Scratch):
    """Takes the last of equal pairs (a `<=` in the loop that seeks the lowest rank; every second port has had it)."""

    def merge(self, piece: bytes) -> list[int]:
        parts = [piece[index : index + 1] for index in range(len(piece))]
        while True:
            best, at = None, -1
            for index in range(len(parts) - 1):
                rank = self.ranks.get(parts[index] + parts[index + 1])
                if rank is not None and (best is None or rank <= best):
                    best, at = rank, index
            if best is None:
                return [self.ranks[part] for part in parts]
            parts[at : at + 2] = [parts[at] + parts[at + 1]]


@specimen
class GreedyLongestMatch(Scratch):
    """Takes the longest token at each place (paiml/aprender #3726; CLIP tokenizers did so too)."""

    def merge(self, piece: bytes) -> list[int]:
        ids, start = [], 0
        while start < len(piece):
            stop = next(stop for stop in range(len(piece), start, -1) if piece[start:stop] in self.ranks)
            ids.append(self.ranks[piece[start:stop]])
            start = stop
        return ids


@specimen
class MergesBeforeSplit(Scratch):
    """Merges the whole text (BlockBPE; conversions that lose the pre-tokenizer, dotnet/machinelearning #7715)."""

    def split(self, text: str) -> list[str]:
        return [text] if text else []


@specimen
class HeapForgetsLastChild(Scratch):
    """Has a heap of its own, whose sift-down looks at the right child only `while child + 1 < size - 1`."""

    def merge(self, piece: bytes) -> list[int]:
        stops = [*range(1, len(piece) + 1)]
        starts = [*range(-1, len(piece))]
        heap = [entry for start in range(len(piece)) if (entry := self.entry(piece, stops, start))]
        heapify(heap)
        while heap:
            _, start, stop = heap[0]
            heap[0] = heap[-1]
            heap.pop()
            _sift_down(heap)
            middle = stops[start]
            if middle == 0 or middle == len(piece) or stops[middle] != stop:
                continue
            stops[start], stops[middle], starts[stop] = stop, 0, start
            for changed in (start, starts[start]):
                if changed >= 0 and (entry := self.entry(piece, stops, changed)):
                    heap.append(entry)
                    _sift_up(heap)
        return [self.ranks[piece[start:stop]] for start, stop in enumerate(stops) if stop]


def _sift_down(heap: list[tuple[int, int, int]]) -> None:
    index, size = 0, len(heap)
    while (child := 2 * index + 1) < size:
        if child + 1 < size - 1 and heap[child + 1] < heap[child]:
            child += 1
        if heap[index] <= heap[child]:
            return
        heap[index], heap[child] = heap[child], heap[index]
        index = child


def _sift_up(heap: list[tuple[int, int, int]]) -> None:
    index = len(heap) - 1
    while index and heap[index] < heap[(index - 1) // 2]:
        parent = (index - 1) // 2
        heap[index], heap[parent] = heap[parent], heap[index]
        index = parent


@specimen
class StalePairInHeap(Scratch):
    """Checks that the left part of a queued pair still begins there, not that the pair is still the same two parts."""

    def merge(self, piece: bytes) -> list[int]:
        parts = {index: piece[index : index + 1] for index in range(len(piece))}
        heap = [(rank, i) for i in range(len(piece) - 1) if (rank := self.ranks.get(piece[i : i + 2])) is not None]
        heap.sort()
        while heap:
            _, start = heap.pop(0)
            following = start + len(parts.get(start, b""))
            if start not in parts or following not in parts:
                continue
            joined = parts[start] + parts[following]
            if joined not in self.ranks:
                continue
            parts[start] = joined
            del parts[following]
            before = max((index for index in parts if index < start), default=None)
            for index in (before, start):
                if index is not None and (after := parts.get(index + len(parts[index]))) is not None:
                    rank = self.ranks.get(parts[index] + after)
                    if rank is not None:
                        heap.append((rank, index))
            heap.sort()
        return [self.ranks[parts[index]] for index in sorted(parts)]


@specimen
class OverlappingMerge(Scratch):
    """Replaces all occurrences of a pair at once, those that overlap too (the vectorised merge of minbpe #38)."""

    def merge(self, piece: bytes) -> list[int]:
        parts = [piece[index : index + 1] for index in range(len(piece))]
        while True:
            joined = [a + b for a, b in pairwise(parts)]
            ranks = [self.ranks[each] for each in joined if each in self.ranks]
            if not ranks:
                return [self.ranks[part] for part in parts]
            token = self.table[min(ranks)]
            begins = [each == token for each in joined] + [False]
            parts = [
                token if begun else part
                for index, (part, begun) in enumerate(zip(parts, begins, strict=True))
                if begun or index == 0 or not begins[index - 1]
            ]


@specimen
class StopsAfterHundredMerges(Scratch):
    """Gives a pre-token a hundred merges at most (a guard against endless loops that met a long word)."""

    def merge(self, piece: bytes) -> list[int]:
        parts = [piece[index : index + 1] for index in range(len(piece))]
        for _ in range(100):
            joined = [self.ranks.get(a + b) for a, b in pairwise(parts)]
            if not (ranks := [rank for rank in joined if rank is not None]):
                break
            at = joined.index(min(ranks))
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        return [self.ranks[part] for part in parts]


@specimen
class OtherTieInLargePieces(Scratch):
    """Has a second algorithm for pre-tokens of a hundred bytes and more, and there the rightmost of ties goes first."""

    def merge(self, piece: bytes) -> list[int]:
        return super().merge(piece) if len(piece) < 100 else RightmostTie.merge(self, piece)  # type: ignore[arg-type]


@specimen
class LengthInOneByte(Scratch):
    """Keeps the length of a pre-token in a byte, so that longer ones are cut at 255."""

    def encode_piece(self, piece: bytes) -> list[int]:
        return [
            i
            for start in range(0, len(piece), 255)
            for i in super(LengthInOneByte, self).encode_piece(piece[start : start + 255])
        ]


@specimen
class CutsLongWords(Scratch):
    """Cuts a pre-token of more than a thousand characters into blocks (transformers and SuperBPE code that fears long runs)."""

    def split(self, text: str) -> list[str]:
        return [piece[at : at + 1024] for piece in super().split(text) for at in range(0, len(piece), 1024)]


@specimen
class IdZeroIsNothing(Scratch):
    """Asks `if token_id` where it means `if token_id is not None`, so that the id 0 is left out."""

    def encode_piece(self, piece: bytes) -> list[int]:
        return [token_id for token_id in super().encode_piece(piece) if token_id]


@specimen
class NoShortcut(WithShortcut):
    """Merges alone where whole pre-tokens count (huggingface/tokenizers before `ignore_merges`; rten #453)."""

    def encode_piece(self, piece: bytes) -> list[int]:
        return self.merge(piece)


@specimen
class NarrowPairKeys(ScratchCl100k):
    """Keys a memo of pairs by `left << 16 | right` in 32 bits: ids above 65 535 run into each other."""

    def load(self) -> None:
        self.memo: dict[int, int | None] = {}

    def merge(self, piece: bytes) -> list[int]:
        ids = [self.ranks[piece[index : index + 1]] for index in range(len(piece))]
        while True:
            ranks = [self.join(a, b) for a, b in pairwise(ids)]
            if not (found := [rank for rank in ranks if rank is not None]):
                return ids
            at = ranks.index(min(found))
            ids[at : at + 2] = [min(found)]

    def join(self, left: int, right: int) -> int | None:
        key = (left << 16 | right) & 0xFFFFFFFF
        if key not in self.memo:
            self.memo[key] = self.ranks.get(self.table[left] + self.table[right])
        return self.memo[key]
