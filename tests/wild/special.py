"""Wrong in how special tokens are found."""

# ruff: noqa: D102 - tiktoken's names say what each method does

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import regex

from tests.wild.library import Scratch, Special
from tests.wild.listing import specimen


@specimen
class FirstSpecialToken(Scratch):
    """Takes the first in the order of registration where several begin (minbpe; surogate #157)."""

    def expression(self, tokens: set[str]) -> Any:
        return regex.compile("|".join(regex.escape(token) for token in self.special if token in tokens))


@specimen
class SpecialTokenAsExpression(Scratch):
    """Puts special tokens into the expression as they are, so that `|` divides them."""

    def scan(self, text: str, allowed: set[str]) -> Iterator[tuple[bool, str]]:
        position = 0
        for found in re.finditer("|".join(sorted(allowed, key=len, reverse=True)), text) if allowed else ():
            if found[0] in allowed:
                yield False, text[position : found.start()]
                yield True, found[0]
                position = found.end()
        yield False, text[position:]


@specimen
class SpecialTokenInsideAWord(Scratch):
    """Looks for a special token at the beginning of the text and behind white space only (`single_word` by mistake)."""

    def expression(self, tokens: set[str]) -> Any:
        return regex.compile(rf"(?<!\S)(?:{super().expression(tokens).pattern})")


@specimen
class DisallowedHidesAllowed(Scratch):
    """Scans for all special tokens, and drops those that are not allowed afterwards (tiktoken 0.14)."""

    def scan(self, text: str, allowed: set[str]) -> Iterator[tuple[bool, str]]:
        position = 0
        for found in self.expression(set(self.special)).finditer(text):
            if found[0] in allowed:
                yield False, text[position : found.start()]
                yield True, found[0]
                position = found.end()
        yield False, text[position:]


@specimen
class SplitsAtOrdinarySpecials(Scratch):
    """Cuts the text at special tokens even where they are ordinary text (kitoken)."""

    def ordinary(self, text: str) -> list[int]:
        parts = regex.split(f"({self.expression(set(self.special)).pattern})", text)
        return [token_id for part in parts for token_id in super(SplitsAtOrdinarySpecials, self).ordinary(part or "")]


@specimen
class SpecialByDefault(Scratch):
    """Gives special ids for special text unless told otherwise (iree-tokenizer, gigatoken)."""

    def encode(self, text: str, *, allowed_special: Special = "all", disallowed_special: Special = ()) -> list[int]:
        allowed: Special = allowed_special or "all"
        return super().encode(text, allowed_special=allowed, disallowed_special=disallowed_special)


@specimen
class SwallowsSpacesBeside(Scratch):
    """Takes the white space before a special token along (`lstrip` of AddedToken; transformers #29626)."""

    def scan(self, text: str, allowed: set[str]) -> Iterator[tuple[bool, str]]:
        return super().scan(
            regex.sub(rf"\s+(?={self.expression(allowed).pattern})", "", text) if allowed else text, allowed
        )


@specimen
class BatchForgetsAllowed(Scratch):
    """Does not pass `allowed_special` on in a batch."""

    def encode_batch(
        self,
        texts: Sequence[str],
        *,
        num_threads: int = 8,  # noqa: ARG002
        allowed_special: Special = frozenset(),  # noqa: ARG002
        disallowed_special: Special = "all",  # noqa: ARG002
    ) -> list[list[int]]:
        return [self.encode(text, disallowed_special=()) for text in texts]
