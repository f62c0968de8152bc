"""Golden vectors of other projects: the same ids for the same texts, and the texts back (E1, S4)."""

from __future__ import annotations

import json
from typing import Any

import pytest

import bpe
from bpe.encodings import list_encoding_names
from bpe.tokenizer import Tokenizer
from tests.data import data_file, data_text
from tests.encodings_folder import encodings_folder, require_encoding

__all__ = ["encodings_folder"]

pytestmark = pytest.mark.usefixtures("encodings_folder")


def _vectors(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data_text(f"vectors/{name}.jsonl").splitlines()]


def _assert_agrees(tokenizer: Tokenizer, vector: dict[str, Any]) -> None:
    special = vector.get("special", {})
    assert special.items() <= tokenizer.special_tokens.items()
    ids = tokenizer.encode(vector["text"], allowed_special=set(special), disallowed_special=())
    assert ids == vector["ids"], vector["sources"]
    assert tokenizer.decode(ids) == vector["text"], vector["sources"]


@pytest.mark.parametrize("name", list_encoding_names())
def test_named_encodings_reproduce_the_vectors(name: str) -> None:
    tokenizer = require_encoding(name)
    vectors = _vectors(name)
    assert len(vectors) >= 30
    for vector in vectors:
        _assert_agrees(tokenizer, vector)


@pytest.mark.filterwarnings("ignore::bpe.errors.EmptyTokenWarning")
def test_a_rank_file_with_an_empty_token_reproduces_the_vectors() -> None:
    tokenizer = bpe.load(data_file("tokenizers/whisper/multilingual.tiktoken"), pattern="gpt2")
    for vector in _vectors("whisper_multilingual"):
        _assert_agrees(tokenizer, vector)
