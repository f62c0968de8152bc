"""How the 256 single bytes are numbered: by value, or in GPT-2's order of printable characters.

GPT-2 wrote its vocabulary as text, so it gave each byte a visible character: printable bytes stand for themselves, the others for U+0100 onwards.
It then numbered the bytes in the order of those characters, and r50k, p50k, cl100k, o200k and Llama 3 inherited the numbering: the id of `!` is 0, that of a space 220.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

ByteOrder = Literal["value", "gpt2"]

_PRINTABLE = (*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100))
_OTHERS = tuple(value for value in range(256) if value not in _PRINTABLE)

#: The character that stands for each byte value in GPT-2's files.
BYTE_TO_CHARACTER: Final[Mapping[int, str]] = MappingProxyType(
    {value: chr(value) for value in _PRINTABLE} | {value: chr(0x100 + n) for n, value in enumerate(_OTHERS)}
)

#: The byte value for each character of GPT-2's files.
CHARACTER_TO_BYTE: Final[Mapping[str, int]] = MappingProxyType(
    {character: value for value, character in BYTE_TO_CHARACTER.items()}
)


def byte_order(name: ByteOrder) -> tuple[int, ...]:
    """Return the 256 byte values in the order of their ids.

    Clauses: T1, V1.

    >>> byte_order("value")[97], byte_order("gpt2")[64]
    (97, 97)
    >>> byte_order("gpt2").index(ord(" "))
    220
    """
    return tuple(range(256)) if name == "value" else _PRINTABLE + _OTHERS
