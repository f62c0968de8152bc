"""Reading our own format: every value is checked before it is used, and a fault is told by its JSON path."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bpe.byte_order import ByteOrder, byte_order
from bpe.files.bpe_json import FORMAT_NAME, FORMAT_VERSION
from bpe.files.given import Given, require_agreement
from bpe.files.json_fields import Field, is_token_id
from bpe.files.json_text import parse_json
from bpe.files.pattern_text import find_pattern_fault
from bpe.files.token_notation import parse_token
from bpe.patterns import GapProfile, Pattern
from bpe.vocabulary import Merge, Pair, SurrogateProfile, TokenId, Vocabulary, single_bytes

_MEMBERS = (
    "format",
    "version",
    "fingerprint",
    "pattern",
    "semantics",
    "whole_pre_token",
    "errors",
    "special_tokens",
    "aliases",
    "bytes",
    "tokens",
    "merges",
)
_PATTERN_MEMBERS = ("name", "source", "gaps", "unicode")
_BYTE_ORDERS: tuple[ByteOrder, ...] = ("value", "gpt2")
_ERRORS: tuple[SurrogateProfile, ...] = ("strict", "replace")
_GAPS: tuple[GapProfile, ...] = ("refuse", "isolate")


def read_bpe_json(path: Path, data: bytes, given: Given) -> Vocabulary:
    """Return the vocabulary that a file of our own format means.

    Clauses: F1, F2, F4, P6.
    Raises `FileFormatError`, also where the fingerprint or the Unicode version is another.
    """
    root = Field(parse_json(data, path), "$", path)
    _check_version(root)
    members = root.members(_MEMBERS)
    pattern = _read_pattern(members["pattern"])
    tokens = _read_byte_ids(members["bytes"])
    _read_tokens(members["tokens"], tokens)
    vocabulary = Vocabulary(
        tokens.by_id,
        _read_merges(members, tokens),
        pattern,
        {text: entry.token_id() for text, entry in members["special_tokens"].entries()},
        {alias: entry.text() for alias, entry in members["aliases"].entries()},
        members["whole_pre_token"].boolean(),
        members["errors"].choice(_ERRORS),
    )
    _check_fingerprint(members["fingerprint"], vocabulary)
    return require_agreement(vocabulary, given, path)


@dataclass(frozen=True, slots=True)
class _Tokens:
    """The tokens read so far, both ways."""

    by_id: dict[TokenId, bytes]
    ids: dict[bytes, TokenId] = field(default_factory=dict)

    def add(self, token: bytes, token_id: TokenId, at: Field, index: int) -> None:
        if token in self.ids:
            raise at.item(index).fault(f"the token {token[:60]!r} has the id {self.ids[token]} already")
        if token_id in self.by_id:
            raise at.item(index).fault(f"the id {token_id} is that of {self.by_id[token_id][:60]!r} already")
        self.by_id[token_id], self.ids[token] = token, token_id


class _TokenTexts(dict[str, bytes]):
    """Tokens by their notation, each worked out once: a token is part of many merges."""

    def __missing__(self, text: str) -> bytes:
        token = self[text] = parse_token(text)
        return token


def _check_version(root: Field) -> None:
    members = dict(root.entries())
    name, version = members.get("format"), members.get("version")
    if name is None or name.value != FORMAT_NAME:
        raise root.fault(f"not a vocabulary of this format: the member 'format' is not {FORMAT_NAME!r}")
    if version is None or type(version.value) is not int or version.value != FORMAT_VERSION:
        raise root.fault(f"the member 'version' is not {FORMAT_VERSION}, the one that this release reads")


def _check_fingerprint(at: Field, vocabulary: Vocabulary) -> None:
    if at.text() != vocabulary.fingerprint:
        raise at.fault(
            f"the fingerprint of the content is {vocabulary.fingerprint}: the file was changed after it was saved; "
            f"restore it, or write that fingerprint into it if the change was meant"
        )


def _read_pattern(at: Field) -> Pattern | None:
    if at.value is None:
        return None
    members = at.members(_PATTERN_MEMBERS)
    source = members["source"]
    fault = find_pattern_fault(source.text())
    if fault is not None:
        raise source.fault(fault)
    pattern = Pattern(source.text(), members["gaps"].choice(_GAPS))
    version = members["unicode"]
    if version.text() != pattern.unicode_version:
        raise version.fault(
            f"the pattern has the character classes of {version.text()[:40]}, "
            f"and here those of {pattern.unicode_version}: the same text could split otherwise"
        )
    if members["name"].value != pattern.name:
        raise members["name"].unwanted(f"the name of this expression, {pattern.name!r},")
    return pattern


def _read_byte_ids(at: Field) -> _Tokens:
    if type(at.value) is str:
        by_id = single_bytes(byte_order(at.choice(_BYTE_ORDERS)))
        return _Tokens(by_id, {token: token_id for token_id, token in by_id.items()})
    count = len(at.array())
    if count != 256:
        raise at.fault(f"{count} ids where 256 are wanted, one for each byte value")
    tokens = _Tokens({})
    for value in range(256):
        tokens.add(bytes([value]), at.item(value).token_id(), at, value)
    return tokens


def _read_tokens(at: Field, tokens: _Tokens) -> None:
    for index, row in enumerate(at.array()):
        if not (type(row) is list and len(row) == 2 and type(row[0]) is str and is_token_id(row[1])):
            raise at.item(index).fault("not a token and its id, as in ['the', 1820]")
        try:
            token = parse_token(row[0])
        except ValueError as fault:
            raise at.item(index).fault(f"not a token: {fault}") from None
        if not token:
            raise at.item(index).fault("the token has no bytes")
        tokens.add(token, row[1], at, index)


def _read_merges(members: dict[str, Field], tokens: _Tokens) -> tuple[Merge, ...] | None:
    at = members["merges"]
    if members["semantics"].choice(("ranks", "pairs")) == "ranks":
        if at.value is not None:
            raise at.unwanted("null, as rank semantics has no merges,")
        return None
    merges: dict[Pair, Merge] = {}
    texts = _TokenTexts()
    made = {token for token in tokens.ids if len(token) == 1}
    for index, row in enumerate(at.array()):
        left, right, result = _read_merge(row, texts, at, index)
        if left not in made or right not in made:
            missing = left if left not in made else right
            raise at.item(index).fault(f"{missing[:60]!r} is made by no earlier merge")
        token = left + right
        # Two merges may make one token; then both name its id.
        if tokens.ids.get(token) != result:
            tokens.add(token, result, at, index)
        made.add(token)
        pair = tokens.ids[left], tokens.ids[right]
        if pair in merges:
            raise at.item(index).fault("the pair is that of an earlier merge")
        merges[pair] = Merge(*pair, result)
    return tuple(merges.values())


def _read_merge(row: Any, texts: _TokenTexts, at: Field, index: int) -> tuple[bytes, bytes, TokenId]:
    if not (type(row) is list and len(row) == 3 and type(row[0]) is type(row[1]) is str and is_token_id(row[2])):
        raise at.item(index).fault("not two tokens and the id that they make, as in ['t', 'h', 256]")
    try:
        return texts[row[0]], texts[row[1]], row[2]
    except ValueError as fault:
        raise at.item(index).fault(f"not a token: {fault}") from None
