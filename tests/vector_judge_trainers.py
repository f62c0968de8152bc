"""rustbpe and Hugging Face's trainer as judges."""

from __future__ import annotations

from typing import Any

from bpe.conformance.plain_merging import scan
from bpe.conformance.vector_json import read_model
from bpe.conformance.vectors import Vector
from tests.training_peers import train_hugging_face, train_rustbpe
from tests.vector_judging import require, source_of


def judge(vector: Vector) -> Any:
    """Return the answer of rustbpe, which breaks ties by the smallest pair and knows no minimum."""
    given = vector.call.given
    require(vector.operation == "train" and vector.call.rejected is None)
    require(given.get("byte_order", "value") == "value" and given.get("tie_break", "smallest-pair") == "smallest-pair")
    require(given.get("min_frequency", 1) == 1)
    return _compared(vector, train_rustbpe(_texts(vector), given["merges"], source_of(given.get("pattern"))))


def train_as_hugging_face(vector: Vector) -> Any:
    """Return the answer of Hugging Face's BpeTrainer, which numbers bytes as GPT-2 does."""
    given = vector.call.given
    source = source_of(given.get("pattern"))
    least = given.get("min_frequency", 1)
    return _compared(vector, train_hugging_face(_texts(vector), given["merges"], source, least))


def _texts(vector: Vector) -> list[str]:
    """Return what is no special token in the texts."""
    special = vector.call.given.get("special_tokens", ())
    return [part for text in vector.call.given["texts"] for taken, part in scan(text, special) if not taken]


def _compared(vector: Vector, made: list[bytes]) -> Any:
    """Return the expected output where the tokens are those that were made, in the same order."""
    expected = read_model(vector.call.output)
    tokens = [expected.tokens[result] for _, _, result in expected.merges or ()]
    return vector.call.output if made == tokens else made
