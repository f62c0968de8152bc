"""`tokenizer.json`, Hugging Face's file for a whole pipeline, read as a model where it describes byte-level BPE and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bpe.byte_order import BYTE_TO_CHARACTER, CHARACTER_TO_BYTE
from bpe.conformance.model import IdMerge, Model
from bpe.patterns import Pattern

#: What a pre-split by `ByteLevel` itself is.
_BYTE_LEVEL: Final = "gpt2"


def read_tokenizer_json(text: str) -> Model | None:
    """Return the model that a file describes, or `None` where a part of the pipeline does what byte-level BPE does not.

    A normaliser, a second split, a prefix space, tokens with white space around them: none of these has a clause.
    Special tokens are those that the file calls so.
    """
    described = json.loads(text)
    try:
        pattern = _read_split(described.get("pre_tokenizer"))
        return None if _does_more(described) else _read_model(described, pattern)
    except (KeyError, TypeError, ValueError):
        return None


def _does_more(described: Mapping[str, Any]) -> bool:
    model = described["model"]
    decoder = (described.get("decoder") or {}).get("type")
    affixes = ("continuing_subword_prefix", "end_of_word_suffix", "dropout", "byte_fallback")
    return (
        model.get("type", "BPE") != "BPE"
        or described.get("normalizer") is not None
        or decoder not in ("ByteLevel", None)
        or any(model.get(name) for name in affixes)
        or any(_is_unusual(token) for token in described.get("added_tokens", ()))
    )


def _is_unusual(token: Mapping[str, Any]) -> bool:
    return not token.get("special") or any(token.get(name) for name in ("single_word", "lstrip", "rstrip"))


def _read_split(pre_tokenizer: Mapping[str, Any]) -> str:
    """Return the one pattern of a pre-split; raise `ValueError` for anything else."""
    steps: Sequence[Mapping[str, Any]] = (
        pre_tokenizer["pretokenizers"] if pre_tokenizer["type"] == "Sequence" else [pre_tokenizer]
    )
    kinds = [step["type"] for step in steps]
    if kinds[-1] != "ByteLevel" or steps[-1].get("add_prefix_space"):
        raise ValueError("no byte-level pre-split")
    uses_regex = steps[-1].get("use_regex", True)
    if kinds == ["ByteLevel"] and uses_regex:
        return _BYTE_LEVEL
    split = steps[0]
    if kinds != ["Split", "ByteLevel"] or uses_regex or split["behavior"] != "Isolated" or split.get("invert"):
        raise ValueError("more than one split")
    source: str = split["pattern"]["Regex"]
    return Pattern(source).name or source


def _read_model(described: Mapping[str, Any], pattern: str) -> Model:
    model = described["model"]
    special = {token["content"]: int(token["id"]) for token in described.get("added_tokens", ())}
    ids: dict[str, int] = {text: token_id for text, token_id in model["vocab"].items() if text not in special}
    tokens = {token_id: _read_bytes(text) for text, token_id in sorted(ids.items(), key=lambda item: item[1])}
    pairs = [tuple(merge.split(" ")) if isinstance(merge, str) else tuple(merge) for merge in model["merges"]]
    merges: tuple[IdMerge, ...] = tuple((ids[left], ids[right], ids[left + right]) for left, right in pairs)
    whole = bool(model.get("ignore_merges"))
    return Model(tokens, merges, pattern, "isolate", special, whole_pre_token=whole)


def _read_bytes(text: str) -> bytes:
    return bytes(CHARACTER_TO_BYTE[character] for character in text)


def write_tokenizer_json(model: Model, source: str) -> str:
    r"""Return the file for a model with merges; `source` is the regular expression of its pattern.

    >>> from bpe.conformance.model import BYTES
    >>> model = Model(BYTES | {256: b"aa"}, ((97, 97, 256),), "gpt2", "isolate", {"<s>": 257})
    >>> read_tokenizer_json(write_tokenizer_json(model, r"\S+|\s+")) == model.change(pattern=r"\S+|\s+")
    True
    """
    special = [
        {"id": token_id, "content": text, "special": True}
        | dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
        for text, token_id in model.special_tokens.items()
    ]
    split = {"type": "Split", "pattern": {"Regex": source}, "behavior": "Isolated", "invert": False}
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    described = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": special,
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, level]},
        "post_processor": None,
        "decoder": level | {"use_regex": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": model.whole_pre_token,
            # A special token that is not listed here would get the next free id, whatever its own is.
            "vocab": {_shown(token): token_id for token_id, token in model.tokens.items()} | dict(model.special_tokens),
            "merges": [f"{_shown(model.tokens[a])} {_shown(model.tokens[b])}" for a, b, _ in model.merges or ()],
        },
    }
    return json.dumps(described, ensure_ascii=False)


def _shown(token: bytes) -> str:
    return "".join(BYTE_TO_CHARACTER[value] for value in token)
