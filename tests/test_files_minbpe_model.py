"""minbpe's model files: the layout, what it cannot hold, and a second reader that goes by minbpe's own rules."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpe.errors import CannotExpressError, FileFormatError, SpecialTokenConflictError
from bpe.files import FORMATS, load_vocabulary, save_vocabulary
from bpe.files.minbpe_model import format_minbpe_model
from bpe.patterns import NAMED_PATTERNS, Pattern
from bpe.reference.merges import merge_piece
from bpe.vocabulary import Merge, TokenId, Vocabulary, single_bytes
from tests.vocabularies import canonical_merges, pieces

AB, ABB = TokenId(256), TokenId(257)
TINY = Vocabulary(
    single_bytes() | {AB: b"ab", ABB: b"abb"},
    (Merge(TokenId(97), TokenId(98), AB), Merge(AB, TokenId(98), ABB)),
    Pattern(r"\p{L}+|\P{L}+"),
    {"<|e|>": TokenId(258), "<|end|>": TokenId(300)},
)
TINY_MODEL = "minbpe v1\n\\p{L}+|\\P{L}+\n2\n<|end|> 300\n<|e|> 258\n97 98\n256 98\n"


def write_model(folder: Path, text: str) -> Path:
    path = folder / "my.model"
    path.write_bytes(text.encode())
    return path


def encode_as_minbpe_does(model: bytes, piece: bytes) -> list[int]:
    """Read a model file and merge by minbpe's rules: split lines at white space, number merges from 256 on."""
    lines = model.decode().splitlines()
    count = int(lines[2])
    merges = {tuple(map(int, line.split())): 256 + rank for rank, line in enumerate(lines[3 + count :])}
    ids = list(piece)
    while candidates := [merges[pair] for pair in pairwise(ids) if pair in merges]:
        rank = min(candidates)
        pair = next(pair for pair, result in merges.items() if result == rank)
        merged: list[int] = []
        for token_id in ids:
            if merged and (merged[-1], token_id) == pair:
                merged[-1] = rank
            else:
                merged.append(token_id)
        ids = merged
    return ids


def test_the_layout(tmp_path: Path) -> None:
    """F1, F4: version, pattern, special tokens from the longest to the shortest, merges in order."""
    save_vocabulary(TINY, tmp_path / "my.model")
    assert (tmp_path / "my.model").read_text(encoding="utf-8") == TINY_MODEL
    assert load_vocabulary(tmp_path / "my.model") == TINY


def test_an_empty_pattern_line_means_none(tmp_path: Path) -> None:
    """minbpe's BasicTokenizer keeps text whole."""  # noqa: D403  # a name
    assert load_vocabulary(write_model(tmp_path, "minbpe v1\n\n0\n97 98\n")).pattern is None


def test_windows_line_ends_are_read(tmp_path: Path) -> None:
    """A file that minbpe wrote on Windows means the same."""
    assert load_vocabulary(write_model(tmp_path, TINY_MODEL.replace("\n", "\r\n"))) == TINY


@given(vocabulary=canonical_merges(), sample=st.lists(pieces, max_size=4))
def test_minbpe_gets_the_same_ids(vocabulary: Vocabulary, sample: list[bytes]) -> None:
    """F3: read by minbpe's rules, the file gives our ids."""
    if vocabulary.token_ids[b"a"] != 97:
        return
    model = format_minbpe_model(vocabulary)
    for piece in sample:
        assert encode_as_minbpe_does(model, piece) == merge_piece(piece, vocabulary)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("minbpe v1\n", 1, "does not begin with"),
        ("minbpe v2\n\n0\n", 1, "does not begin with"),
        ("minbpe v1\n a\n0\n", 2, "white space at an end, which minbpe itself drops"),
        ("minbpe v1\n" + "a" * 70_000 + "\n0\n", 2, "more than 65536 characters"),
        ("minbpe v1\n\nnone\n", 3, "not a number of special tokens"),
        ("minbpe v1\n\n-1\n", 3, "not a number of special tokens"),
        ("minbpe v1\n\n2\n<s> 300\n", 3, "2 special tokens are announced, but 1 lines follow"),
        ("minbpe v1\n\n9999999999\n", 3, "9999999999 special tokens are announced"),
        ("minbpe v1\n\n1\n<a b> 300\n", 4, "not a special token without white space"),
        ("minbpe v1\n\n1\n<a\xa0b> 300\n", 4, "not a special token without white space"),
        ("minbpe v1\n\n1\n<s>\n", 4, "not a special token"),
        ("minbpe v1\n\n1\n 300\n", 4, "not a special token"),
        ("minbpe v1\n\n1\n<s> 4294967296\n", 4, "not a special token"),
        ("minbpe v1\n\n2\n<s> 300\n<s> 301\n", 5, "'<s>' is there twice"),
        ("minbpe v1\n\n0\n97\n", 4, "not two ids"),
        ("minbpe v1\n\n0\n97 98 99\n", 4, "not two ids"),
        ("minbpe v1\n\n0\n97 98\n\n", 5, "not two ids"),
        ("minbpe v1\n\n0\n97 ٣\n", 4, "not two ids"),
        ("minbpe v1\n\n0\n97 256\n", 4, "id 256 is made by no earlier line"),
        ("minbpe v1\n\n0\n97 98\n256 257\n", 5, "id 257 is made by no earlier line"),
        ("minbpe v1\n\n0\n97 98\n97 98\n", 5, "b'ab' is made twice"),
    ],
)
def test_a_malformed_line_is_refused_by_its_number(tmp_path: Path, text: str, line: int, reason: str) -> None:
    """F2: the message names the line and the reason."""
    with pytest.raises(FileFormatError, match=reason) as caught:
        load_vocabulary(write_model(tmp_path, text), format="minbpe")
    assert caught.value.line == line


def test_a_special_token_with_the_id_of_a_merge_is_refused(tmp_path: Path) -> None:
    """S8: the message names the file and the token."""
    with pytest.raises(SpecialTokenConflictError, match=r"my\.model: special token '<s>' has the id 256"):
        load_vocabulary(write_model(tmp_path, "minbpe v1\n\n1\n<s> 256\n97 98\n"))


def test_tokens_that_double_at_each_line_do_not_fill_the_memory(tmp_path: Path) -> None:
    """R3: forty short lines ask for a terabyte."""
    doubling = "97 97\n" + "".join(f"{token_id} {token_id}\n" for token_id in range(256, 296))
    with pytest.raises(FileFormatError, match="line 30: the tokens come to more than 134217728 bytes"):
        load_vocabulary(write_model(tmp_path, "minbpe v1\n\n0\n" + doubling))


@pytest.mark.parametrize(
    ("changes", "lost"),
    [
        ({"token_bytes": dict(TINY.token_bytes) | {TokenId(400): b"xyz"}}, r"b'xyz' has the id 400"),
        ({"token_bytes": single_bytes(reversed(range(256))), "merges": ()}, r"b'\\xff' has the id 0"),
        ({"special_tokens": {"<a b>": TokenId(300)}}, "the special token '<a b>', because it has white space"),
        ({"special_tokens": {"<a\n>": TokenId(300)}}, "because it has white space"),
        ({"special_tokens": {"x": TokenId(300), "y": TokenId(300)}, "aliases": {"x": "y"}}, "that 'x' is an alias"),
        ({"pattern": Pattern(" a")}, "white space of the pattern ' a'"),
        ({"pattern": Pattern("a\n|.")}, "as a line break"),
        ({"pattern": Pattern("")}, "the pattern is an empty expression"),
        ({"pattern": Pattern(".", gaps="isolate")}, "gaps='isolate'"),
        ({"pattern": Pattern("\ud800")}, "holds a surrogate"),
        ({"whole_pre_token": True}, "whole_pre_token=True under pairs"),
    ],
)
def test_what_a_model_cannot_hold_is_refused(tmp_path: Path, changes: dict[str, object], lost: str) -> None:
    """F1: before anything is written, and the message says what would be lost."""
    with pytest.raises(CannotExpressError, match=f"lost would be .*{lost}"):
        save_vocabulary(TINY.with_changes(**changes), tmp_path / "my.model")
    assert not list(tmp_path.iterdir())


def test_two_merges_to_one_token_are_refused(tmp_path: Path) -> None:
    """F1: the second would be given an id of its own."""
    tokens = single_bytes() | {AB: b"ab", ABB: b"bb", TokenId(258): b"abb"}
    a, b, abb = TokenId(97), TokenId(98), TokenId(258)
    merges = (Merge(a, b, AB), Merge(b, b, ABB), Merge(AB, b, abb), Merge(a, ABB, abb))
    with pytest.raises(CannotExpressError, match="lost would be that two merges make one token"):
        save_vocabulary(Vocabulary(tokens, merges), tmp_path / "my.model")


@pytest.mark.parametrize("name", NAMED_PATTERNS)
def test_every_named_pattern_survives(tmp_path: Path, name: str) -> None:
    """F1: as the regular expression that it is."""
    vocabulary = TINY.with_changes(pattern=Pattern(NAMED_PATTERNS[name]))
    save_vocabulary(vocabulary, tmp_path / "my.model")
    assert load_vocabulary(tmp_path / "my.model") == vocabulary


def test_the_view_is_written_and_not_read(tmp_path: Path) -> None:
    """A line for each token, also where the token has a line break in it."""
    vocabulary = TINY.with_changes(special_tokens={"<|\n|>": TokenId(258)})
    save_vocabulary(vocabulary, tmp_path / "my.vocab")
    lines = (tmp_path / "my.vocab").read_text(encoding="utf-8").split("\n")
    assert lines[10] == r"[\x0a] 10"
    assert lines[256:] == ["[a][b] -> [ab] 256", "[ab][b] -> [abb] 257", r"[<|\x0a|>] 258", ""]
    with pytest.raises(FileFormatError, match=r"my\.vocab: minbpe-vocab is a view for people"):
        load_vocabulary(tmp_path / "my.vocab")
    assert FORMATS["minbpe-vocab"].read is None
