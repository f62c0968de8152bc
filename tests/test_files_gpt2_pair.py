"""GPT-2's pair of files: which entries are special tokens, which file belongs to which, and GPT-2's own."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from bpe.byte_order import byte_order
from bpe.conversion import forget_merges
from bpe.errors import CannotExpressError, FileFormatError, MissingInformationError, SpecialTokenConflictError
from bpe.files import load_vocabulary, save_vocabulary
from bpe.files.gpt2_merges import bytes_to_characters
from bpe.vocabulary import Merge, TokenId, Vocabulary, single_bytes
from tests.data import data_file

ENTRIES = {bytes_to_characters(bytes([value])): index for index, value in enumerate(byte_order("gpt2"))}
MERGES = "#version: 0.2\nĠ t\nĠt h\n"
IDS = ENTRIES | {"Ġt": 256, "Ġth": 257}


def write_pair(folder: Path, entries: dict[str, int] | str = IDS, merges: str = MERGES) -> Path:
    text = entries if isinstance(entries, str) else json.dumps(entries)
    (folder / "encoder.json").write_text(text, encoding="utf-8")
    (folder / "vocab.bpe").write_text(merges, encoding="utf-8")
    return folder


def test_the_folder_or_either_file_will_do(tmp_path: Path) -> None:
    """The other file is found by name."""
    write_pair(tmp_path)
    loaded = [load_vocabulary(tmp_path / name, pattern="gpt2") for name in ("", "vocab.bpe", "encoder.json")]
    assert loaded[0] == loaded[1] == loaded[2]
    assert loaded[0].token_bytes[TokenId(257)] == b" th"
    assert loaded[0].merges == (Merge(*map(TokenId, (220, 83, 256))), Merge(*map(TokenId, (256, 71, 257))))


@pytest.mark.parametrize(("merges", "ids"), [("merges.txt", "vocab.json"), ("my-merges.txt", "my-vocab.json")])
def test_hugging_faces_names_are_known(tmp_path: Path, merges: str, ids: str) -> None:
    """The same two files under other names, also with a common beginning, a merges file without header, and packed."""
    (tmp_path / ids).write_text(json.dumps(IDS), encoding="utf-8")
    (tmp_path / (merges + ".gz")).write_bytes(gzip.compress("Ġ t\nĠt h\n".encode()))
    expected = load_vocabulary(write_pair(tmp_path), pattern="gpt2", format="gpt2") if merges != "merges.txt" else None
    vocabulary = load_vocabulary(tmp_path / ids, pattern="gpt2")
    assert expected is None or vocabulary == expected
    save_vocabulary(vocabulary, tmp_path / merges)
    assert load_vocabulary(tmp_path / merges, pattern="gpt2") == vocabulary


def test_a_folder_with_two_pairs_is_refused(tmp_path: Path) -> None:
    """Which of the two is meant cannot be known."""
    write_pair(tmp_path)
    (tmp_path / "merges.txt").write_text(MERGES, encoding="utf-8")
    (tmp_path / "vocab.json").write_text(json.dumps(IDS), encoding="utf-8")
    with pytest.raises(MissingInformationError, match="more than one pair"):
        load_vocabulary(tmp_path, pattern="gpt2")


def test_a_missing_half_is_named(tmp_path: Path) -> None:
    """F1: with the remedy for those whose ids go by the convention."""
    with pytest.raises(
        MissingInformationError, match=r"no vocab\.bpe with encoder\.json or merges\.txt with vocab\.json"
    ):
        load_vocabulary(tmp_path, pattern="gpt2")
    (write_pair(tmp_path) / "encoder.json").unlink()
    with pytest.raises(MissingInformationError, match=r"no vocab\.bpe with encoder\.json.*format='gpt2-merges'"):
        load_vocabulary(tmp_path / "vocab.bpe", pattern="gpt2")


def test_merges_alone_have_the_ids_of_the_convention(tmp_path: Path) -> None:
    """Bytes in GPT-2's order, then one id a line; only where the caller says so."""
    path = write_pair(tmp_path) / "vocab.bpe"
    assert load_vocabulary(path, format="gpt2-merges", pattern="gpt2") == load_vocabulary(path, pattern="gpt2")


def test_merges_alone_cannot_make_a_token_twice(tmp_path: Path) -> None:
    """The convention gives no id to the second way of making a token."""
    path = tmp_path / "vocab.bpe"
    path.write_text("a b\nb c\nab c\na bc\n", encoding="utf-8")
    with pytest.raises(FileFormatError, match="line 4: the token 'abc' is made twice"):
        load_vocabulary(path, format="gpt2-merges", pattern="gpt2")


def test_the_pattern_must_be_given(tmp_path: Path) -> None:
    """F1: other families use the same files with other patterns."""
    with pytest.raises(MissingInformationError, match="does not hold the pattern"):
        load_vocabulary(write_pair(tmp_path))


def test_what_looks_special_is_special(tmp_path: Path) -> None:
    """S8: no merge makes it and it is written <|…|>; the caller may add others."""
    write_pair(tmp_path, IDS | {"<|endoftext|>": 258})
    assert load_vocabulary(tmp_path, pattern="gpt2").special_tokens == {"<|endoftext|>": 258}
    more = load_vocabulary(tmp_path, pattern="gpt2", special_tokens={"<|pad|>": 259})
    assert more.special_tokens == {"<|endoftext|>": 258, "<|pad|>": 259}


def test_an_entry_that_may_be_either_is_refused_until_the_caller_decides(tmp_path: Path) -> None:
    """The message names the remedy, and following it works."""
    write_pair(tmp_path, IDS | {"<s>": 300, "ing": 301})
    remedy = r"no merge makes '<s>', 'ing'.*special_tokens=\{'<s>': 300, 'ing': 301\}"
    with pytest.raises(FileFormatError, match=remedy) as caught:
        load_vocabulary(tmp_path, pattern="gpt2")
    assert caught.value.json_path == '$["<s>"]'
    vocabulary = load_vocabulary(tmp_path, pattern="gpt2", special_tokens={"<s>": TokenId(300)})
    assert vocabulary.special_tokens == {"<s>": 300}
    assert vocabulary.token_bytes[TokenId(301)] == b"ing"


def test_text_that_is_no_token_is_refused_even_so(tmp_path: Path) -> None:
    """An entry that is not written in GPT-2's characters can only be special."""
    write_pair(tmp_path, IDS | {"日本": 300})
    with pytest.raises(FileFormatError, match="'日本'"):
        load_vocabulary(tmp_path, pattern="gpt2", special_tokens={})
    assert load_vocabulary(tmp_path, pattern="gpt2", special_tokens={"日本": 300}).special_tokens == {"日本": 300}


def test_a_special_token_with_another_id_than_the_files_is_refused(tmp_path: Path) -> None:
    """S8: the caller and the file contradict each other."""
    write_pair(tmp_path, IDS | {"<|endoftext|>": 258})
    with pytest.raises(SpecialTokenConflictError, match=r"'<\|endoftext\|>' has the id 258 there, not 259"):
        load_vocabulary(tmp_path, pattern="gpt2", special_tokens={"<|endoftext|>": 259})


@pytest.mark.parametrize(
    ("merges", "line", "reason"),
    [
        ("Ġ t\nĠth", 2, "not two tokens with a space between"),
        ("Ġ t\nĠ  t", 2, "not two tokens"),
        ("Ġ t\n\nĠt h", 2, "not two tokens"),
        ("Ġ t\nĠt h ", 2, "not two tokens"),
        ("#version: 0.2\n#version: 0.2", 2, "'#version:' is made by no earlier line"),
        ("Ġt h", 1, "'Ġt' is made by no earlier line"),
        ("Ġ t\nĠ t", 2, "the pair is that of an earlier line"),
        ("Ġ a", 1, "the token 'Ġa' has no id in the file beside it"),
        ("Ġ 漢", 1, "'漢' is none of GPT-2's 256 characters"),
        ("Ġ t\nĠt \ufeff", 2, "none of GPT-2's 256 characters"),
        ("\ufeffĠ t", 1, "byte-order mark"),
        ("Ġ \u2028", 1, "none of GPT-2's 256 characters"),
    ],
)
def test_a_malformed_line_of_merges_is_refused_by_its_number(
    tmp_path: Path, merges: str, line: int, reason: str
) -> None:
    """F2, V4: the message names the file, the line and the reason."""
    with pytest.raises(FileFormatError, match=reason) as caught:
        load_vocabulary(write_pair(tmp_path, merges=merges), pattern="gpt2")
    assert caught.value.line == line
    assert caught.value.path == str(tmp_path / "vocab.bpe")


def test_bytes_that_are_not_utf8_are_refused_by_line_and_offset(tmp_path: Path) -> None:
    """F2: of the merges, which are text."""
    (write_pair(tmp_path) / "vocab.bpe").write_bytes(b"a b\nc \xff\n")
    with pytest.raises(FileFormatError, match="line 2, byte 6: not UTF-8"):
        load_vocabulary(tmp_path, pattern="gpt2")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[]", r"\$: an array where an object of tokens and their ids is wanted"),
        ('{"a": true}', r'\$\["a"\]: true where an id from 0 to 4294967295 is wanted'),
        ('{"a": 1.0}', "the number 1.0 where an id"),
        ('{"a": NaN}', "the number NaN where an id"),
        ('{"a": -1}', "-1 where an id"),
        ('{"a": 4294967296}', "4294967296 where an id"),
        ('{"a": ' + "9" * 9999 + "}", "the number 9{40} where an id"),
        ('{"a": "1"}', "'1' where an id"),
        ('{"a": 1,\n"a": 2}', "the key 'a' is there twice"),
        ('{"a": 1,\n"b": }', "line 2: not JSON: Expecting value"),
        ('{"a": ' + "[" * 100_000, "nested too deeply"),
        ("{}", "'Ġ' has no id in the file beside it"),
        ("", "line 1: not JSON"),
    ],
)
def test_malformed_ids_are_refused_by_their_place(tmp_path: Path, text: str, reason: str) -> None:
    """F2, R2: of the ids, which are JSON."""
    with pytest.raises(FileFormatError, match=reason):
        load_vocabulary(write_pair(tmp_path, text), pattern="gpt2")


def test_one_id_for_two_tokens_is_refused(tmp_path: Path) -> None:
    """V2: both are named."""
    with pytest.raises(FileFormatError, match="'Ġt' and 'Ġth' have the same id 256"):
        load_vocabulary(write_pair(tmp_path, IDS | {"Ġth": 256}), pattern="gpt2")


def test_what_the_pair_cannot_hold_is_refused(tmp_path: Path) -> None:
    """F1: aliases, a special token spelled like an ordinary one, an ordinary token that looks special."""
    plain = Vocabulary(single_bytes() | {TokenId(256): b"<|a|>"}, ())
    aliased = {"<|x|>": TokenId(300), "<|y|>": TokenId(300)}
    cases = {
        "lost would be the aliases": plain.with_changes(special_tokens=aliased, aliases={"<|y|>": "<|x|>"}),
        r"'<\|a\|>' is a special token \(300\)": plain.with_changes(special_tokens={"<|a|>": TokenId(300)}),
        r"no merge makes the ordinary token '<\|a\|>'": plain,
        "lost would be whole_pre_token=True under pairs": plain.with_changes(whole_pre_token=True),
    }
    for reason, vocabulary in cases.items():
        with pytest.raises(CannotExpressError, match=reason):
            save_vocabulary(vocabulary, tmp_path / "vocab.bpe")
    assert not list(tmp_path.iterdir())


def test_saving_makes_the_folder_that_the_format_asks_for(tmp_path: Path) -> None:
    """A name that says nothing becomes a folder with the two files."""
    vocabulary = Vocabulary(single_bytes(), ())
    save_vocabulary(vocabulary, tmp_path / "mine", format="gpt2")
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == ["encoder.json", "vocab.bpe"]
    assert load_vocabulary(tmp_path / "mine", pattern=None) == vocabulary
    save_vocabulary(vocabulary, tmp_path / "mine")
    assert load_vocabulary(tmp_path / "mine", pattern=None) == vocabulary


def test_gpt2_survives_to_the_byte_and_equals_tiktokens_ranks(tmp_path: Path) -> None:
    """F1, F3, F4: both published forms of GPT-2 are one vocabulary."""
    merges, ids = data_file("tokenizers/gpt2/vocab.bpe"), data_file("tokenizers/gpt2/encoder.json")
    vocabulary = load_vocabulary(merges.parent, pattern="gpt2")
    assert vocabulary.special_tokens == {"<|endoftext|>": 50256}
    save_vocabulary(vocabulary, tmp_path)
    assert (tmp_path / "vocab.bpe").read_bytes() == merges.read_bytes()
    assert (tmp_path / "encoder.json").read_bytes() == ids.read_bytes()
    r50k = data_file("tokenizers/openai/r50k_base.tiktoken")
    ranks = load_vocabulary(r50k, pattern="gpt2", special_tokens={"<|endoftext|>": 50256})
    assert forget_merges(vocabulary) == ranks
    assert load_vocabulary(merges, pattern="gpt2", semantics="ranks") == ranks
    assert (
        load_vocabulary(r50k, pattern="gpt2", special_tokens={"<|endoftext|>": 50256}, semantics="pairs") == vocabulary
    )


def test_ids_may_begin_with_a_special_token() -> None:
    """A course's reference vocabulary, where the special token is 0 and the bytes follow."""
    merges = data_file("training/cs336/train-bpe-reference-merges.txt")
    vocabulary = load_vocabulary(merges, pattern="gpt2")
    assert vocabulary.special_tokens == {"<|endoftext|>": 0}
    assert (vocabulary.token_ids[b"!"], vocabulary.n_vocab, vocabulary.gaps()) == (1, 500, ())
