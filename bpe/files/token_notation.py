r"""Tokens as text that people can read and programs can read back exactly.

Bytes that are UTF-8 are shown as their text; each byte that is not becomes `\xNN`, and a backslash is doubled.
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(rb"\\(?:\\|x([0-9a-f]{2})|)")

#: Characters that show nothing, or that reorder what stands around them.
_INVISIBLE = re.compile(
    "[\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    "\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]|[\U000e0000-\U000effff]"
)


def show_token(token: bytes) -> str:
    r"""Return the notation of a token.

    >>> print(show_token(" é".encode()), show_token(b"\xc3"), show_token(rb"\n"))
     é \xc3 \\n
    """
    return token.replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace")


def parse_token(text: str) -> bytes:
    r"""Return the bytes that a notation stands for.

    Raises `ValueError` for a stray backslash or a surrogate.

    >>> parse_token(r"\xc3"), parse_token(r"\\n")
    (b'\xc3', b'\\n')
    """
    token = text.encode("utf-8")
    return _ESCAPE.sub(_unescape, token) if b"\\" in token else token


def escape_invisible(json_text: str) -> str:
    r"""Return JSON text with its invisible characters written as `\uNNNN`, which means the same.

    >>> print(escape_invisible('"a\u202eb"'))
    "a\u202eb"
    """
    return _INVISIBLE.sub(lambda match: _escape_character(match.group()), json_text)


def _unescape(match: re.Match[bytes]) -> bytes:
    if match.group() == b"\\\\":
        return b"\\"
    if match.group(1) is None:
        raise ValueError("a backslash that begins neither \\\\ nor \\xNN")
    return bytes([int(match.group(1), 16)])


def _escape_character(character: str) -> str:
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
