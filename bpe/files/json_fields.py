"""A value inside a JSON file, with the path that leads to it, so that every fault names its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from bpe.errors import FileFormatError
from bpe.files.faults import malformed
from bpe.files.json_text import OtherNumber, describe_value
from bpe.vocabulary import MAX_TOKEN_ID, TokenId

Choice = TypeVar("Choice", bound=str)

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Field:
    """A JSON value, its path from the root `$`, and its file; each method returns the value as one type or refuses it.

    Clauses: F2.

    >>> Field({"a": [True]}, "$", "x.json").members(["a"])["a"].path
    '$.a'
    """

    value: Any
    path: str
    file: str | Path

    def members(self, names: Sequence[str]) -> dict[str, Field]:
        """Return the members of an object that has exactly these."""
        fields = dict(self.entries())
        for name in names:
            if name not in fields:
                raise self.fault(f"the member {name!r} is missing")
        for name in fields:
            if name not in names:
                raise self.fault(f"the member {name[:40]!r} is none of {', '.join(names)}")
        return fields

    def entries(self) -> Iterator[tuple[str, Field]]:
        """Yield each key of an object with its value."""
        if type(self.value) is not dict:
            raise self.unwanted("an object")
        for key, value in self.value.items():
            step = f".{key}" if _PLAIN_KEY.fullmatch(key) else f"[{json.dumps(key)}]"
            yield key, Field(value, self.path + step, self.file)

    def array(self) -> list[Any]:
        """Return the items of an array as they are."""
        if type(self.value) is not list:
            raise self.unwanted("an array")
        return self.value

    def item(self, index: int) -> Field:
        """Return one item of an array."""
        return Field(self.array()[index], f"{self.path}[{index}]", self.file)

    def text(self) -> str:
        """Return a string."""
        if type(self.value) is not str:
            raise self.unwanted("a string")
        return self.value

    def boolean(self) -> bool:
        """Return true or false."""
        if type(self.value) is not bool:
            raise self.unwanted("true or false")
        return self.value

    def token_id(self) -> TokenId:
        """Return an integer that can be a token id."""
        if not is_token_id(self.value):
            raise self.unwanted(f"an id from 0 to {MAX_TOKEN_ID}")
        return TokenId(self.value)

    def choice(self, options: Sequence[Choice]) -> Choice:
        """Return the option that a string names."""
        chosen = next((option for option in options if option == self.value), None)
        if chosen is None or isinstance(self.value, OtherNumber):
            raise self.unwanted(" or ".join(json.dumps(option) for option in options))
        return chosen

    def fault(self, reason: str) -> FileFormatError:
        """Return the error that names this place."""
        return malformed(self.file, reason, json_path=self.path)

    def unwanted(self, wanted: str) -> FileFormatError:
        """Return the error that says what is here and what should be."""
        return self.fault(f"{describe_value(self.value)} where {wanted} is wanted")


def is_token_id(value: Any) -> bool:
    """Tell whether a JSON value is an integer that fits 32 bits without sign; `true` is none.

    >>> is_token_id(7), is_token_id(True), is_token_id(-1)
    (True, False, False)
    """
    return type(value) is int and 0 <= value <= MAX_TOKEN_ID
