"""tiktoken's rank files: what a line may be, tokens without bytes, and the files that OpenAI, Whisper and Llama 3 publish."""

from __future__ import annotations

import base64
import gzip
import warnings
from pathlib import Path

import pytest

from bpe.conversion import forget_merges, recover_merges
from bpe.errors import (
    CannotExpressError,
    EmptyTokenWarning,
    FileFormatError,
    MissingInformationError,
    SpecialTokenConflictError,
)
from bpe.files import load_vocabulary, parse_ranks, save_vocabulary
from bpe.patterns import resolve_pattern
from bpe.vocabulary import Merge, TokenId, Vocabulary, single_bytes
from tests.data import data_file

BYTES = b"".join(base64.b64encode(bytes([value])) + b" %d\n" % value for value in range(256))


@pytest.fixture
def rank_file(tmp_path: Path) -> Path:
    path = tmp_path / "my.tiktoken"
    path.write_bytes(BYTES + b"YWE= 256\n")
    return path


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"YWE=", "not a token in base64, one space, and its rank"),
        (b"YWE=  256", "one space"),
        (b"YWE= 256 ", "one space"),
        (b"YWE= 256 extra", "one space"),
        (b"YWE=\t256", "one space"),
        (b"", "one space"),
        (b"YWE= -1", "the rank is not an integer from 0 to 4294967295"),
        (b"YWE= +1", "the rank is not an integer"),
        (b"YWE= 0256", "the rank is not an integer"),
        (b"YWE= 2_5", "the rank is not an integer"),
        (b"YWE= 1.0", "the rank is not an integer"),
        (b"YWE= 4294967296", "the rank is not an integer"),
        (b"YWE= " + b"9" * 5000, "the rank is not an integer"),
        ("YWE= ٣".encode(), "the rank is not an integer"),
        (b"YWE 256", "not base64"),
        (b"YWF= 256", "stray bits"),
        (b"YW E= 256", "one space"),
        (b"YW-_ 256", "not base64"),
        (b"YWE=YWE= 256", "not base64"),
        (b"YQ== 256", "the token b'a' has the rank 97 already"),
        (b"YWE= 97", "the rank 97 is that of b'a' already"),
    ],
)
def test_a_malformed_line_is_refused_by_its_number(line: bytes, reason: str) -> None:
    """F2: the message names the line and what is wrong with it."""
    with pytest.raises(FileFormatError, match=reason) as caught:
        parse_ranks(BYTES + line + b"\nYWFh 300\n", path="x.tiktoken")
    assert caught.value.line == 257
    assert str(caught.value).startswith("x.tiktoken, line 257: ")


def test_line_ends_may_be_those_of_windows() -> None:
    """CRLF, and a last line without an end, mean the same as LF."""
    assert parse_ranks(BYTES.replace(b"\n", b"\r\n")) == parse_ranks(BYTES) == parse_ranks(BYTES.rstrip())


def test_a_token_without_bytes_is_left_out_with_a_warning() -> None:
    """V2: never silently, unless silence was asked for."""
    data = BYTES + b"= 256\n"
    with pytest.warns(EmptyTokenWarning, match=r"x\.tiktoken, line 257: token 256 has no bytes"):
        assert parse_ranks(data, path="x.tiktoken") == single_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parse_ranks(data, empty_tokens="drop") == single_bytes()
    with pytest.raises(FileFormatError, match="line 257: the token with the rank 256 has no bytes"):
        parse_ranks(data, empty_tokens="refuse")


@pytest.mark.parametrize("token", ["==", "===", "=====", "=A=="])
def test_an_empty_token_is_nothing_or_one_sign(token: str) -> None:
    with pytest.raises(FileFormatError, match="line 257: not base64"):
        parse_ranks(BYTES + f"{token} 256\n".encode())


def test_a_missing_byte_is_refused(tmp_path: Path) -> None:
    """V1: the message names the file and the byte."""
    path = tmp_path / "my.tiktoken"
    path.write_bytes(BYTES.replace(b"YQ== 97\n", b""))
    with pytest.raises(FileFormatError, match=r"my\.tiktoken: 1 single bytes have no token \(0x61\)"):
        load_vocabulary(path, pattern=None)


def test_the_pattern_must_be_given(rank_file: Path) -> None:
    """F1: a rank file holds none, and `None` is an answer too."""
    with pytest.raises(
        MissingInformationError, match=r"give pattern= one of 'gpt2'.*or None for no pre-split"
    ) as caught:
        load_vocabulary(rank_file)
    assert caught.value.missing == "pattern"
    assert load_vocabulary(rank_file, pattern=None).pattern is None
    assert load_vocabulary(rank_file, pattern="gpt2").pattern == resolve_pattern("gpt2")


def test_what_the_caller_gives_is_in_the_vocabulary(rank_file: Path) -> None:
    """Special tokens, aliases and the surrogate profile come from the caller."""
    special_tokens = {"<|a|>": 257, "<|b|>": 257}
    vocabulary = load_vocabulary(
        rank_file, pattern=None, special_tokens=special_tokens, aliases={"<|b|>": "<|a|>"}, errors="replace"
    )
    assert vocabulary.special_tokens == special_tokens
    assert vocabulary.aliases == {"<|b|>": "<|a|>"}
    assert (vocabulary.errors, vocabulary.whole_pre_token, vocabulary.merges) == ("replace", True, None)


def test_special_tokens_that_contradict_the_file_are_refused(rank_file: Path) -> None:
    """S8: an id that the file gives to a token, and two texts with one id."""
    with pytest.raises(SpecialTokenConflictError, match=r"my\.tiktoken: special token '<s>' has the id 256"):
        load_vocabulary(rank_file, pattern=None, special_tokens={"<s>": 256})
    with pytest.raises(SpecialTokenConflictError, match="declare one an alias"):
        load_vocabulary(rank_file, pattern=None, special_tokens={"<s>": 257, "</s>": 257})


def test_a_packed_file_is_read_as_what_it_holds(rank_file: Path) -> None:
    """Gzip is recognised by content, under any name."""
    for name in ("packed.tiktoken.gz", "packed"):
        packed = rank_file.with_name(name)
        packed.write_bytes(gzip.compress(rank_file.read_bytes()))
        assert load_vocabulary(packed, pattern=None) == load_vocabulary(rank_file, pattern=None)


def test_merges_that_the_ranks_do_not_imply_are_not_forgotten(tmp_path: Path) -> None:
    """F1: where ids are not in merge order, a rank file would merge otherwise."""
    tokens = single_bytes() | {TokenId(256): b"bc", TokenId(257): b"ab"}
    merges = (Merge(TokenId(97), TokenId(98), TokenId(257)), Merge(TokenId(98), TokenId(99), TokenId(256)))
    with pytest.raises(
        CannotExpressError, match=r"merge 0 is b'a' \+ b'b' -> 257, and would become b'b' \+ b'c' -> 256"
    ):
        save_vocabulary(Vocabulary(tokens, merges), tmp_path / "my.tiktoken")
    unmade = Vocabulary(single_bytes() | {TokenId(256): b"ab"}, ())
    with pytest.raises(CannotExpressError, match=r"merge 0 is none, and would become b'a' \+ b'b' -> 256"):
        save_vocabulary(unmade, tmp_path / "my.tiktoken")
    assert not list(tmp_path.iterdir())


def test_profiles_that_loading_would_not_restore_are_refused(tmp_path: Path) -> None:
    """F1: a rank file always means the whole-pre-token shortcut."""
    with pytest.raises(CannotExpressError, match="lost would be whole_pre_token=False under ranks") as caught:
        save_vocabulary(Vocabulary(single_bytes()), tmp_path / "my.tiktoken")
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize("name", ["r50k_base", "p50k_base", "cl100k_base", "o200k_base"])
def test_openais_files_survive_to_the_byte(tmp_path: Path, name: str) -> None:
    """F1, F4: loading and saving gives the published file."""
    source = data_file(f"tokenizers/openai/{name}.tiktoken")
    vocabulary = load_vocabulary(source, pattern="cl100k_base")
    save_vocabulary(vocabulary, tmp_path / "saved.tiktoken")
    assert (tmp_path / "saved.tiktoken").read_bytes() == source.read_bytes()
    assert vocabulary.gaps() == ((range(50256, 50257),) if name == "p50k_base" else ())


def test_openais_files_have_merges(tmp_path: Path) -> None:
    """M6, F1: a canonical vocabulary can be had under either semantics, and be saved as the other."""
    ranks = load_vocabulary(data_file("tokenizers/openai/r50k_base.tiktoken"), pattern="gpt2")
    pairs = recover_merges(ranks)
    assert pairs.merges is not None
    assert len(pairs.merges) == 50_000
    save_vocabulary(pairs, tmp_path / "saved.tiktoken")
    assert load_vocabulary(tmp_path / "saved.tiktoken", pattern="gpt2", semantics="pairs") == pairs


@pytest.mark.deep
@pytest.mark.parametrize("name", ["p50k_base", "cl100k_base", "o200k_base"])
def test_openais_other_files_have_merges_too(name: str) -> None:
    """M6: all published encodings of OpenAI are canonical."""
    ranks = load_vocabulary(data_file(f"tokenizers/openai/{name}.tiktoken"), pattern="gpt2")
    assert forget_merges(recover_merges(ranks)) == ranks


def test_whispers_empty_token_is_a_warning_and_a_gap() -> None:
    """V2, V3: its last line, `= 50256`, is the one known token without bytes."""
    source = data_file("tokenizers/whisper/multilingual.tiktoken")
    with pytest.warns(EmptyTokenWarning, match="line 50257: token 50256 has no bytes"):
        vocabulary = load_vocabulary(source, pattern="gpt2", special_tokens={"<|endoftext|>": 50257})
    assert vocabulary.gaps() == (range(50256, 50257),)


def test_llama3_has_no_merges_and_a_name_that_misleads() -> None:
    """M6: a rank file called tokenizer.model; 678 of its tokens are not made from two older ones."""
    source = data_file("tokenizers-restricted/llama3/tokenizer.model")
    vocabulary = load_vocabulary(source, pattern="llama3")
    assert (len(vocabulary.token_bytes), vocabulary.merges) == (128_000, None)
    with pytest.raises(CannotExpressError, match=r"678 of 128000 tokens .* load it with semantics='ranks'"):
        load_vocabulary(source, pattern="llama3", semantics="pairs")
