"""Right tokenizers as library authors write them, in several shapes: what the wrong ones are made from, and the controls.

None of this knows the checker: methods and attributes have tiktoken's names.
"""

# ruff: noqa: D102 - tiktoken's names say what each method does

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from heapq import heapify, heappop, heappush
from pathlib import Path
from typing import Any, Literal

import regex

import bpe
from bpe.engine.pre_split import compile_splitter
from bpe.patterns import NAMED_PATTERNS, resolve_pattern

Special = Literal["all"] | Collection[str]

#: Special tokens that begin each other, and one that looks like a regular expression.
SPECIAL_TOKENS = ("<|endoftext|>", "<|im|>", "<|im|>\n", "<|im_start|>", "<|im_end|>")

_PROJECT = Path(__file__).resolve().parents[2]


@lru_cache(maxsize=8)
def trained(pattern: str = "cl100k_base", byte_order: Literal["value", "gpt2"] = "value") -> bpe.Tokenizer:
    """Return a tokenizer of some three thousand merges, trained on this project's own files."""
    paths = sorted((*_PROJECT.glob("spec/*.md"), *_PROJECT.glob("docs/*.md"), *_PROJECT.glob("bpe/**/*.py")))
    texts = [path.read_text(encoding="utf-8") for path in paths]
    size = 256 + 3000 + len(SPECIAL_TOKENS)
    return bpe.train(texts, size, pattern=pattern, byte_order=byte_order, special_tokens=SPECIAL_TOKENS)


@lru_cache(maxsize=1)
def cl100k() -> bpe.Tokenizer:
    """Return cl100k_base, where its file is on this machine."""
    return bpe.get_encoding("cl100k_base")


class OnTop:
    """All of tiktoken's interface on top of another tokenizer."""

    def __init__(self, tokenizer: bpe.Tokenizer | None = None) -> None:
        self.inner = tokenizer or trained()

    @property
    def mergeable_ranks(self) -> Mapping[bytes, int]:
        return self.inner.mergeable_ranks

    @property
    def pat_str(self) -> str:
        return self.inner.pat_str

    @property
    def special_tokens(self) -> Mapping[str, int]:
        return self.inner.special_tokens

    def encode(
        self, text: str, *, allowed_special: Special = frozenset(), disallowed_special: Special = "all"
    ) -> list[int]:
        return self.inner.encode(text, allowed_special=allowed_special, disallowed_special=disallowed_special)

    def encode_ordinary(self, text: str) -> list[int]:
        return self.encode(text, disallowed_special=())

    def encode_batch(
        self,
        texts: Sequence[str],
        *,
        num_threads: int = 8,  # noqa: ARG002 - tiktoken's signature
        allowed_special: Special = frozenset(),
        disallowed_special: Special = "all",
    ) -> list[list[int]]:
        return [
            self.encode(text, allowed_special=allowed_special, disallowed_special=disallowed_special) for text in texts
        ]

    def count(self, text: str, *, allowed_special: Special = frozenset(), disallowed_special: Special = "all") -> int:
        return len(self.encode(text, allowed_special=allowed_special, disallowed_special=disallowed_special))

    def is_within_limit(
        self, text: str, limit: int, *, allowed_special: Special = frozenset(), disallowed_special: Special = "all"
    ) -> bool:
        return self.count(text, allowed_special=allowed_special, disallowed_special=disallowed_special) <= limit

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        return self.inner.decode_bytes(ids)

    def decode(self, ids: Iterable[int], errors: str = "replace") -> str:
        return self.decode_bytes(ids).decode("utf-8", errors)

    def decode_with_offsets(self, ids: Sequence[int]) -> tuple[str, list[int]]:
        return self.inner.decode_with_offsets(ids)


class BlackBox:
    """`encode` and `decode` alone: what is inside, nobody sees."""

    def __init__(self) -> None:
        self._inner = trained()

    def encode(self, text: str) -> list[int]:
        return self._inner.encode_ordinary(text)

    def decode(self, ids: Iterable[int]) -> str:
        return self._inner.decode(ids)


class Scratch(OnTop):
    """All written anew: a scan for special tokens, a pattern, a heap of pairs, a table of bytes."""

    def __init__(self, tokenizer: bpe.Tokenizer | None = None) -> None:
        super().__init__(tokenizer)
        self.ranks = dict(self.inner.mergeable_ranks)
        self.special = dict(self.inner.special_tokens)
        self.table: dict[int, bytes] = {token_id: token for token, token_id in self.ranks.items()}
        self.table |= {token_id: text.encode() for text, token_id in self.special.items()}
        self.source = NAMED_PATTERNS["cl100k_base"] if tokenizer is None else tokenizer.pat_str
        self.load()

    def load(self) -> None:
        """Change what was loaded: here nothing."""

    # --- encoding --------------------------------------------------------------------------------

    def encode(
        self, text: str, *, allowed_special: Special = frozenset(), disallowed_special: Special = "all"
    ) -> list[int]:
        text.encode()  # says which surrogate is at fault
        allowed = set(self.special) if allowed_special == "all" else set(allowed_special)
        if unknown := allowed - set(self.special):
            raise ValueError(f"{min(unknown)!r} is no special token of this tokenizer")
        refused = set(self.special) - allowed if disallowed_special == "all" else set(disallowed_special)
        self.refuse(text, refused)
        ids: list[int] = []
        for token, part in self.scan(text, allowed):
            ids += [self.special[part]] if token else self.ordinary(part)
        return ids

    def refuse(self, text: str, refused: set[str]) -> None:
        if refused and (found := self.expression(refused).search(text)):
            raise ValueError(f"the special token {found[0]!r} at {found.start()} is not allowed")

    def scan(self, text: str, allowed: set[str]) -> Iterator[tuple[bool, str]]:
        """Yield the special tokens (`True`) and what stands between them (`False`)."""
        position = 0
        for found in self.expression(allowed).finditer(text) if allowed else ():
            yield False, text[position : found.start()]
            yield True, found[0]
            position = found.end()
        yield False, text[position:]

    def expression(self, tokens: set[str]) -> Any:
        return regex.compile("|".join(map(regex.escape, sorted(tokens, key=len, reverse=True))))

    def ordinary(self, text: str) -> list[int]:
        return [token_id for piece in self.split(text) for token_id in self.encode_piece(piece.encode())]

    def split(self, text: str) -> list[str]:
        return compile_splitter(resolve_pattern(self.source))(text)

    def split_as_if(self, text: str, stand_ins: Mapping[int, str]) -> list[str]:
        """Cut a text where another cuts in which some characters are replaced by one of another class."""
        pieces, position = [], 0
        for piece in Scratch.split(self, text.translate(stand_ins)):
            pieces.append(text[position : position + len(piece)])
            position += len(piece)
        return pieces

    def encode_piece(self, piece: bytes) -> list[int]:
        whole = self.ranks.get(piece)
        return self.merge(piece) if whole is None else [whole]

    def merge(self, piece: bytes) -> list[int]:
        """Merge by a heap of (rank, start); `stops` holds the end of the part at each start, or 0 where none starts."""
        stops = [*range(1, len(piece) + 1)]
        starts = [*range(-1, len(piece))]  # the start of the part that ends before each position
        heap = [entry for start in range(len(piece)) if (entry := self.entry(piece, stops, start))]
        heapify(heap)
        while heap:
            _, start, stop = heappop(heap)
            middle = stops[start]
            if middle == 0 or middle == len(piece) or stops[middle] != stop:
                continue  # one of the two parts has been merged since
            stops[start], stops[middle], starts[stop] = stop, 0, start
            for changed in (start, starts[start]):
                if changed >= 0 and (entry := self.entry(piece, stops, changed)):
                    heappush(heap, entry)
        return [self.ranks[piece[start:stop]] for start, stop in enumerate(stops) if stop]

    def entry(self, piece: bytes, stops: list[int], start: int) -> tuple[int, int, int] | None:
        """Return the pair that begins at a start, as its rank, its start and its stop."""
        middle = stops[start]
        if middle == len(piece):
            return None
        rank = self.ranks.get(piece[start : stops[middle]])
        return None if rank is None else (rank, start, stops[middle])

    # --- decoding --------------------------------------------------------------------------------

    def decode_bytes(self, ids: Iterable[Any]) -> bytes:
        parts = []
        for position, token_id in enumerate(ids):
            if not isinstance(token_id, int) or token_id not in self.table:
                raise KeyError(f"there is no token {token_id!r}, given at position {position}")
            parts.append(self.table[token_id])
        return b"".join(parts)

    def decode_with_offsets(self, ids: Sequence[int]) -> tuple[str, list[int]]:
        data, offsets, position = self.decode_bytes(ids), [], 0
        for token_id in ids:
            begun = [value for value in data[: position + 1] if value & 0xC0 != 0x80]
            offsets.append(max(0, len(begun) - 1))
            position += len(self.table[token_id])
        return data.decode(), offsets
