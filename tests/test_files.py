"""All formats together: recognition, arguments, atomic writes, sizes."""

from __future__ import annotations

import doctest
import gzip
import inspect
import os
import re
from pathlib import Path
from typing import Any

import pytest

from bpe import files
from bpe.conversion import recover_merges
from bpe.errors import BpeError, CannotExpressError, FileFormatError, InputTypeError, MissingInformationError
from bpe.files import FORMATS, detect_format, load_vocabulary, raw, save_vocabulary
from bpe.vocabulary import Merge, TokenId, Vocabulary, single_bytes

TINY = Vocabulary(single_bytes() | {TokenId(256): b"ab"}, (Merge(TokenId(97), TokenId(98), TokenId(256)),))


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("tokenizer.model", b"IQ== 0\nIg== 1\n", "tiktoken"),
        ("x.bpe.json", b"IQ== 0\r\n", "tiktoken"),
        ("x", b"= 50256", "tiktoken"),
        ("x.tiktoken", b"minbpe v1\n\n0\n", "minbpe"),
        ("x.model", b"#version: 0.2\n\xc4\xa0 t\n", "gpt2"),
        ("x", b'{"version": 1, "format" :\n"bpe"}', "bpe"),
        ("vocab.json", b'{"format": 7, "bpe": 8}', "gpt2"),
        ("encoder.json", rb'{"\"format\": \"bpe\"": 1}', "gpt2"),
        ("merges.txt", b"h e\nl l\n", "gpt2"),
        ("x.tiktoken.gz", b"", "tiktoken"),
        ("x.model", b"", "minbpe"),
        ("x.bpe.json", b"", "bpe"),
    ],
)
def test_content_is_recognised_before_the_name(name: str, content: bytes, expected: str) -> None:
    """F2: Llama 3's rank file is called tokenizer.model, and minbpe's files too."""
    assert detect_format(Path(name), content) == expected


@pytest.mark.parametrize("content", [b"", b"\x00" * 9, b'{"version": "1.0", "model": {}}', b"\x0a\x0e\x0a\x05<unk>"])
def test_what_is_not_recognised_is_refused(tmp_path: Path, content: bytes) -> None:
    """F2: the message lists the formats."""
    path = tmp_path / "tokenizer.json"
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=r"tokenizer\.json: neither content nor name .*'bpe', 'tiktoken'"):
        load_vocabulary(path)


@pytest.mark.parametrize("name", FORMATS)
def test_a_folder_is_only_read_as_gpt2s_pair(tmp_path: Path, name: str) -> None:
    """F2: a typed error, not the operating system's."""
    expected = MissingInformationError if name == "gpt2" else FileFormatError
    with pytest.raises(expected):
        load_vocabulary(tmp_path, format=name, pattern=None)


def test_a_missing_file_is_the_operating_systems_error(tmp_path: Path) -> None:
    """No error of ours would say more."""
    with pytest.raises(FileNotFoundError):
        load_vocabulary(tmp_path / "x.tiktoken", pattern=None)
    with pytest.raises(FileNotFoundError):
        save_vocabulary(TINY, tmp_path / "missing" / "x.tiktoken")


@pytest.mark.parametrize(
    ("arguments", "error", "reason"),
    [
        ({"format": "sentencepiece"}, MissingInformationError, "no format is named 'sentencepiece': give one of 'bpe'"),
        ({"errors": "ignore"}, InputTypeError, "errors='ignore' is none of None, 'strict', 'replace'"),
        ({"empty_tokens": "keep"}, InputTypeError, "empty_tokens='keep' is none of 'warn', 'drop', 'refuse'"),
        ({"semantics": "both"}, InputTypeError, "semantics='both' is none of None, 'ranks', 'pairs'"),
        ({"pattern": 7}, InputTypeError, "a pattern is a name, a regular expression or None, not int"),
        ({"special_tokens": ["<s>"]}, InputTypeError, "special_tokens is a mapping, such as a dict, not list"),
        ({"aliases": "x"}, InputTypeError, "aliases is a mapping"),
    ],
)
def test_wrong_arguments_are_refused_before_the_file_is_read(
    arguments: dict[str, Any], error: type[BpeError], reason: str
) -> None:
    """The message names the argument and what it may be."""
    with pytest.raises(error, match=reason):
        load_vocabulary("no/such/file", **arguments)


@pytest.mark.parametrize("name", ["my", "my.json", "my.tiktoken.gz"])
def test_saving_needs_a_name_that_says_the_format(tmp_path: Path, name: str) -> None:
    """Packed files are only read: how they are packed depends on the library."""
    with pytest.raises(MissingInformationError, match=r"end it in one of \.bpe\.json, \.tiktoken"):
        save_vocabulary(TINY, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_the_format_can_be_said_instead(tmp_path: Path) -> None:
    """And on loading the content says it."""
    save_vocabulary(TINY, tmp_path / "my", format="minbpe")
    assert load_vocabulary(tmp_path / "my") == TINY


def test_a_failed_write_leaves_the_old_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F2: no half-written file, under no name."""
    path = tmp_path / "my.bpe.json"
    save_vocabulary(TINY, path)
    before = path.read_bytes()

    def fail(_: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="no space left"):
        save_vocabulary(TINY.with_changes(errors="replace"), path)
    assert [(entry.name, entry.read_bytes()) for entry in tmp_path.iterdir()] == [(path.name, before)]


def test_saving_keeps_links_and_permissions_sensible(tmp_path: Path) -> None:
    """A link still points to its target, and a new file has the permissions of any new file."""
    (tmp_path / "link.bpe.json").symlink_to("target.bpe.json")
    save_vocabulary(TINY, tmp_path / "link.bpe.json")
    assert (tmp_path / "link.bpe.json").is_symlink()
    assert load_vocabulary(tmp_path / "target.bpe.json") == TINY
    (tmp_path / "other").touch()
    assert (tmp_path / "target.bpe.json").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.skipif(os.name == "nt", reason="permissions there are other ones")
def test_saving_over_a_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "mine.bpe.json"
    save_vocabulary(Vocabulary(single_bytes()), path)
    path.chmod(0o600)
    save_vocabulary(Vocabulary(single_bytes()), path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_name_may_be_as_long_as_names_can_be(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 246 + ".bpe.json")
    save_vocabulary(Vocabulary(single_bytes()), path)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3: large files, and small ones that unpack to large ones, are refused early; nothing too large is written."""
    monkeypatch.setattr(raw, "MAX_FILE_BYTES", 1000)
    path = tmp_path / "x.tiktoken"
    path.write_bytes(b"YWE= 1\n" * 1000)
    with pytest.raises(FileFormatError, match="more than 1000 bytes: no vocabulary is that large"):
        load_vocabulary(path, pattern=None)
    path.write_bytes(gzip.compress(bytes(10**5)))
    assert path.stat().st_size < 1000
    with pytest.raises(FileFormatError, match="unpacks to more than 1000 bytes"):
        load_vocabulary(path, pattern=None)
    monkeypatch.setattr("bpe.files.saving.MAX_FILE_BYTES", 1000)
    with pytest.raises(CannotExpressError, match="which loading would refuse"):
        save_vocabulary(TINY, tmp_path / "y.tiktoken")
    assert not (tmp_path / "y.tiktoken").exists()


@pytest.mark.parametrize("damage", [slice(0, 20), slice(0, -3), slice(0, 12)])
def test_damaged_gzip_is_refused(tmp_path: Path, damage: slice) -> None:
    """F2: cut off anywhere."""
    path = tmp_path / "x.tiktoken.gz"
    path.write_bytes(gzip.compress(b"YWE= 1\n" * 1000)[damage])
    with pytest.raises(FileFormatError, match="damaged gzip data"):
        load_vocabulary(path, pattern=None)


def test_files_of_many_parts_unpack_in_linear_time() -> None:
    """R1: gzip data may consist of a great many members."""
    assert raw.unpack_gzip(gzip.compress(b"") * 20_000 + gzip.compress(b"x"), "x.gz") == b"x"


def test_errors_survive_a_process_boundary(tmp_path: Path) -> None:
    """The place of a fault is part of the error, pickled or not."""
    import pickle

    path = tmp_path / "x.tiktoken"
    path.write_bytes(b"IQ== 0\nIQ== 1\n")
    with pytest.raises(FileFormatError) as caught:
        load_vocabulary(path, pattern=None)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (copy.line, copy.path, str(copy)) == (2, str(path), str(caught.value))


def test_a_token_of_many_bytes_is_split_in_reasonable_time() -> None:
    """R1: merges of a token as long as a page are recovered without looking at all pairs again and again."""
    tokens = single_bytes()
    for exponent in range(1, 17):
        tokens[TokenId(len(tokens))] = b"a" * 2**exponent
    pairs = recover_merges(Vocabulary(tokens)).merges
    assert pairs is not None
    assert [merge.left for merge in pairs] == [97, *range(256, 271)]


def test_the_table_of_formats_says_what_loading_must_be_told() -> None:
    """F1: every name in it is a parameter of `load_vocabulary`."""
    parameters = inspect.signature(load_vocabulary).parameters
    for each in FORMATS.values():
        assert set(each.omits) <= set(parameters)
        assert each.description
    assert set(files.__all__) <= set(dir(files))
    assert "= <omitted>" in str(parameters["pattern"])


def test_the_page_on_formats_is_current(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its examples run, and its table has every format."""
    page = Path(__file__).parent.parent / "docs" / "file-formats.md"
    monkeypatch.chdir(tmp_path)
    assert doctest.testfile(str(page), module_relative=False, encoding="utf-8").failed == 0
    assert re.findall(
        r"^\| `([a-z0-9-]+)` \|", page.read_text(encoding="utf-8").partition("## Ranks")[0], re.MULTILINE
    ) == list(FORMATS)
