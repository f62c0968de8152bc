"""Hugging Face's tokenizers as a judge: a byte-level BPE that is built from the vector's merges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers

from bpe.byte_order import BYTE_TO_CHARACTER
from bpe.conformance.model import Model
from bpe.conformance.vector_json import read_content, read_model, read_text
from bpe.conformance.vectors import Vector
from bpe.patterns import NAMED_PATTERNS
from tests.vector_judge_trainers import train_as_hugging_face
from tests.vector_judging import allowed_of, model_of, require, scalar_text, source_of

#: Oniguruma reads {1,3}+ as a repetition of a repetition, so this pattern has its older form, which cuts alike.
_GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


def judge(vector: Vector) -> Any:
    """Return the answer of Hugging Face's library."""
    answer = _ANSWERS.get(vector.operation)
    require(answer is not None and not vector.before and vector.call.rejected is None)
    assert answer is not None
    return answer(vector)


def _shown(token: bytes) -> str:
    return "".join(BYTE_TO_CHARACTER[value] for value in token)


def _bpe(model: Model) -> models.BPE:
    require(model.merges is not None)
    vocabulary = {_shown(token): token_id for token_id, token in model.tokens.items()}
    merges = [(_shown(model.tokens[left]), _shown(model.tokens[right])) for left, right, _ in model.merges or ()]
    return models.BPE(vocabulary, merges, ignore_merges=model.whole_pre_token)


def _split(pattern: str | None) -> Any:
    """Return the pre-split; `isolated` keeps what a pattern leaves uncovered, each stretch as one piece."""
    # The two differ in white space at the end of a text, and it can read the one form only.
    require(pattern != "cl100k_base")
    source = _GPT2 if pattern == "gpt2" else source_of(pattern)
    return pre_tokenizers.Split(Regex(source), behavior="isolated")


def _tokenizer(vector: Vector, model: Model) -> tuple[Tokenizer, dict[int, int]]:
    """Return the tokenizer, and our id for each id of a special token in it."""
    tokenizer = Tokenizer(_bpe(model))
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([_split(model.pattern), byte_level])
    special: dict[int, int] = {}
    for text in allowed_of(vector, model):
        tokenizer.add_special_tokens([AddedToken(text, normalized=False, special=True)])
        number = tokenizer.token_to_id(text)
        # One that is spelled like a token of the model, or gets such a token's id, cannot be told apart.
        require(number is not None and number not in model.tokens and number not in special)
        assert number is not None
        special[number] = model.special_tokens[text]
    return tokenizer, special


def _encode(vector: Vector) -> list[int]:
    model = model_of(vector)
    tokenizer, special = _tokenizer(vector, model)
    ids = tokenizer.encode(scalar_text(model, vector.call.given["text"])).ids
    return [special.get(token_id, token_id) for token_id in ids]


def _encode_batch(vector: Vector) -> list[list[int]]:
    model = model_of(vector)
    tokenizer, special = _tokenizer(vector, model)
    texts = [scalar_text(model, text) for text in vector.call.given["texts"]]
    return [[special.get(i, i) for i in each.ids] for each in tokenizer.encode_batch(texts)]


def _offsets(vector: Vector) -> list[list[int]]:
    """It knows characters; bytes are counted along."""
    model = model_of(vector)
    tokenizer, special = _tokenizer(vector, model)
    text = scalar_text(model, vector.call.given["text"])
    encoding = tokenizer.encode(text)
    spans: list[list[int]] = []
    start = 0
    for number, (first, last) in zip(encoding.ids, encoding.offsets, strict=True):
        size = len(text[first:last].encode()) if number in special else len(model.tokens[number])
        spans.append([special.get(number, number), start, start + size, first, last])
        start += size
    return spans


def _merge(vector: Vector) -> list[int]:
    model = model_of(vector).change(whole_pre_token=False)
    return [token.id for token in _bpe(model).tokenize(_shown(bytes.fromhex(vector.call.given["bytes"])))]


def _pieces(pattern: str | None, text: str) -> list[str]:
    return [piece for piece, _ in _split(pattern).pre_tokenize_str(text)] if text else []


def _pre_split(vector: Vector) -> list[str]:
    return _pieces(vector.call.given["pattern"], vector.call.given["text"])


def _safe_cuts(vector: Vector) -> Any:
    """It can say that a text may be cut at all of these, not that there are no others."""
    pattern, text = vector.call.given["pattern"], vector.call.given["text"]
    require(vector.call.output and pattern in NAMED_PATTERNS)
    cuts = [0, *vector.call.output, len(text)]
    parts = [piece for start, stop in pairwise(cuts) for piece in _pieces(pattern, text[start:stop])]
    return vector.call.output if parts == _pieces(pattern, text) else "another split"


def _count_pre_tokens(vector: Vector) -> list[list[Any]]:
    pieces = [
        piece for text in vector.call.given["texts"] for piece in _pieces(vector.call.given["pattern"], read_text(text))
    ]
    return [[piece, pieces.count(piece)] for piece in dict.fromkeys(pieces)]


def _train(vector: Vector) -> Any:
    given: Mapping[str, Any] = vector.call.given
    require(given.get("byte_order") == "gpt2" and given.get("tie_break", "smallest-pair") == "smallest-pair")
    require(given.get("pattern") != "cl100k_base")
    return train_as_hugging_face(vector)


def _load_file(vector: Vector) -> Any:
    """It reads GPT-2's pair of files into a vocabulary and merges."""
    given = vector.call.given
    require(given["format"] == "gpt2" and len(given["files"]) == 2)
    with TemporaryDirectory() as folder:
        merges, ids = (Path(folder) / name for name in given["files"])
        for path, parts in zip((merges, ids), given["files"].values(), strict=True):
            path.write_bytes(read_content(parts, given["chunks"]))
        if merges.suffix == ".json":
            merges, ids = ids, merges
        vocabulary, made = models.BPE.read_file(str(ids), str(merges))
    expected = read_model(vector.call.output)
    tokens = {_shown(token): token_id for token_id, token in expected.tokens.items()} | dict(expected.special_tokens)
    joined = [tuple(_shown(expected.tokens[part]) for part in merge[:2]) for merge in expected.merges or ()]
    return vector.call.output if (vocabulary, made) == (tokens, joined) else (vocabulary, made)


_ANSWERS: dict[str, Callable[[Vector], Any]] = {
    "encode": _encode,
    "encode_elsewhere": _encode,
    "encode_ordinary": _encode,
    "encode_batch": _encode_batch,
    "count": lambda vector: len(_encode(vector)),
    "is_within_limit": lambda vector: len(_encode(vector)) <= vector.call.given["limit"],
    "offsets": _offsets,
    "merge": _merge,
    "pre_split": _pre_split,
    "safe_cuts": _safe_cuts,
    "count_pre_tokens": _count_pre_tokens,
    "train": _train,
    "load_file": _load_file,
}
