"""tiktoken's arguments for special tokens, made of what a library offers instead.

What a library has no argument for is `Unsupported`: to leave it out is a choice, and no clause is broken by it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from bpe.conformance.faults import Unsupported

Tokens = Literal["all"] | Collection[str]


class AllOrNothing:
    """A tokenizer that takes all its special tokens, or none; subclasses say how.

    `everything` gives the ids of a text with its special tokens taken, `encode_ordinary` those with none taken.
    """

    special: frozenset[str] = frozenset()

    def everything(self, text: str) -> Sequence[int]:
        """Return the ids of a text in which each special token is taken."""
        raise NotImplementedError

    def encode_ordinary(self, text: str) -> Sequence[int]:
        """Return the ids of a text in which nothing is special; a library without that is asked where it makes no difference."""
        if self.present(text):
            raise Unsupported("it takes every special token, whatever the call says")
        return self.everything(text)

    def encode(self, text: str, *, allowed_special: Tokens = (), disallowed_special: Tokens = ()) -> Sequence[int]:
        """Return the ids of a text, where all or none of the special tokens in it are allowed."""
        allowed = self.special if allowed_special == "all" else frozenset(allowed_special)
        self.refuse_nothing(text, allowed, disallowed_special)
        if not allowed:
            return self.encode_ordinary(text)
        return self.allowing(text, allowed)

    def allowing(self, text: str, allowed: frozenset[str]) -> Sequence[int]:
        """Return the ids of a text with some special tokens allowed, and the others ordinary text."""
        if allowed - self.special:
            raise Unsupported("it has no argument for which special tokens are allowed")
        found = self.present(text)
        if found and found <= allowed:
            return self.everything(text)
        if found & allowed:
            raise Unsupported("it takes all special tokens, or none")
        return self.encode_ordinary(text)

    def present(self, text: str) -> frozenset[str]:
        """Return the special tokens that occur in a text."""
        return frozenset(token for token in self.special if token in text)

    def refuse_nothing(self, text: str, allowed: frozenset[str], disallowed: Tokens) -> None:
        """Raise `Unsupported` where the text holds what the call would have refused."""
        forbidden = self.special - allowed if disallowed == "all" else disallowed
        if any(token in text for token in forbidden):
            raise Unsupported("it has no argument that refuses special tokens")
