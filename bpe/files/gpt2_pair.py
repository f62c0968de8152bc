"""GPT-2's pair of files: merges in `vocab.bpe`, ids in `encoder.json`.

Hugging Face calls the same two files `merges.txt` and `vocab.json`.
The pair holds bytes, merges, ids and the texts of special tokens.
It does not hold the pattern, nor does it say which entries of `encoder.json` are special tokens.

An entry is an ordinary token if it is a byte or a merge makes it.
Any other entry is a special token if it looks like `<|…|>` or the caller names it.
What remains is refused while the caller names no special tokens at all; once they are named, it is an ordinary token that merging never reaches.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bpe.errors import CannotExpressError, SpecialTokenConflictError
from bpe.files.faults import malformed
from bpe.files.given import Given, require_pattern
from bpe.files.gpt2_merges import (
    build_merges,
    bytes_to_characters,
    characters_to_bytes,
    format_merges,
)
from bpe.files.gpt2_paths import find_pair, pair_to_write
from bpe.files.json_text import describe_value, parse_json
from bpe.files.raw import decode_utf8, read_bytes
from bpe.vocabulary import MAX_TOKEN_ID, TokenId, Vocabulary

_LOOKS_SPECIAL = re.compile(r"<\|.*\|>", re.DOTALL)


def read_gpt2_pair(path: Path, given: Given) -> Vocabulary:
    """Return the vocabulary that a pair of files means, with what the caller gave.

    Clauses: F1, F2, V1, V4, S8.
    """
    merges_path, ids_path = find_pair(path)
    pattern = require_pattern(given, path, "GPT-2's pair of files")
    entries = _parse_entries(parse_json(read_bytes(ids_path), ids_path), ids_path)
    ids = {token: entries[text] for text in entries if (token := _as_bytes(text)) is not None}
    merges = build_merges(decode_utf8(read_bytes(merges_path), merges_path), ids, merges_path)
    ordinary, special_tokens = _tell_special(entries, {merge.result for merge in merges}, given, ids_path)
    token_bytes = _invert(ordinary, ids_path)
    return Vocabulary(
        token_bytes, merges, pattern, special_tokens, given.aliases or {}, errors=given.errors or "strict"
    )


def format_gpt2_pair(vocabulary: Vocabulary, path: Path) -> dict[Path, bytes]:
    """Return the content of both files, named after a folder or either file.

    Clauses: F1, F4.
    Raises `CannotExpressError` where a token could not be told from a special token.
    """
    merges_path, ids_path = pair_to_write(path)
    if vocabulary.aliases:
        raise CannotExpressError(
            f"encoder.json has one text for an id; lost would be the aliases {dict(vocabulary.aliases)}: "
            f"use format='bpe'"
        )
    ordinary = {bytes_to_characters(token): token_id for token_id, token in vocabulary.token_bytes.items()}
    _refuse_confusion(vocabulary, ordinary)
    entries = ordinary | dict(vocabulary.special_tokens)
    in_order = dict(sorted(entries.items(), key=lambda entry: entry[1]))
    return {merges_path: format_merges(vocabulary), ids_path: json.dumps(in_order).encode("ascii")}


def _refuse_confusion(vocabulary: Vocabulary, ordinary: Mapping[str, TokenId]) -> None:
    twice = next((text for text in vocabulary.special_tokens if text in ordinary), None)
    if twice is not None:
        raise CannotExpressError(
            f"encoder.json has one id for a text; lost would be that {twice!r} is a special token "
            f"({vocabulary.special_tokens[twice]}) and also the spelling of an ordinary one ({ordinary[twice]}): "
            f"use format='bpe'",
            token=twice,
        )
    made = {merge.result for merge in vocabulary.merges or ()}
    stray = next((t for t, i in ordinary.items() if i not in made and len(t) > 1 and _LOOKS_SPECIAL.fullmatch(t)), None)
    if stray is not None:
        raise CannotExpressError(
            f"no merge makes the ordinary token {stray!r} ({ordinary[stray]}), so encoder.json would say that it is "
            f"a special token: use format='bpe'",
            token=stray,
        )


def _parse_entries(value: Any, path: Path) -> dict[str, TokenId]:
    if type(value) is not dict:
        raise malformed(
            path, f"{describe_value(value)} where an object of tokens and their ids is wanted", json_path="$"
        )
    for text, token_id in value.items():
        if type(token_id) is not int or not 0 <= token_id <= MAX_TOKEN_ID:
            reason = f"{describe_value(token_id)} where an id from 0 to {MAX_TOKEN_ID} is wanted"
            raise malformed(path, reason, json_path=f"$[{json.dumps(text)}]")
    return value


def _as_bytes(text: str) -> bytes | None:
    try:
        return characters_to_bytes(text)
    except KeyError:
        return None


def _tell_special(
    entries: Mapping[str, TokenId], made: set[TokenId], given: Given, path: Path
) -> tuple[dict[bytes, TokenId], dict[str, TokenId]]:
    """Return the ordinary tokens and the special ones; refuse what may be either."""
    named = given.special_tokens or {}
    ordinary: dict[bytes, TokenId] = {}
    special = dict(named)
    unclear: dict[str, TokenId] = {}
    for text, token_id in entries.items():
        token = _as_bytes(text)
        if token and (len(token) == 1 or token_id in made):
            ordinary[token] = token_id
        elif text in named or _LOOKS_SPECIAL.fullmatch(text):
            special[text] = _agreed_id(text, token_id, named, path)
        elif token and given.special_tokens is not None:
            ordinary[token] = token_id
        else:
            unclear[text] = token_id
    if unclear:
        raise _unclear(unclear, path)
    return ordinary, special


def _agreed_id(text: str, token_id: TokenId, named: Mapping[str, TokenId], path: Path) -> TokenId:
    if named.get(text, token_id) != token_id:
        raise SpecialTokenConflictError(
            f"{path}: the special token {text!r} has the id {token_id} there, not {named[text]}: "
            f"leave it out of special_tokens, or give it that id",
            token=text,
        )
    return token_id


def _unclear(unclear: Mapping[str, TokenId], path: Path) -> Exception:
    some = dict(list(unclear.items())[:8])
    more = f" and {len(unclear) - len(some)} more" if len(unclear) > len(some) else ""
    return malformed(
        path,
        f"no merge makes {', '.join(map(repr, some))}{more}: if they are special tokens, "
        f"say special_tokens={some!r}; ordinary tokens that no merge makes are kept once special_tokens= is given",
        json_path=f"$[{json.dumps(next(iter(some)))}]",
    )


def _invert(ordinary: Mapping[bytes, TokenId], path: Path) -> dict[TokenId, bytes]:
    tokens: dict[TokenId, bytes] = {}
    for token, token_id in ordinary.items():
        if token_id in tokens:
            both = f"{bytes_to_characters(tokens[token_id])!r} and {bytes_to_characters(token)!r}"
            raise malformed(path, f"{both} have the same id {token_id}", json_path="$")
        tokens[token_id] = token
    return tokens
