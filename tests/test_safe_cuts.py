"""Safe cuts, exhaustively for what may stand on either side, and the stream that is cut at them."""

from __future__ import annotations

import random
from itertools import pairwise, product
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpe.engine.pre_split import compile_splitter
from bpe.engine.safe_cuts import last_safe_cut, rechunk, safe_cuts
from bpe.patterns import NAMED_PATTERNS, Pattern
from bpe.reference import safe_cuts as reference
from bpe.reference.special_tokens import split_special_tokens
from tests.data import data_text
from tests.pre_split_alphabets import ALPHABETS, KINDS, SMALL_ALPHABETS, named, short_texts

every_named_pattern = pytest.mark.parametrize("name", NAMED_PATTERNS)


def _check_cuts(name: str, lefts: list[str], rights: list[str]) -> None:
    """Check every safe cut between any two of these texts: the pieces are those of the left and those of the right."""
    split = compile_splitter(named(name))
    pieces = {text: split(text) for text in {*lefts, *rights}}
    for left, right in product(lefts, rights):
        if reference.is_safe_cut(left[-1], right[0], name):
            assert split(left + right) == pieces[left] + pieces[right], (left, right)


@every_named_pattern
def test_a_safe_cut_changes_no_piece(name: str) -> None:
    # Two characters on the left, because a piece can depend on the one before the cut's neighbour; and the other way round.
    texts = {length: list(short_texts(SMALL_ALPHABETS[name], length))[1:] for length in (1, 2, 3)}
    _check_cuts(name, texts[3], texts[1])
    _check_cuts(name, texts[2], texts[2])
    _check_cuts(name, list(short_texts(ALPHABETS[name], 2))[1:], list(short_texts(ALPHABETS[name], 1))[1:])


@pytest.mark.deep
@every_named_pattern
def test_a_safe_cut_changes_no_piece_of_longer_texts(name: str) -> None:
    texts = {length: list(short_texts(SMALL_ALPHABETS[name], length))[1:] for length in (2, 3, 4)}
    _check_cuts(name, texts[4], texts[2])
    _check_cuts(name, texts[3], texts[3])
    full = list(short_texts(ALPHABETS[name], 2))[1:]
    _check_cuts(name, full, full)


@every_named_pattern
def test_the_engine_finds_the_cuts_of_the_definition(name: str) -> None:
    for text in short_texts((*ALPHABETS[name], "\u3000", "\x85", "\x1c", "٣"), 3):
        cuts = reference.safe_cuts(text, named(name))
        assert list(safe_cuts(text, named(name))) == cuts, text
        assert last_safe_cut(text, named(name)) == max(cuts, default=None), text


@pytest.mark.parametrize(
    ("name", "text", "cuts"),
    [
        ("gpt2", "one two\nthree", [3, 7]),
        ("cl100k_base", "one two\nthree", [3, 7, 8]),
        # Punctuation takes the line breaks behind it along, and in o200k a slash behind those; one rule for all but gpt2.
        ("cl100k_base", "!\n/ x", [3]),
        ("o200k_base", "!\n/ x", [3]),
        ("gpt2", "!\n/ x", [1, 3]),
        # A mark is no letter, and takes line breaks along as punctuation does.
        ("cl100k_base", "e\u0301\n\n", []),
        ("qwen2", "中文。\n中文", [4]),
        ("o200k_base", "    if x:\n        y", [6]),
    ],
)
def test_examples(name: str, text: str, cuts: list[int]) -> None:
    assert list(safe_cuts(text, named(name))) == cuts


@pytest.mark.parametrize("pattern", [None, Pattern(r"\S+|\s+")])
def test_only_named_patterns_have_safe_cuts(pattern: Pattern | None) -> None:
    assert reference.safe_cuts("one two", pattern) == list(safe_cuts("one two", pattern)) == []
    assert last_safe_cut("one two", pattern) is None
    assert list(rechunk(["one ", "two", ""], pattern)) == ["one two"]


@given(st.sampled_from(sorted(NAMED_PATTERNS)), st.text(st.sampled_from(KINDS), max_size=12), st.data())
def test_the_last_cut_in_a_range(name: str, text: str, data: st.DataObject) -> None:
    start, stop = (data.draw(st.integers(0, len(text) + 2)) for _ in range(2))
    cuts = [cut for cut in reference.safe_cuts(text, named(name)) if start <= cut < stop]
    assert last_safe_cut(text, named(name), start=start, stop=stop) == max(cuts, default=None)


@pytest.mark.parametrize(
    ("tokens", "cut"),
    [
        (["b c"], 1),
        (["a b"], 3),
        (["a b c"], None),
        ([" b "], 1),
        ([" b"], 3),
        (["b "], 1),
        ([" "], 3),
        (["x y"], 3),
    ],
)
def test_no_cut_inside_a_special_token(tokens: list[str], cut: int | None) -> None:
    assert last_safe_cut("a b c", named("gpt2"), special_tokens=tokens) == cut


# --- the stream ----------------------------------------------------------------------------------

_TOKENS = ("<s>", "<s>\n\n", " <s", "a b", "b a b", "\n ")
_PARTS = st.sampled_from(["a", "b", " ", "\n", "<s>", "a b", "!", "1", "'s", "/", "  "])
_BLOCKS = st.lists(st.lists(_PARTS, max_size=6).map("".join), max_size=8)


@given(st.sampled_from(sorted(NAMED_PATTERNS)), _BLOCKS, st.sets(st.sampled_from(_TOKENS)))
def test_chunks_split_as_the_whole(name: str, blocks: list[str], tokens: set[str]) -> None:
    text = "".join(blocks)
    chunks = list(rechunk(blocks, named(name), tokens))
    assert "".join(chunks) == text
    assert all(chunks)
    split = compile_splitter(named(name))
    assert [piece for chunk in chunks for piece in split(chunk)] == split(text)
    # With each choice of allowed tokens, the special tokens of the chunks are those of the text.
    for allowed in (tokens, set(), set(sorted(tokens)[:1])):
        spans = [span for span in split_special_tokens(text, allowed) if span.is_special]
        assert [span for chunk in chunks for span in split_special_tokens(chunk, allowed) if span.is_special] == spans


@given(_BLOCKS)
def test_a_stream_of_single_characters_is_cut_as_finely_as_can_be(blocks: list[str]) -> None:
    text = "".join(blocks)
    chunks = list(rechunk(text, named("cl100k_base")))
    assert len(chunks) == (len(reference.safe_cuts(text, named("cl100k_base"))) + 1 if text else 0)


def test_a_token_that_a_later_block_completes_is_not_cut() -> None:
    blocks = ["one a", " b", " c two"]
    assert next(rechunk(blocks, named("gpt2"), ["a b c"])) == "one"
    assert "a b c" in "|".join(rechunk(blocks, named("gpt2"), ["a b c"]))
    assert "a b c" not in "|".join(rechunk(blocks, named("gpt2")))


def test_no_blocks_give_no_chunks() -> None:
    assert list(rechunk([], named("gpt2"))) == list(rechunk(["", ""], named("gpt2"))) == []


def test_memory_is_bounded_by_the_blocks() -> None:
    longest = max(map(len, rechunk(["word " * 200] * 50, named("gpt2"), ["<|endoftext|>"])))
    assert longest < 1100


@pytest.mark.parametrize("unit", ["x", " ", "\n", "a b", "x!"])
@pytest.mark.parametrize("size", [1, 1000])
def test_time_is_linear_with_and_without_cuts(unit: str, size: int) -> None:
    text = unit * (200_000 // len(unit))
    tokens = ["b a", "ba", "<|endoftext|>"]
    blocks = [text[start : start + size] for start in range(0, len(text), size)]
    started = process_time()
    assert sum(map(len, rechunk(blocks, named("gpt2"), tokens))) == len(text)
    assert process_time() - started < 20  # quadratic time would be minutes


@pytest.mark.parametrize("name", ["gpt2", "o200k_base"])
@pytest.mark.parametrize("relative", ["bench/multilingual_udhr.txt.gz", "bench/source_python_c.txt.gz"])
def test_real_text_in_blocks(name: str, relative: str) -> None:
    text = data_text(relative)[:400_000]
    split, rng = compile_splitter(named(name)), random.Random(0)
    cuts = sorted({0, len(text), *(rng.randrange(len(text)) for _ in range(300))})
    blocks = [text[start:stop] for start, stop in pairwise(cuts)]
    chunks = list(rechunk(blocks, named(name), ["<|endoftext|>"]))
    assert len(chunks) > 200
    assert [piece for chunk in chunks for piece in split(chunk)] == split(text)
