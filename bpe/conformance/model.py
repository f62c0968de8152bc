"""Tokenizers and trainings to be checked with, as plain data that any language can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice, takewhile
from typing import Any, Final, Literal

Surrogates = Literal["strict", "replace"]
Gaps = Literal["refuse", "isolate"]
TieBreak = Literal["smallest-pair", "first-seen", "largest-bytes"]
ByteOrder = Literal["value", "gpt2"]

#: A merge as three ids: left part, right part, result.
IdMerge = tuple[int, int, int]

#: The single bytes numbered by value, from the other end, and with gaps; models show these names.
BYTES: Final = {value: bytes([value]) for value in range(256)}
REVERSED_BYTES: Final = {255 - value: bytes([value]) for value in reversed(range(256))}
SPREAD_BYTES: Final = {3 * value + 1: bytes([value]) for value in range(256)}

#: Models with more tokens or merges are real vocabularies, which nobody reads in a line.
_SHOWN_TOKENS: Final = 1_000

#: Tokens of so many letters come up in lists of letters.
_SHORT: Final = 3

_NUMBERINGS: Final = {"BYTES": BYTES, "REVERSED_BYTES": REVERSED_BYTES, "SPREAD_BYTES": SPREAD_BYTES}


@dataclass(frozen=True)
class Model:
    """All that decides what a tokenizer does; well formed or not, since what refuses must be tried too.

    >>> Model(BYTES | {256: b"aa"}, merges=((97, 97, 256),))
    Model(BYTES | {256: b'aa'}, merges=((97, 97, 256),))
    """

    #: Each ordinary token's bytes, by id.
    tokens: Mapping[int, bytes]
    #: The merges in rank order, or `None` where the least id that the joined bytes have goes first.
    merges: tuple[IdMerge, ...] | None = None
    #: A pattern's name or regular expression, or `None` for no pre-split.
    pattern: str | None = None
    #: What becomes of text that a pattern leaves uncovered.
    gaps: Gaps = "refuse"
    #: Each special token's id, by text.
    special_tokens: Mapping[str, int] = field(default_factory=dict)
    #: Special tokens that share another's id: alias → canonical text.
    aliases: Mapping[str, str] = field(default_factory=dict)
    #: Whether a pre-token that is a token as a whole becomes that token without merging.
    whole_pre_token: bool = False
    #: Whether surrogates are refused or repaired.
    surrogates: Surrogates = "strict"

    @cached_property
    def ids(self) -> Mapping[bytes, int]:
        """Each ordinary token's id, by bytes."""
        return {token: token_id for token_id, token in self.tokens.items()}

    @cached_property
    def token_texts(self) -> tuple[str, ...]:
        """The tokens of more than one byte that are text by themselves, by id."""
        return tuple(text for token in self.tokens.values() if len(token) > 1 and (text := _as_text(token)))

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """What texts that make it merge consist of: the letters of its tokens, and the longer of the first thousand.

        A short token is left to its letters: as one part, it would keep a counterexample from becoming smaller.
        """
        found = self.token_texts[:_SHOWN_TOKENS]
        values = set(b"".join(token for token in islice(self.tokens.values(), 2 * _SHOWN_TOKENS) if len(token) > 1))
        # A token may be part of a character; the characters that alphabets have bring its bytes together.
        letters = "".join(map(chr, sorted(values & set(range(0x80))))) or "ab"
        longer = [text for text in found if len(text) > _SHORT]
        return tuple(dict.fromkeys((*letters, *"é😀😃" * (max(values, default=0) >= 0x80), *"".join(found), *longer)))

    @cached_property
    def strategies(self) -> dict[object, Any]:
        """What `bpe.conformance.strategies` has made of this model, by the function that made it."""
        return {}

    @cached_property
    def all_ids(self) -> frozenset[int]:
        """The ids of all tokens, special ones included."""
        return frozenset(self.tokens) | frozenset(self.special_tokens.values())

    @property
    def semantics(self) -> Literal["pairs", "ranks"]:
        """Whether a list of merges says what may merge, or the ids of tokens do."""
        return "ranks" if self.merges is None else "pairs"

    @property
    def bare(self) -> Model:
        """The same tokens and merges and nothing else: a text is one pre-token, and merging alone decides."""
        return Model(self.tokens, self.merges, surrogates=self.surrogates)

    def change(self, **changes: Any) -> Model:
        """Return a model with other values in the named fields."""
        return replace(self, **changes)

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def __repr__(self) -> str:
        shown = [_show_tokens(self.tokens) if len(self.tokens) < _SHOWN_TOKENS else f"<{len(self.tokens)} tokens>"]
        usual = Model({})
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if name != "tokens" and value != getattr(usual, name):
                is_long = name == "merges" and len(value) > _SHOWN_TOKENS
                shown.append(f"{name}=<{len(value)} merges>" if is_long else f"{name}={value!r}")
        return f"Model({', '.join(shown)})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002 - the protocol's signature
        # Hypothesis would list all fields of a dataclass, 256 bytes among them.
        printer.text(repr(self))


def _as_text(token: bytes) -> str | None:
    try:
        return token.decode()
    except UnicodeDecodeError:
        return None


def _show_tokens(tokens: Mapping[int, bytes]) -> str:
    """Return an expression for the tokens that names the single bytes instead of listing them."""
    single = dict(takewhile(lambda item: len(item[1]) == 1, tokens.items()))
    longer = {token_id: token for token_id, token in tokens.items() if token_id not in single}
    for name, numbering in _NUMBERINGS.items():
        if single == numbering:
            return f"{name} | {longer!r}" if longer else name
    return repr(dict(tokens))


@dataclass(frozen=True)
class Training:
    """What a trainer is given.

    >>> Training(("aaabdaaabac",), merges=3)
    Training(texts=('aaabdaaabac',), merges=3, ...)
    """

    texts: tuple[str, ...]
    #: How many merges are wanted; fewer result where no pair is frequent enough.
    merges: int
    #: A pattern's name or regular expression, or `None`: each text is one pre-token.
    pattern: str | None = None
    special_tokens: tuple[str, ...] = ()
    tie_break: TieBreak = "smallest-pair"
    min_frequency: int = 1
    byte_order: ByteOrder = "value"

    def change(self, **changes: Any) -> Training:
        """Return a training with other values in the named fields."""
        return replace(self, **changes)
