r"""tiktoken's rank files: one token a line, as base64, and its rank.

A rank file holds bytes and ranks, and a rank is an id.
It holds neither the pattern nor the special tokens nor how surrogates are met: loading asks for these.
Its semantics is that of ranks, with the whole-pre-token shortcut.

    IQ== 0
    Ig== 1
"""

from __future__ import annotations

import binascii
import re
import warnings
from pathlib import Path
from typing import cast

from bpe.engine import COMPILED
from bpe.errors import EmptyTokenWarning
from bpe.files.faults import malformed
from bpe.files.given import EmptyTokens, Given, require_pattern
from bpe.vocabulary import MAX_TOKEN_ID, TokenId, Vocabulary

if COMPILED:
    from bpe.engine.kernels.rank_lines import read_rank_lines

#: What the first line of a rank file looks like, and the first line of no other format.
FIRST_LINE = re.compile(rb"(?:(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?|=) [0-9]+\r?(?:\n|\Z)")

_RANK = re.compile(rb"0|[1-9][0-9]{0,9}")

#: What tokens and ranks are written with.
_CHARACTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="


def read_rank_file(path: Path, data: bytes, given: Given) -> Vocabulary:
    """Return the vocabulary that a rank file means, with what the caller gave.

    Clauses: F1, F2, V1, V2, V3.
    """
    pattern = require_pattern(given, path, "a rank file")
    return Vocabulary(
        parse_ranks(data, path=path, empty_tokens=given.empty_tokens),
        pattern=pattern,
        special_tokens=given.special_tokens or {},
        aliases=given.aliases or {},
        whole_pre_token=True,
        errors=given.errors or "strict",
    )


def parse_ranks(
    data: bytes, *, path: str | Path = "<bytes>", empty_tokens: EmptyTokens = "warn"
) -> dict[TokenId, bytes]:
    r"""Return each token's bytes by rank.

    Clauses: F2, V2, V3.
    A token without bytes (one released file has one) is left out, with an `EmptyTokenWarning` or, if so asked, without; or it is refused.
    Raises `FileFormatError` that names the line.

    >>> parse_ranks(b"IQ== 0\nIg== 1\n")
    {0: b'!', 1: b'"'}
    """
    tokens: dict[TokenId, bytes] | None = _parse_at_once(data)
    return _parse_by_line(data, path, empty_tokens) if tokens is None else tokens


def _parse_at_once(data: bytes) -> dict[TokenId, bytes] | None:
    """Return what a file means in which nothing is amiss; of any other, `None`."""
    return cast("dict[TokenId, bytes] | None", read_rank_lines(data)) if COMPILED else _parse_in_bulk(data)


def _parse_in_bulk(data: bytes) -> dict[TokenId, bytes] | None:
    """Do the same without kernels, in a few passes over all of the file.

    Whatever is read must be what is there when it is written again: so no other spelling is taken.
    """
    lines = data.count(b"\n")
    fields = data.split()
    # Nothing else is between fields, in turn, and no field is empty.
    if data.translate(None, _CHARACTERS) != b" \n" * lines or data[-1:] != b"\n" or len(fields) != 2 * lines:
        return None
    texts, digits = fields[::2], fields[1::2]
    try:
        tokens = list(map(binascii.a2b_base64, texts))
        ranks = list(map(int, digits))
    except ValueError:
        return None
    if b"".join(map(binascii.b2a_base64, tokens)) != b"\n".join([*texts, b""]):
        return None
    if str(ranks).encode() != b"[%b]" % b", ".join(digits) or max(ranks) > MAX_TOKEN_ID:
        return None
    found = dict(zip(cast("list[TokenId]", ranks), tokens, strict=True))
    return found if len(found) == len(set(tokens)) == lines else None


def _parse_by_line(data: bytes, path: str | Path, empty_tokens: EmptyTokens) -> dict[TokenId, bytes]:
    """Return what a file means, or refuse it by its line."""
    tokens: dict[TokenId, bytes] = {}
    ranks: dict[bytes, TokenId] = {}
    lines = data.split(b"\n")
    if not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, 1):
        try:
            token, rank = _parse_line(line)
        except ValueError as fault:
            raise malformed(path, str(fault), line=number) from None
        if rank in tokens:
            raise malformed(path, f"the rank {rank} is that of {tokens[rank]!r} already", line=number)
        if token in ranks:
            raise malformed(path, f"the token {token!r} has the rank {ranks[token]} already", line=number)
        if token:
            tokens[rank], ranks[token] = token, rank
        else:
            _meet_empty_token(path, number, rank, empty_tokens)
    return tokens


def format_ranks(vocabulary: Vocabulary) -> bytes:
    r"""Return the rank file of a vocabulary that has rank semantics: its lines in the order of ids.

    Clauses: F1, F4.

    >>> from bpe.vocabulary import single_bytes
    >>> format_ranks(Vocabulary(single_bytes()))[:7]
    b'AA== 0\n'
    """
    lines = [
        binascii.b2a_base64(token, newline=False) + b" %d\n" % token_id
        for token_id, token in vocabulary.token_bytes.items()
    ]
    return b"".join(lines)


def _parse_line(line: bytes) -> tuple[bytes, TokenId]:
    fields = line.removesuffix(b"\r").split(b" ")
    if len(fields) != 2:
        raise ValueError(f"not a token in base64, one space, and its rank: {_excerpt(line)}")
    text, digits = fields
    if not _RANK.fullmatch(digits) or int(digits) > MAX_TOKEN_ID:
        raise ValueError(f"the rank is not an integer from 0 to {MAX_TOKEN_ID}: {_excerpt(digits)}")
    return _decode_base64(text), TokenId(int(digits))


def _decode_base64(text: bytes) -> bytes:
    if text in (b"", b"="):
        return b""
    try:
        token = binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error as fault:
        raise ValueError(f"not base64 ({fault}): {_excerpt(text)}") from None
    # Bits beyond the last byte must be zero: else two spellings would mean one token.
    if binascii.b2a_base64(token, newline=False) != text:
        raise ValueError(f"not base64 (stray bits at its end): {_excerpt(text)}")
    return token


def _meet_empty_token(path: str | Path, line: int, rank: TokenId, profile: EmptyTokens) -> None:
    if profile == "refuse":
        raise malformed(path, f"the token with the rank {rank} has no bytes", line=line)
    if profile == "warn":
        warnings.warn(
            f"{path}, line {line}: token {rank} has no bytes and is left out, so nothing has that id; "
            f"empty_tokens='drop' accepts this, empty_tokens='refuse' refuses the file",
            EmptyTokenWarning,
            stacklevel=4,
        )


def _excerpt(line: bytes) -> str:
    return repr(line[:60]) + ("…" if len(line) > 60 else "")
