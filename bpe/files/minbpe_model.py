r"""minbpe's `.model` files: pattern, special tokens, and one merge a line.

    minbpe v1
    <the pattern, or an empty line for none>
    <the number of special tokens>
    <|endoftext|> 258
    97 97
    256 98

The ids 0 to 255 are the bytes by value, and the n-th merge makes the id 255 + n: the file needs no other ids and can hold none.
minbpe strips the pattern line and splits the other lines at white space, so neither a pattern with white space at its ends nor a special token with any survives there; both are refused here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from bpe.byte_order import byte_order
from bpe.errors import CannotExpressError
from bpe.files.faults import malformed
from bpe.files.given import Given, require_agreement
from bpe.files.gpt2_merges import require_consecutive_ids
from bpe.files.pattern_text import find_pattern_fault
from bpe.files.raw import MAX_FILE_BYTES, decode_utf8, split_lines
from bpe.patterns import Pattern
from bpe.vocabulary import MAX_TOKEN_ID, Merge, TokenId, Vocabulary, single_bytes

#: The first line of every file of this format.
VERSION_LINE = "minbpe v1"

_INTEGER = re.compile(r"0|[1-9][0-9]{0,9}")


def read_minbpe_model(path: Path, data: bytes, given: Given) -> Vocabulary:
    """Return the vocabulary that a `.model` file means.

    Clauses: F1, F2, V4, S8.
    """
    lines = split_lines(decode_utf8(data, path))
    if len(lines) < 3 or lines[0] != VERSION_LINE:
        raise malformed(
            path, f"does not begin with {VERSION_LINE!r}, a pattern, and a number of special tokens", line=1
        )
    count = _parse_count(lines, path)
    special_tokens = _parse_special_tokens(lines[3 : 3 + count], path)
    token_bytes, merges = _parse_merges(lines, 3 + count, path)
    vocabulary = Vocabulary(
        token_bytes,
        merges,
        _parse_pattern(lines[1], path),
        special_tokens,
        given.aliases or {},
        errors=given.errors or "strict",
    )
    return require_agreement(vocabulary, given, path)


def format_minbpe_model(vocabulary: Vocabulary) -> bytes:
    """Return the `.model` file of a vocabulary that has pair semantics.

    Clauses: F1, F4.
    Raises `CannotExpressError` that says what would be lost.

    >>> v = Vocabulary(single_bytes() | {256: b"aa"}, (Merge(97, 97, 256),))
    >>> format_minbpe_model(v).decode().splitlines()
    ['minbpe v1', '', '0', '97 97']
    """
    require_consecutive_ids(vocabulary, byte_order("value"), "a .model file")
    if vocabulary.aliases:
        raise _cannot(f"that {next(iter(vocabulary.aliases))!r} is an alias, for minbpe has one text for an id")
    # minbpe takes the first special token that matches, in this order, where the rule is to take the longest.
    special_tokens = sorted(vocabulary.special_tokens.items(), key=lambda entry: (-len(entry[0]), entry[0]))
    lines = [
        VERSION_LINE,
        _format_pattern(vocabulary.pattern),
        str(len(special_tokens)),
        *(_format_special_token(text, token_id) for text, token_id in special_tokens),
        *(f"{merge.left} {merge.right}" for merge in vocabulary.merges or ()),
    ]
    return "".join([line + "\n" for line in lines]).encode()


def _parse_pattern(line: str, path: Path) -> Pattern | None:
    if line != line.strip():
        raise malformed(path, "the pattern has white space at an end, which minbpe itself drops: remove it", line=2)
    fault = find_pattern_fault(line)
    if fault is not None:
        raise malformed(path, fault, line=2)
    return Pattern(line) if line else None


def _parse_count(lines: Sequence[str], path: Path) -> int:
    if not _INTEGER.fullmatch(lines[2]):
        raise malformed(path, f"not a number of special tokens: {lines[2][:60]!r}", line=3)
    count = int(lines[2])
    if count > len(lines) - 3:
        raise malformed(path, f"{count} special tokens are announced, but {len(lines) - 3} lines follow", line=3)
    return count


def _parse_special_tokens(lines: Sequence[str], path: Path) -> dict[str, TokenId]:
    special_tokens: dict[str, TokenId] = {}
    for number, line in enumerate(lines, 4):
        text, _, digits = line.rpartition(" ")
        if not text or text.split() != [text] or not _INTEGER.fullmatch(digits) or int(digits) > MAX_TOKEN_ID:
            reason = f"not a special token without white space, one space, and an id from 0 to {MAX_TOKEN_ID}"
            raise malformed(path, f"{reason}: {line[:60]!r}", line=number)
        if text in special_tokens:
            raise malformed(path, f"the special token {text!r} is there twice", line=number)
        special_tokens[text] = TokenId(int(digits))
    return special_tokens


def _parse_merges(lines: Sequence[str], start: int, path: Path) -> tuple[dict[TokenId, bytes], tuple[Merge, ...]]:
    token_bytes = single_bytes()
    merges: list[Merge] = []
    known = set(token_bytes.values())
    total = 0
    for number, left, right in _parse_pairs(lines, start, path):
        result = TokenId(len(token_bytes))
        if left >= result or right >= result:
            raise malformed(path, f"id {max(left, right)} is made by no earlier line", line=number)
        # subtle: 40 short lines that each double the last token would ask for a terabyte.
        total += len(token_bytes[left]) + len(token_bytes[right])
        if total > MAX_FILE_BYTES:
            raise malformed(path, f"the tokens come to more than {MAX_FILE_BYTES} bytes", line=number)
        token = token_bytes[left] + token_bytes[right]
        if token in known:
            raise malformed(path, f"the token {token[:60]!r} is made twice", line=number)
        known.add(token)
        token_bytes[result] = token
        merges.append(Merge(left, right, result))
    return token_bytes, tuple(merges)


def _parse_pairs(lines: Sequence[str], start: int, path: Path) -> Iterator[tuple[int, TokenId, TokenId]]:
    for number, line in enumerate(lines[start:], start + 1):
        left, _, right = line.partition(" ")
        if not (_INTEGER.fullmatch(left) and _INTEGER.fullmatch(right)):
            raise malformed(path, f"not two ids with a space between: {line[:60]!r}", line=number)
        yield number, TokenId(int(left)), TokenId(int(right))


def _format_pattern(pattern: Pattern | None) -> str:
    if pattern is None:
        return ""
    fault = find_pattern_fault(pattern.source)
    if fault is not None:
        raise _cannot(f"the pattern, because {fault}")
    if pattern.gaps != "refuse":
        raise _cannot(f"gaps={pattern.gaps!r}: minbpe drops text that a pattern leaves uncovered")
    if not pattern.source:
        raise _cannot("that the pattern is an empty expression, for an empty line means none")
    if pattern.source != pattern.source.strip() or "\n" in pattern.source or "\r" in pattern.source:
        raise _cannot(f"white space of the pattern {pattern.source!r}, at its ends or as a line break")
    return pattern.source


def _format_special_token(text: str, token_id: TokenId) -> str:
    if text.split() != [text]:
        raise _cannot(f"the special token {text!r}, because it has white space in it")
    return f"{text} {token_id}"


def _cannot(lost: str) -> CannotExpressError:
    return CannotExpressError(f"a .model file cannot hold everything; lost would be {lost}: use format='bpe'")
