"""Our own format, `*.bpe.json`: everything that decides behaviour, in one file that people can read and compare.

Each token, merge and special token has a line to itself, so a difference between two files is a difference between two vocabularies.
The same vocabulary gives the same bytes, always.
The fingerprint in the file is checked on loading, so a file that was changed by hand or by accident is not mistaken for the original.
`bpe.schema.json` beside this module is the JSON Schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from bpe.byte_order import byte_order
from bpe.errors import CannotExpressError
from bpe.files.pattern_text import find_pattern_fault
from bpe.files.token_notation import escape_invisible, show_token
from bpe.patterns import Pattern
from bpe.vocabulary import Vocabulary

#: What a file says of itself.
FORMAT_NAME = "bpe"
FORMAT_VERSION = 1

_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def format_bpe_json(vocabulary: Vocabulary) -> bytes:
    """Return the file of a vocabulary.

    Clauses: F1, F4.
    Raises `CannotExpressError` for a pattern that is no text or longer than any file may have it.

    >>> from bpe.vocabulary import Merge, single_bytes
    >>> v = Vocabulary(single_bytes() | {256: b" t"}, (Merge(32, 116, 256),))
    >>> print(format_bpe_json(v).decode().partition('"bytes"')[2])
    : "value",
      "tokens": [],
      "merges": [
        [" ", "t", 256]
      ]
    }
    <BLANKLINE>
    """
    members = [f'  "{key}": {text}' for key, text in _members(vocabulary).items()]
    return escape_invisible("{\n" + ",\n".join(members) + "\n}\n").encode("utf-8")


def _members(vocabulary: Vocabulary) -> dict[str, str]:
    """Return the members of the file in their order, each as JSON text."""
    special_tokens = sorted(vocabulary.special_tokens.items(), key=lambda entry: (entry[1], entry[0]))
    return {
        "format": _JSON.encode(FORMAT_NAME),
        "version": _JSON.encode(FORMAT_VERSION),
        "fingerprint": _JSON.encode(vocabulary.fingerprint),
        "pattern": _format_pattern(vocabulary.pattern),
        "semantics": _JSON.encode("ranks" if vocabulary.merges is None else "pairs"),
        "whole_pre_token": _JSON.encode(vocabulary.whole_pre_token),
        "errors": _JSON.encode(vocabulary.errors),
        "special_tokens": _object(special_tokens),
        "aliases": _object(sorted(vocabulary.aliases.items())),
        "bytes": _JSON.encode(_byte_numbering(vocabulary)),
        "tokens": _array(_other_tokens(vocabulary)),
        "merges": "null" if vocabulary.merges is None else _array(_shown_merges(vocabulary)),
    }


def _format_pattern(pattern: Pattern | None) -> str:
    if pattern is None:
        return "null"
    fault = find_pattern_fault(pattern.source)
    if fault is not None:
        raise CannotExpressError(f"no file can hold the pattern: {fault}")
    members = {
        "name": pattern.name,
        "source": pattern.source,
        "gaps": pattern.gaps,
        "unicode": pattern.unicode_version,
    }
    return _object(members.items())


def _byte_numbering(vocabulary: Vocabulary) -> str | list[int]:
    """Return the ids of the 256 bytes by value, or the name of their order where they are numbered from 0."""
    ids = [vocabulary.token_ids[bytes([value])] for value in range(256)]
    if ids == list(byte_order("value")):
        return "value"
    return "gpt2" if all(ids[value] == n for n, value in enumerate(byte_order("gpt2"))) else list(ids)


def _other_tokens(vocabulary: Vocabulary) -> Iterable[list[Any]]:
    """Yield the tokens that are neither bytes nor made by a merge."""
    made = {merge.result for merge in vocabulary.merges or ()}
    for token_id, token in vocabulary.token_bytes.items():
        if len(token) > 1 and token_id not in made:
            yield [show_token(token), token_id]


def _shown_merges(vocabulary: Vocabulary) -> Iterable[list[Any]]:
    shown = {token_id: show_token(token) for token_id, token in vocabulary.token_bytes.items()}
    for merge in vocabulary.merges or ():
        yield [shown[merge.left], shown[merge.right], merge.result]


def _array(items: Iterable[Any]) -> str:
    return _block("[", [_JSON.encode(item) for item in items], "]")


def _object(members: Iterable[tuple[str, Any]]) -> str:
    return _block("{", [f"{_JSON.encode(key)}: {_JSON.encode(value)}" for key, value in members], "}")


def _block(opening: str, rows: list[str], closing: str) -> str:
    if not rows:
        return opening + closing
    return opening + "\n    " + ",\n    ".join(rows) + "\n  " + closing
