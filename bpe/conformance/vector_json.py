"""How the values of test vectors are written in JSON: texts, bytes, models, trainings, files.

`spec/vectors/README.md` describes the notation for readers in any language; this module reads and writes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bpe.conformance.model import Model, Training

_PRINTABLE: Final = (*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100))

#: The byte values in the order of their ids, for the numberings that have a name.
NUMBERINGS: Final[Mapping[str, tuple[int, ...]]] = {
    "value": tuple(range(256)),
    "gpt2": (*_PRINTABLE, *(value for value in range(256) if value not in _PRINTABLE)),
}

#: The fields of a model that are plain JSON values, and are left out where they have the usual value.
_PLAIN_FIELDS: Final = ("pattern", "gaps", "aliases", "whole_pre_token", "surrogates")


def read_text(value: Any) -> str:
    r"""Return a text: a JSON string, or the list of code points of one that holds surrogates.

    >>> read_text("é"), read_text({"code_points": [97, 55296]})
    ('é', 'a\ud800')
    """
    return value if isinstance(value, str) else "".join(map(chr, value["code_points"]))


def write_text(text: str) -> Any:
    r"""Return the JSON value of a text; surrogates stay out of strings, which many parsers refuse to hold them in.

    >>> write_text("é"), write_text("a\ud800")
    ('é', {'code_points': [97, 55296]})
    """
    has_surrogate = any("\ud800" <= character <= "\udfff" for character in text)
    return {"code_points": list(map(ord, text))} if has_surrogate else text


def read_content(parts: Sequence[str], chunks: Mapping[str, str]) -> bytes:
    r"""Return the bytes of a file: parts in hexadecimal, or `@` and the name of a chunk that the group has.

    >>> read_content(["@head", "0a"], {"head": "6162"})
    b'ab\n'
    """
    return b"".join(bytes.fromhex(chunks[part[1:]] if part.startswith("@") else part) for part in parts)


def read_special_tokens(pairs: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Return special tokens in the order in which they are listed, which is that of registration."""
    return {read_text(text): token_id for text, token_id in pairs}


def read_model(data: Mapping[str, Any]) -> Model:
    """Return the model that a vector describes.

    >>> read_model({"bytes": "value", "tokens": [[256, "6161"]], "merges": [[97, 97, 256]]})
    Model(BYTES | {256: b'aa'}, merges=((97, 97, 256),))
    """
    longer = {token_id: bytes.fromhex(token) for token_id, token in data.get("tokens", ())}
    merges = data.get("merges")
    return Model(
        _single_bytes(data["bytes"]) | longer,
        merges=None if merges is None else tuple((left, right, result) for left, right, result in merges),
        special_tokens=read_special_tokens(data.get("special_tokens", ())),
        **{name: data[name] for name in _PLAIN_FIELDS if name in data},
    )


def _single_bytes(numbering: Any) -> dict[int, bytes]:
    """Return the tokens of a numbering: a name, or the id of each byte value in turn, `None` for one without."""
    if isinstance(numbering, str):
        return {token_id: bytes([value]) for token_id, value in enumerate(NUMBERINGS[numbering])}
    return {token_id: bytes([value]) for value, token_id in enumerate(numbering) if token_id is not None}


def write_model(model: Model) -> dict[str, Any]:
    """Return the JSON value of a model, without the fields that have their usual value.

    >>> write_model(Model({i: bytes([i]) for i in range(256)} | {256: b"aa"}))
    {'bytes': 'value', 'tokens': [[256, '6161']]}
    """
    usual = Model({})
    single, longer = _divide(model.tokens)
    written: dict[str, Any] = {"bytes": _numbering(single)}
    if longer:
        written["tokens"] = [[token_id, token.hex()] for token_id, token in sorted(longer.items())]
    if model.merges is not None:
        written["merges"] = [list(merge) for merge in model.merges]
    if model.special_tokens:
        written["special_tokens"] = [[write_text(text), token_id] for text, token_id in model.special_tokens.items()]
    values = {name: getattr(model, name) for name in _PLAIN_FIELDS}
    return written | {name: value for name, value in values.items() if value != getattr(usual, name)}


def _divide(tokens: Mapping[int, bytes]) -> tuple[dict[bytes, int], dict[int, bytes]]:
    """Return the first token of each single byte, by bytes, and all other tokens, by id."""
    single: dict[bytes, int] = {}
    longer: dict[int, bytes] = {}
    for token_id, token in sorted(tokens.items()):
        if len(token) == 1 and token not in single:
            single[token] = token_id
        else:
            longer[token_id] = token
    return single, longer


def _numbering(single: Mapping[bytes, int]) -> str | list[int | None]:
    ids = [single.get(bytes([value])) for value in range(256)]
    for name, values in NUMBERINGS.items():
        if ids == [values.index(value) for value in range(256)]:
            return name
    return ids


def read_training(given: Mapping[str, Any]) -> Training:
    """Return the training that the input of a vector describes.

    >>> read_training({"texts": ["aaabdaaabac"], "merges": 3}).tie_break
    'smallest-pair'
    """
    lists = ("texts", "special_tokens")
    fields: dict[str, Any] = {name: tuple(value) if name in lists else value for name, value in given.items()}
    return Training(**fields)
