"""Strict JSON: what the standard library lets pass and a file of record must not.

Repeated keys and nesting deeper than the parser's stack are refused here.
Numbers that are no integers of at most ten digits become `OtherNumber`, which whoever reads the value then refuses by its place.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bpe.files.faults import malformed
from bpe.files.raw import decode_utf8

#: As many digits as the greatest 32-bit integer has.
MAX_DIGITS = 10


class OtherNumber(str):
    """A number of a JSON file, as it is spelled there, that cannot be an id: 1.5, 1e3, NaN, a hundred digits."""

    __slots__ = ()


def parse_json(data: bytes, path: str | Path) -> Any:
    r"""Return the value of a JSON file.

    Clauses: F2, R2.
    Raises `FileFormatError` that names the line of a fault in the syntax, or a key that is there twice.

    >>> parse_json(b'{"a": [1, 2.5]}', "x.json")
    {'a': [1, '2.5']}
    """

    def make_object(members: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(members)
        if len(made) < len(members):
            raise malformed(path, f"the key {_first_repeated(members)!r} is there twice")
        return made

    text = decode_utf8(data, path)
    try:
        return json.loads(
            text,
            parse_int=_parse_integer,
            parse_float=OtherNumber,
            parse_constant=OtherNumber,
            object_pairs_hook=make_object,
        )
    except json.JSONDecodeError as fault:
        raise malformed(path, f"not JSON: {fault.msg}", line=fault.lineno) from None
    except RecursionError:
        raise malformed(path, "nested too deeply", json_path="$") from None


def _parse_integer(digits: str) -> int | OtherNumber:
    # Without the limit a million digits would take minutes, or meet the interpreter's own limit.
    return int(digits) if len(digits) <= MAX_DIGITS else OtherNumber(digits)


def _first_repeated(members: Sequence[tuple[str, Any]]) -> str:
    return next(key for key, count in Counter(key for key, _ in members).items() if count > 1)


def describe_value(value: Any) -> str:
    """Return a few words that say what a JSON value is.

    >>> describe_value(True), describe_value([]), describe_value("x" * 99)
    ('true', 'an array', "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…'")
    """
    if isinstance(value, OtherNumber):
        return f"the number {value[:40]}"
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else value[:40] + "…")
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "an array"
    return json.dumps(value)
