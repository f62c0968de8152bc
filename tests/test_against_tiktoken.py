"""The same ids as the installed tiktoken, on many texts that are biased to hazards, for each encoding that is here."""

from __future__ import annotations

import os

import pytest

from tests.encodings_folder import encodings_folder, require_encoding
from tests.hazards import hazards
from tests.peers import tiktoken_twin

__all__ = ["encodings_folder"]  # a fixture
pytestmark = pytest.mark.usefixtures("encodings_folder")

ENCODINGS = ("gpt2", "cl100k_base", "o200k_base")
#: At least this many texts for each encoding; more than ten million in all in the deep profile.
TEXTS = 3_500_000 if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else 200_000


@pytest.mark.parametrize("name", ENCODINGS)
def test_hazards(name: str) -> None:
    """On every hazard text the ids are tiktoken's, and decode to the text."""
    tokenizer = require_encoding(name)
    twin = tiktoken_twin(tokenizer)
    for text in hazards(seed=20_000 + ENCODINGS.index(name), count=TEXTS):
        ids = twin.encode_ordinary(text)
        assert tokenizer.encode_ordinary(text) == ids, repr(text)
        assert tokenizer.decode(ids) == text, repr(text)
