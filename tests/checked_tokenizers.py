"""Tokenizers for tests of the checker, as a user's module has them: right ones, wrong ones, and some that fail."""

# ruff: noqa: D102 - what encode and decode do is known

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from bpe.tokenizer import Tokenizer
from bpe.training import train


class Bytes:
    """Each byte is a token; nothing but encode and decode."""

    def encode(self, text: str) -> list[int]:
        """Return the bytes of a text."""
        return list(text.encode())

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of bytes."""
        return bytes(ids).decode("utf-8", "replace")


class StripsSpaces(Bytes):
    """Loses the spaces around a text."""

    def encode(self, text: str) -> list[int]:
        return super().encode(text.strip(" "))


class Hangs(Bytes):
    """Never comes back from a text of more than three letters."""

    def encode(self, text: str) -> list[int]:
        while len(text) > 3:
            pass
        return super().encode(text)


class HangsAlways(Bytes):
    """Never comes back."""

    def encode(self, text: str) -> list[int]:
        while len(text) >= 0:
            pass
        return []


class Aborts(Bytes):
    """Ends the process on about one text in twenty."""

    def encode(self, text: str) -> list[int]:
        if sum(text.encode("utf-8", "surrogatepass")) % 20 == 7:
            os.abort()
        return super().encode(text)


class Exits(Bytes):
    """Ends the program where a text has two letters or more."""

    def encode(self, text: str) -> list[int]:
        if len(text) > 1:
            sys.exit(0)
        return super().encode(text)


class Recurses(Bytes):
    """Goes down a level for each letter, and is right as long as the stack lasts."""

    def encode(self, text: str) -> list[int]:
        return [*super().encode(text[:1]), *self.encode(text[1:])] if text else []


class AlwaysRecurses(Bytes):
    """Goes down without end."""

    def encode(self, text: str) -> list[int]:
        return self.encode(text)


class Quadratic(Bytes):
    """Takes a time that grows with the square of the length."""

    def encode(self, text: str) -> list[int]:
        ids: list[int] = []
        for value in text.encode():
            ids = [*ids, value]
        return ids


def bytes_alone() -> Bytes:
    """Return the plainest tokenizer there is."""
    return Bytes()


def strips_spaces() -> Bytes:
    """Return one that breaks E1."""
    return StripsSpaces()


def hangs() -> Bytes:
    """Return one that hangs on some texts."""
    return Hangs()


def hangs_always() -> Bytes:
    """Return one that never answers."""
    return HangsAlways()


def aborts() -> Bytes:
    """Return one that ends the process now and then."""
    return Aborts()


def unnamed_pattern() -> Tokenizer:
    """Return one of ours, with a pattern that has no name."""
    return train(["aaabdaaabac the theme of these"] * 3, 280, pattern=r"\w+|\W+")


def quadratic() -> Bytes:
    """Return one that is slow on long texts."""
    return Quadratic()


def trained() -> Tokenizer:
    """Return one of ours, which shows its vocabulary."""
    return train(["aaabdaaabac the theme of these"] * 3, 280, pattern="gpt2", special_tokens=["<s>", "<s>x"])


class RightmostTie:
    """One of ours, but of equal pairs it merges the rightmost first."""

    def __init__(self) -> None:
        ours = trained()
        self.mergeable_ranks = ours.mergeable_ranks
        self.pat_str = ours.pat_str
        self.special_tokens: dict[str, int] = {}
        self._ours = ours

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text."""
        from bpe.engine.pre_split import pre_split

        pieces = pre_split(text, self._ours.vocabulary.pattern)
        return [token_id for piece in pieces for token_id in self._merge(piece.encode())]

    def decode_bytes(self, ids: Sequence[int]) -> bytes:
        """Return the bytes of ids."""
        by_id = {token_id: token for token, token_id in self.mergeable_ranks.items()}
        return b"".join(by_id[token_id] for token_id in ids)

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ids."""
        return self.decode_bytes(ids).decode("utf-8", "replace")

    def _merge(self, piece: bytes) -> list[int]:
        row = [piece[i : i + 1] for i in range(len(piece))]
        while True:
            joined = [(self.mergeable_ranks.get(row[i] + row[i + 1]), -i) for i in range(len(row) - 1)]
            ranked = [(rank, place) for rank, place in joined if rank is not None]
            if not ranked:
                return [self.mergeable_ranks[part] for part in row]
            at = -min(ranked)[1]
            row[at : at + 2] = [row[at] + row[at + 1]]


def rightmost_tie() -> RightmostTie:
    """Return one that breaks M3."""
    return RightmostTie()
