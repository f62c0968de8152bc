"""Right for one call alone: wrong because of what is kept between calls, or shared by them."""

# ruff: noqa: D102 - tiktoken's names say what each method does

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from tests.wild.library import BlackBox, OnTop, Scratch, Special
from tests.wild.listing import specimen


@specimen
class CacheByHash(Scratch):
    """Keys its cache by sixteen bits of a hash, and does not compare what it finds."""

    def load(self) -> None:
        self.cache: dict[int, list[int]] = {}

    def encode_piece(self, piece: bytes) -> list[int]:
        key = int.from_bytes(piece, "little") * 0x9E3779B1 % 65_521
        if key not in self.cache:
            self.cache[key] = super().encode_piece(piece)
        return self.cache[key]


@specimen
class CacheByStrippedWord(Scratch):
    """Keys its cache by the word without the white space around it."""

    def load(self) -> None:
        self.cache: dict[bytes, list[int]] = {}

    def encode_piece(self, piece: bytes) -> list[int]:
        key = piece.strip() or piece
        if key not in self.cache:
            self.cache[key] = super().encode_piece(piece)
        return self.cache[key]


@specimen
class CacheLosesAnEntry(Scratch):
    """Makes room in a full cache after it has put the new entry in, and takes out the newest."""

    def load(self) -> None:
        self.cache: OrderedDict[bytes, list[int]] = OrderedDict()

    def encode_piece(self, piece: bytes) -> list[int]:
        if piece not in self.cache:
            self.cache[piece] = super().encode_piece(piece)
            if len(self.cache) > 2_000:
                self.cache.popitem(last=True)
        return self.cache.get(piece, [])


@specimen
class HandsOutItsCache(BlackBox):
    """Gives the list that it keeps, so that a caller who adds to the answer changes later ones."""

    def __init__(self) -> None:
        super().__init__()
        self.cache: dict[str, list[int]] = {}

    def encode(self, text: str) -> list[int]:
        if text not in self.cache:
            self.cache[text] = super().encode(text)
        return self.cache[text]


@specimen
class FailedCallLeavesIds(Scratch):
    """Collects ids in a buffer that only a call that ends well empties."""

    def load(self) -> None:
        self.buffer: list[int] = []

    def encode(
        self, text: str, *, allowed_special: Special = frozenset(), disallowed_special: Special = "all"
    ) -> list[int]:
        exempt = disallowed_special == ()
        found = None if exempt else self.expression(set(self.special)).search(text)
        self.buffer += super().ordinary(text[: found.start()] if found else "")
        rest = text[found.start() :] if found else text
        self.buffer += super().encode(rest, allowed_special=allowed_special, disallowed_special=disallowed_special)
        ids, self.buffer = self.buffer, []
        return ids


@specimen
class SharedBuffer(Scratch):
    """Collects ids in the tokenizer itself, where another thread empties the list (buffers that are used again)."""

    def ordinary(self, text: str) -> list[int]:
        self.ids: list[int] = []
        for piece in self.split(text):
            self.ids += self.encode_piece(piece.encode())
        return self.ids


@specimen
class RemembersThePrompt(BlackBox):
    """Encodes only what is new where a text begins with the last one (caches of conversations)."""

    def __init__(self) -> None:
        super().__init__()
        self.last, self.last_ids = "", list[int]()

    def encode(self, text: str) -> list[int]:
        known = self.last_ids if text.startswith(self.last) else []
        rest = text.removeprefix(self.last) if known else text
        self.last, self.last_ids = text, known + super().encode(rest)
        return list(self.last_ids)


@specimen
class BatchByLength(OnTop):
    """Sorts a batch by length to fill its threads, and forgets to sort back."""

    def encode_batch(
        self,
        texts: Sequence[str],
        *,
        num_threads: int = 8,
        allowed_special: Special = frozenset(),
        disallowed_special: Special = "all",
    ) -> list[list[int]]:
        return super().encode_batch(
            sorted(texts, key=len),
            num_threads=num_threads,
            allowed_special=allowed_special,
            disallowed_special=disallowed_special,
        )


@specimen
class BatchWithoutEmpty(OnTop):
    """Leaves empty texts out of a batch."""

    def encode_batch(
        self,
        texts: Sequence[str],
        *,
        num_threads: int = 8,
        allowed_special: Special = frozenset(),
        disallowed_special: Special = "all",
    ) -> list[list[int]]:
        return super().encode_batch(
            [text for text in texts if text],
            num_threads=num_threads,
            allowed_special=allowed_special,
            disallowed_special=disallowed_special,
        )


@specimen
class CountsItsCalls(Scratch):
    """Numbers its calls in sixteen bits, and takes number 0 for a table not yet filled."""

    def load(self) -> None:
        self.calls = 0

    def ordinary(self, text: str) -> list[int]:
        self.calls = (self.calls + 1) & 0xFFFF
        return list(text.encode()) if self.calls == 0 else super().ordinary(text)
