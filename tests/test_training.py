"""`bpe.train` beside other trainers and published results, and its refusals."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

import bpe
from bpe import errors
from bpe.byte_order import CHARACTER_TO_BYTE
from bpe.patterns import NAMED_PATTERNS
from tests.data import data_file, data_text
from tests.training_peers import train_hugging_face, train_rustbpe

#: All three trainers understand this form, in which no quantifier is possessive.
PATTERN = NAMED_PATTERNS["cl100k_original"]
REAL_TEXTS = (
    "texts/taylorswift.txt",
    "texts/tinystories_sample.txt",
    "training/cs336/corpus.en",
    "bench/tinyshakespeare.txt.gz",
    "bench/multilingual_udhr.txt.gz",
    "bench/source_python_c.txt.gz",
    "bench/english_war_and_peace.txt.gz",
)


def made(texts: list[str], merges: int, pattern: str | None = PATTERN, **profile: Any) -> list[bytes]:
    """Return the tokens that we make after the 256 bytes."""
    _, trace = bpe.train_with_trace(texts, 256 + merges, pattern=pattern, **profile)
    return [step.token for step in trace]


def small_corpora(seed: int, count: int) -> Iterator[list[str]]:
    """Yield corpora of few and repetitive letters, in which most counts are ties."""
    draw = random.Random(seed)
    for _ in range(count):
        alphabet = draw.choice(["ab", "abc ", "aab  ", "aé ", "xy1' \n", "漢字 a"])
        yield ["".join(draw.choices(alphabet, k=draw.randint(0, 30))) for _ in range(draw.randint(1, 4))]


# --- the same merges as others -------------------------------------------------------------------


def test_small_corpora_as_rustbpe() -> None:
    """Under `smallest-pair` the merges are rustbpe's, ties included (clauses T2, T6)."""
    for texts in small_corpora(seed=1, count=1500):
        assert made(texts, 20) == train_rustbpe(texts, 20, PATTERN), texts


def test_small_corpora_as_hugging_face() -> None:
    """With bytes in GPT-2's order the merges are those of Hugging Face, ties included (clauses T2, T6)."""
    for texts in small_corpora(seed=2, count=400):
        assert made(texts, 20, byte_order="gpt2") == train_hugging_face(texts, 20, PATTERN), texts


def test_byte_order_is_what_tells_hugging_face_apart() -> None:
    """`aa a` is the first text on which the numbering of the bytes shows: which of two ties is smaller."""
    assert train_hugging_face(["aa a"], 1, PATTERN) == made(["aa a"], 1, byte_order="gpt2") == [b"aa"]
    assert train_rustbpe(["aa a"], 1, PATTERN) == made(["aa a"], 1, byte_order="value") == [b" a"]


@pytest.mark.parametrize("name", REAL_TEXTS)
def test_real_texts_as_rustbpe(name: str) -> None:
    """On real text the first two thousand merges are rustbpe's."""
    text = data_text(name)
    assert made([text], 2000) == train_rustbpe([text], 2000, PATTERN)


@pytest.mark.parametrize("name", REAL_TEXTS)
def test_real_texts_as_hugging_face(name: str) -> None:
    """On real text the first two thousand merges are Hugging Face's, with the bytes in GPT-2's order."""
    text = data_text(name)
    assert made([text], 2000, byte_order="gpt2") == train_hugging_face([text], 2000, PATTERN)


@pytest.mark.deep
@pytest.mark.parametrize("merges", [32_000])
def test_eight_megabytes_as_both(merges: int) -> None:
    """On 8 MB of English and code, 32 000 merges are rustbpe's, and with GPT-2's bytes Hugging Face's."""
    texts = [data_text("bench/english_war_and_peace.txt.gz"), data_text("bench/source_python_c.txt.gz")]
    assert sum(len(text.encode()) for text in texts) > 8_000_000
    assert _learnt(texts, merges) == train_rustbpe(texts, merges, PATTERN)
    assert _learnt(texts, merges, byte_order="gpt2") == train_hugging_face(texts, merges, PATTERN)


def _learnt(texts: list[str], merges: int, **profile: Any) -> list[bytes]:
    return list(bpe.train(texts, 256 + merges, pattern=PATTERN, **profile).vocabulary.token_bytes.values())[256:]


def test_published_merges_of_cs336() -> None:
    """Under `largest-bytes` the merges are those that Stanford's course publishes for its corpus."""
    text = data_text("training/cs336/corpus.en")
    lines = data_file("training/cs336/train-bpe-reference-merges.txt").read_text(encoding="utf-8").splitlines()
    published = [bytes(CHARACTER_TO_BYTE[c] for c in line.replace(" ", "")) for line in lines if line]
    tokenizer, trace = bpe.train_with_trace(
        [text], 500, pattern="gpt2", special_tokens=["<|endoftext|>"], tie_break="largest-bytes"
    )
    assert [step.token for step in trace] == published
    assert len(published) == 243
    assert tokenizer.n_vocab == 500


def test_first_seen_as_minbpe_documents() -> None:
    """The example of minbpe's documentation, which is Wikipedia's, comes out as written there."""
    tokenizer = bpe.train(["aaabdaaabac"], 256 + 3, pattern=None, tie_break="first-seen")
    assert tokenizer.encode("aaabdaaabac") == [258, 100, 258, 97, 99]
    assert tokenizer.decode([258, 100, 258, 97, 99]) == "aaabdaaabac"


def test_ties_as_each_family_breaks_them() -> None:
    """`bbbaaaddddcccc` holds only ties, and each family of trainers takes them in another order."""
    texts = ["bbbaaaddddcccc"]
    assert made(texts, 4, None, tie_break="first-seen") == [b"dd", b"cc", b"bb", b"aa"]
    assert made(texts, 4, None, tie_break="smallest-pair") == [b"cc", b"dd", b"aa", b"bb"]
    assert made(texts, 4, None, tie_break="largest-bytes") == [b"dd", b"cc", b"bb", b"aa"]


# --- what it returns -----------------------------------------------------------------------------


def test_texts_are_read_once() -> None:
    """Any iterable will do, and is read once."""
    texts = (text for text in ["aaab", "aaab"])
    assert made(texts, 2, None) == [b"aa", b"ab"]  # type: ignore[arg-type]
    assert list(texts) == []


def test_special_tokens_are_cut_out_and_numbered_last() -> None:
    """No merge holds a byte of a special token, and special tokens get the ids after the merges."""
    special = ["<end>", "<end>s"]
    tokenizer, trace = bpe.train_with_trace(["ab<end>ab<end>sab"], 259, pattern=None, special_tokens=special)
    assert [step.token for step in trace] == [b"ab"]
    assert tokenizer.special_tokens == {"<end>": 257, "<end>s": 258}
    assert trace[0].count == 3


def test_it_stops_without_error() -> None:
    """Where no pair is frequent enough, training ends with fewer ids, without a gap (clause T5)."""
    tokenizer = bpe.train(["abab"], 1000, pattern=None, min_frequency=2, special_tokens=["<end>"])
    assert tokenizer.n_vocab == 258
    assert tokenizer.vocabulary.gaps() == ()
    assert bpe.train([], 300).n_vocab == 256


def test_trace_and_progress() -> None:
    """The trace has each merge with its pair, count and bytes; `progress` is told of every text and merge."""
    told: list[bpe.TrainingProgress] = []
    _, trace = bpe.train_with_trace(["aaab", "aaab"], 258, pattern=None, progress=told.append)
    assert [(step.merge.pair, step.count, step.token) for step in trace] == [((97, 97), 4, b"aa"), ((97, 98), 2, b"ab")]
    assert [(each.phase, each.done, each.total) for each in told] == [
        ("count", 1, None),
        ("count", 2, None),
        ("merge", 1, 2),
        ("merge", 2, 2),
    ]
    assert told[-1].step == trace[-1]


def test_a_long_pre_token() -> None:
    """Without a pattern a text of any length is one pre-token; a run of one letter is halved again and again."""
    assert [len(token) for token in made(["a" * 100_000], 5, None)] == [2, 4, 8, 16, 32]


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected", "message"),
    [
        ({"texts": "one string"}, errors.InputTypeError, r"pass \[text\]"),
        ({"texts": ["fine", b"bytes"]}, errors.InputTypeError, "text 2"),
        ({"texts": ["fine", "ab\ud800"]}, errors.LoneSurrogateError, "text 2.*index 2"),
        ({"vocab_size": 255}, errors.TrainingError, "at least 256"),
        ({"vocab_size": 256, "special_tokens": ["<x>"]}, errors.TrainingError, "at least 257"),
        ({"vocab_size": 2**32}, errors.TrainingError, "ids end at"),
        ({"vocab_size": 300.0}, errors.InputTypeError, "integer"),
        ({"min_frequency": 0}, errors.TrainingError, "1 or more"),
        ({"tie_break": "random"}, errors.TrainingError, "'first-seen'"),
        ({"byte_order": "big"}, errors.TrainingError, "'gpt2'"),
        ({"pattern": "cl100k"}, errors.InvalidPatternError, "cl100k_base"),
        ({"pattern": "("}, errors.InvalidPatternError, ""),
        ({"pattern": "[a-z]+"}, errors.PatternGapError, ""),
        ({"special_tokens": "<x>"}, errors.InputTypeError, r"pass \[token\]"),
        ({"special_tokens": [""]}, errors.SpecialTokenConflictError, "non-empty"),
        ({"special_tokens": ["<x>", "<x>"]}, errors.SpecialTokenConflictError, "twice"),
    ],
)
def test_refusals(arguments: dict[str, Any], expected: type[Exception], message: str) -> None:
    """What cannot be trained is refused with a typed error that says what to give instead."""
    call: dict[str, Any] = {"texts": ["the cat sat"], "vocab_size": 300} | arguments
    with pytest.raises(expected, match=message or None):
        bpe.train(call.pop("texts"), call.pop("vocab_size"), **call)


def test_surrogates_in_texts_can_be_repaired() -> None:
    """Under `errors="replace"` texts with surrogates are repaired before counting (clause B4)."""
    tokenizer = bpe.train(["\ud83d\ude00\ud83d\ude00"], 259, pattern=None, errors="replace")
    assert tokenizer.count("😀") == 1
