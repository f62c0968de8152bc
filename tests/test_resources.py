"""Chapter R: hostile sizes and shapes give the right ids or a typed refusal; how time grows is measured in benchmarks."""

from __future__ import annotations

import inspect
import random
import string
import sys
from collections.abc import Callable
from contextlib import suppress

import pytest

import bpe
from bpe import errors
from bpe.vocabulary import Merge, TokenId, Vocabulary, single_bytes
from tests.peers import tiktoken_twin

MILLION = 1_000_000


def letters() -> str:
    """Return a million letters without a space."""
    return "".join(random.Random(0).choices(string.ascii_lowercase, k=MILLION))


@pytest.mark.parametrize(
    "make",
    [lambda: "a" * MILLION, lambda: " " * MILLION, lambda: "\n" * MILLION, lambda: "漢" * (MILLION // 3), letters],
    ids=["a", "space", "newline", "han", "letters"],
)
def test_a_million_bytes_without_a_break(make: Callable[[], str]) -> None:
    """Long runs give tiktoken's ids and come back, within a stack of a hundred frames (clauses R1, R2)."""
    tokenizer = bpe.get_encoding("cl100k_base")
    twin = tiktoken_twin(tokenizer)
    text = make()
    expected = twin.encode_ordinary(text)
    depth = len(inspect.stack(0))
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + 100)
    try:
        ids = tokenizer.encode_ordinary(text)
        back = tokenizer.decode(ids)
    finally:
        sys.setrecursionlimit(limit)
    assert ids == expected
    assert back == text


def test_merges_that_lead_back_down() -> None:
    """Where a merge makes a pair of lower rank possible, the queue is still right: lowest rank first, then leftmost."""
    ids = single_bytes() | {TokenId(256 + n): token for n, token in enumerate((b"abab", b"aba", b"ab", b"ba"))}
    vocabulary = Vocabulary(ids)  # rank semantics: the longer tokens go first
    tokenizer = bpe.Tokenizer.from_vocabulary(vocabulary)
    from bpe.reference.encoding import encode_ordinary

    for length in range(1, 60):
        for text in ("ab" * length, "ba" * length, "aab" * length, "abba" * length):
            assert tokenizer.encode_ordinary(text) == encode_ordinary(text, vocabulary)


def test_many_special_tokens() -> None:
    """Thousands of special tokens, prefixes of each other among them, are found in one pass (clause S2)."""
    special = [f"<{'x' * n}>" for n in range(1000)] + ["<" + "y" * n for n in range(1, 1000)]
    tokenizer = bpe.train([], 256 + len(special), special_tokens=special)
    text = "".join(special)
    ids = tokenizer.encode(text, allowed_special="all")
    assert tokenizer.decode(ids) == text
    assert tokenizer.encode("<" + "y" * 998 + "z", allowed_special="all") == [
        tokenizer.encode_single_token("<" + "y" * 998),
        ord("z"),
    ]


def test_a_chain_of_merges() -> None:
    """A vocabulary in which every token is one letter longer than the last merges a long run (clause R1)."""
    merges = [Merge(TokenId(255 + n if n else 97), TokenId(97), TokenId(256 + n)) for n in range(2000)]
    tokens = single_bytes() | {TokenId(256 + n): b"a" * (n + 2) for n in range(2000)}
    tokenizer = bpe.Tokenizer.from_vocabulary(Vocabulary(tokens, merges=tuple(merges)))
    # Pairs of letters go first, and only a letter that is left over makes a longer token.
    assert tokenizer.encode_ordinary("a" * 10_001) == [256] * 4999 + [257]


@pytest.mark.parametrize("pattern", [r"(a|a)*b|[^b]", r"(?:\s*\s*)*x|.", r"(x+x+)+y|(?s:.)"])
def test_hostile_patterns_end(pattern: str) -> None:
    """A pattern that backtracks without end is stopped, or is harmless; it never hangs (clause P8)."""
    tokenizer = bpe.Tokenizer("hostile", pat_str=pattern, mergeable_ranks=_bytes(), special_tokens={})
    for text in ("a" * 40, " " * 40, "x" * 40):
        with suppress(errors.PatternTimeoutError):
            assert tokenizer.decode(tokenizer.encode(text)) == text


def _bytes() -> dict[bytes, int]:
    return {bytes([value]): value for value in range(256)}
