"""GPT-2's merges alone: `vocab.bpe`, also known as `merges.txt`.

One merge a line, in rank order; each byte is written as the visible character that GPT-2 gave it, so a space is `Ġ`.

    #version: 0.2
    Ġ t
    Ġ a

The file holds no ids.
They are in `encoder.json` beside it (`bpe.files.gpt2_pair`); without that, the convention is that the bytes come first, in GPT-2's order, and each merge makes the next id.
The convention has exceptions, so it applies only where the caller asks for it by `format="gpt2-merges"`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from bpe.byte_order import BYTE_TO_CHARACTER, CHARACTER_TO_BYTE, byte_order
from bpe.errors import CannotExpressError
from bpe.files.faults import malformed
from bpe.files.given import Given, require_pattern
from bpe.files.raw import decode_utf8, split_lines
from bpe.vocabulary import Merge, Pair, TokenId, Vocabulary, single_bytes

#: How the optional first line begins; a first merge is of two bytes, so none looks like it.
HEADER_START = "#version:"

_HEADER = "#version: 0.2"
_TO_BYTE = dict(CHARACTER_TO_BYTE)
_TO_CHARACTER = dict(BYTE_TO_CHARACTER)


def characters_to_bytes(text: str) -> bytes:
    r"""Return the bytes that GPT-2's characters stand for.

    Raises `KeyError` with the first character that stands for none.

    >>> characters_to_bytes("Ġé"), characters_to_bytes("Ã©")
    (b' \xe9', b'\xc3\xa9')
    """
    return bytes([_TO_BYTE[character] for character in text])


def bytes_to_characters(token: bytes) -> str:
    """Return GPT-2's characters for some bytes.

    >>> bytes_to_characters(" é".encode())
    'ĠÃ©'
    """
    return "".join([_TO_CHARACTER[value] for value in token])


def parse_merges(text: str, path: str | Path) -> Iterator[tuple[int, bytes, bytes]]:
    r"""Yield each merge's line number and the bytes of its two parts.

    Clauses: F2.
    Raises `FileFormatError` that names the line.

    >>> list(parse_merges("#version: 0.2\nĠ t\n", "vocab.bpe"))
    [(2, b' ', b't')]
    """
    for number, line in enumerate(split_lines(text), 1):
        if number == 1 and line.startswith(HEADER_START):
            continue
        parts = line.split(" ")
        if len(parts) != 2 or not all(parts):
            raise malformed(path, f"not two tokens with a space between: {line[:60]!r}", line=number)
        try:
            left, right = map(characters_to_bytes, parts)
        except KeyError as fault:
            raise malformed(
                path, f"{fault.args[0]!r} is none of GPT-2's 256 characters for bytes", line=number
            ) from None
        yield number, left, right


def build_merges(text: str, ids: Mapping[bytes, TokenId], path: str | Path) -> tuple[Merge, ...]:
    r"""Return the merges of a file, given the ids of tokens.

    Clauses: F2, V4.
    Raises `FileFormatError` that names the line: of a part that no earlier line makes, of a token without id, of a repeated pair.

    >>> build_merges("a a\n", {b"a": TokenId(64), b"aa": TokenId(256)}, "vocab.bpe")
    (Merge(left=64, right=64, result=256),)
    """
    made: set[bytes] = set()
    merges: dict[Pair, Merge] = {}
    for number, left, right in parse_merges(text, path):
        unmade = next((part for part in (left, right) if len(part) > 1 and part not in made), None)
        if unmade is not None:
            raise malformed(path, f"{bytes_to_characters(unmade)!r} is made by no earlier line", line=number)
        try:
            merge = Merge(ids[left], ids[right], ids[left + right])
        except KeyError as fault:
            token = bytes_to_characters(fault.args[0])
            raise malformed(path, f"the token {token!r} has no id in the file beside it", line=number) from None
        if merge.pair in merges:
            raise malformed(path, "the pair is that of an earlier line", line=number)
        merges[merge.pair] = merge
        made.add(left + right)
    return tuple(merges.values())


def read_merges_file(path: Path, data: bytes, given: Given) -> Vocabulary:
    """Return the vocabulary of a list of merges alone: bytes in GPT-2's order, then one id a line.

    Clauses: F1, F2, V4.
    """
    pattern = require_pattern(given, path, "a list of merges")
    text = decode_utf8(data, path)
    ids = {token: token_id for token_id, token in single_bytes(byte_order("gpt2")).items()}
    for number, left, right in parse_merges(text, path):
        if left + right in ids:
            token = bytes_to_characters(left + right)
            raise malformed(path, f"the token {token!r} is made twice, so its id is not clear", line=number)
        ids[left + right] = TokenId(len(ids))
    return Vocabulary(
        {token_id: token for token, token_id in ids.items()},
        build_merges(text, ids, path),
        pattern,
        given.special_tokens or {},
        given.aliases or {},
        errors=given.errors or "strict",
    )


def format_merges(vocabulary: Vocabulary) -> bytes:
    r"""Return the merges of a vocabulary as GPT-2's file has them.

    Clauses: F1, F4.

    >>> format_merges(Vocabulary(single_bytes() | {256: b" t"}, (Merge(32, 116, 256),))).decode()
    '#version: 0.2\nĠ t\n'
    """
    shown = {token_id: bytes_to_characters(token) for token_id, token in vocabulary.token_bytes.items()}
    lines = [f"{shown[merge.left]} {shown[merge.right]}\n" for merge in vocabulary.merges or ()]
    return "".join([_HEADER + "\n", *lines]).encode()


def format_merges_alone(vocabulary: Vocabulary) -> bytes:
    """Return the list of merges of a vocabulary whose ids follow from it.

    Clauses: F1, F4.
    Raises `CannotExpressError` where they do not.
    """
    require_consecutive_ids(vocabulary, byte_order("gpt2"), "a list of merges alone")
    return format_merges(vocabulary)


def require_consecutive_ids(vocabulary: Vocabulary, order: tuple[int, ...], kind: str) -> None:
    """Refuse a vocabulary whose ids are not 0 to 255 for the bytes in this order and then one for each merge.

    Clauses: F1.
    Raises `CannotExpressError` that names the first id that would change or vanish.
    """
    merges = vocabulary.merges or ()
    implied = single_bytes(order)
    for merge in merges:
        implied[TokenId(len(implied))] = vocabulary.token_bytes[merge.result]
    if implied == vocabulary.token_bytes:
        return
    changed = [token_id for token_id, token in vocabulary.token_bytes.items() if implied.get(token_id) != token]
    # Where no token's id would change, a second merge to one token would be given an id of its own.
    lost = f"{vocabulary.token_bytes[changed[0]]!r} has the id {changed[0]}" if changed else "two merges make one token"
    raise CannotExpressError(
        f"{kind} holds no ids: they are 0 to 255 for the bytes in its order, then one for each merge; "
        f"lost would be that {lost}: use format='bpe'",
        token=changed[0] if changed else None,
    )
