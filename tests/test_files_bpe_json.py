"""Our own format: its text, its schema, what is refused and where, and that the file is the same on every run."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpe.conversion import recover_merges
from bpe.errors import CannotExpressError, FileFormatError, SpecialTokenConflictError
from bpe.files import load_vocabulary, save_vocabulary
from bpe.files.bpe_json import format_bpe_json
from bpe.files.token_notation import escape_invisible, parse_token, show_token
from bpe.patterns import Pattern, resolve_pattern
from bpe.vocabulary import Merge, TokenId, Vocabulary, single_bytes
from tests.data import data_file
from tests.vocabularies import vocabularies

SCHEMA = json.loads((files("bpe.files") / "bpe.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

A, AA, AAB = TokenId(97), TokenId(256), TokenId(257)
TINY = Vocabulary(
    single_bytes() | {AA: b"aa", AAB: b"aab", TokenId(300): b"\xc3\\"},
    (Merge(A, A, AA), Merge(AA, TokenId(98), AAB)),
    resolve_pattern("gpt2"),
    {"<|end|>": TokenId(258), "<|stop|>": TokenId(258)},
    {"<|stop|>": "<|end|>"},
)


@pytest.fixture
def tiny_file(tmp_path: Path) -> Path:
    save_vocabulary(TINY, tmp_path / "tiny.bpe.json")
    return tmp_path / "tiny.bpe.json"


def test_the_text_of_a_file() -> None:
    """F4: this text, to the byte; a change of it is a change of the format."""
    expected = rf"""{{
  "format": "bpe",
  "version": 1,
  "fingerprint": "{TINY.fingerprint}",
  "pattern": {{
    "name": "gpt2",
    "source": "'(?:[sdmt]|ll|ve|re)| ?\\p{{L}}++| ?\\p{{N}}++| ?[^\\s\\p{{L}}\\p{{N}}]++|\\s++$|\\s+(?!\\S)|\\s",
    "gaps": "refuse",
    "unicode": "16.0.0"
  }},
  "semantics": "pairs",
  "whole_pre_token": false,
  "errors": "strict",
  "special_tokens": {{
    "<|end|>": 258,
    "<|stop|>": 258
  }},
  "aliases": {{
    "<|stop|>": "<|end|>"
  }},
  "bytes": "value",
  "tokens": [
    ["\\xc3\\\\", 300]
  ],
  "merges": [
    ["a", "a", 256],
    ["aa", "b", 257]
  ]
}}
"""
    assert format_bpe_json(TINY).decode() == expected


@given(vocabulary=vocabularies)
def test_every_file_keeps_the_schema(vocabulary: Vocabulary) -> None:
    """F1: what is written is what the schema describes."""
    try:
        written = format_bpe_json(vocabulary)
    except CannotExpressError:
        return
    VALIDATOR.validate(json.loads(written))


def test_the_schema_is_one() -> None:
    """The schema itself keeps the rules of JSON Schema."""
    VALIDATOR.check_schema(SCHEMA)


@given(token=st.binary(min_size=1, max_size=12))
def test_the_notation_of_a_token_is_exact(token: bytes) -> None:
    r"""F1: text, `\xNN` for other bytes, a doubled backslash; and JSON text stays what it is."""
    assert parse_token(show_token(token)) == token
    text = json.dumps(show_token(token), ensure_ascii=False)
    assert json.loads(escape_invisible(text)) == show_token(token)


@pytest.mark.parametrize("text", ["\\", "a\\", "\\n", "\\x", "\\xg0", "\\xC3", "\\x1", "\ud800"])
def test_other_notations_are_refused(text: str) -> None:
    """F2: a backslash means nothing by itself, and a surrogate is no text."""
    with pytest.raises(ValueError, match=r"backslash|surrogates"):
        parse_token(text)


def test_what_cannot_be_seen_is_escaped() -> None:
    """A file shows no line break, direction mark or zero-width character as itself."""
    vocabulary = TINY.with_changes(special_tokens={"\u202e\u2028\ufeff\u200b\U000e0041": TokenId(258)}, aliases={})
    assert r'"\u202e\u2028\ufeff\u200b\udb40\udc41": 258' in format_bpe_json(vocabulary).decode()


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("change", "place", "reason"),
    [
        (lambda f: f.update(format="gpt2"), "$", "the member 'format' is not 'bpe'"),
        (lambda f: f.update(version=2), "$", "the member 'version' is not 1"),
        (lambda f: f.update(version=True), "$", "the member 'version' is not 1"),
        (lambda f: f.pop("errors"), "$", "the member 'errors' is missing"),
        (lambda f: f.update(extra=1), "$", "the member 'extra' is none of"),
        (lambda f: f.update(fingerprint="0" * 64), "$.fingerprint", "the file was changed after it was saved"),
        (lambda f: f.update(fingerprint=7), "$.fingerprint", "7 where a string is wanted"),
        (lambda f: f.update(errors="ignore"), "$.errors", '\'ignore\' where "strict" or "replace" is wanted'),
        (lambda f: f.update(whole_pre_token=0), "$.whole_pre_token", "0 where true or false is wanted"),
        (lambda f: f.update(semantics="ranks"), "$.merges", "an array where null"),
        (lambda f: f.update(merges=None), "$.merges", "null where an array is wanted"),
        (lambda f: f.update(pattern="gpt2"), "$.pattern", "'gpt2' where an object is wanted"),
        (lambda f: f["pattern"].pop("gaps"), "$.pattern", "the member 'gaps' is missing"),
        (lambda f: f["pattern"].update(name="o200k_base"), "$.pattern.name", "the name of this expression, 'gpt2'"),
        (
            lambda f: f["pattern"].update(unicode="15.1.0"),
            "$.pattern.unicode",
            r"classes of 15\.1\.0, and here those of 16",
        ),
        (lambda f: f["pattern"].update(source="\ud800"), "$.pattern.source", "holds a surrogate"),
        (lambda f: f["pattern"].update(source="a" * 70_000), "$.pattern.source", "more than 65536 characters"),
        (lambda f: f["special_tokens"].update(x="1"), "$.special_tokens.x", "'1' where an id"),
        (lambda f: f["special_tokens"].update({"<x>": True}), '$.special_tokens["<x>"]', "true where an id"),
        (lambda f: f["aliases"].update(x=1), "$.aliases.x", "1 where a string is wanted"),
        (lambda f: f.update(bytes="tiktoken"), "$.bytes", '\'tiktoken\' where "value" or "gpt2" is wanted'),
        (lambda f: f.update(bytes=[1, 2]), "$.bytes", "2 ids where 256 are wanted"),
        (lambda f: f.update(bytes=[0] * 256), "$.bytes[1]", r"the id 0 is that of b'\\x00' already"),
        (lambda f: f.update(bytes=[*range(255), 1.5]), "$.bytes[255]", "the number 1.5 where an id"),
        (lambda f: f.update(tokens={}), "$.tokens", "an object where an array is wanted"),
        (lambda f: f["tokens"].append(["x"]), "$.tokens[1]", "not a token and its id"),
        (lambda f: f["tokens"].append(["xy", 300]), "$.tokens[1]", r"the id 300 is that of b'\\xc3"),
        (lambda f: f["tokens"].append(["\\xc3\\\\", 301]), "$.tokens[1]", "has the id 300 already"),
        (lambda f: f["tokens"].append(["", 301]), "$.tokens[1]", "no bytes"),
        (lambda f: f["tokens"].append(["\\", 301]), "$.tokens[1]", "not a token: a backslash"),
        (lambda f: f["tokens"].append(["a", 97]), "$.tokens[1]", "the token b'a' has the id 97 already"),
        (lambda f: f["merges"].append(["a", "b"]), "$.merges[2]", "not two tokens and the id that they make"),
        (lambda f: f["merges"].append(["a", "b", 97]), "$.merges[2]", "the id 97 is that of b'a' already"),
        (lambda f: f["merges"].append(["a", "ab", 999]), "$.merges[2]", "b'ab' is made by no earlier merge"),
        (lambda f: f["merges"].append(["a", "a", 256]), "$.merges[2]", "the pair is that of an earlier merge"),
        (lambda f: f["merges"].append(["a", "ab\\", 999]), "$.merges[2]", "not a token"),
        (lambda f: f["merges"].append(["", "a", 97]), "$.merges[2]", "b'' is made by no earlier merge"),
        (lambda f: f["merges"].reverse(), "$.merges[0]", "b'aa' is made by no earlier merge"),
    ],
)
def test_a_wrong_value_is_refused_by_its_place(tiny_file: Path, change: Change, place: str, reason: str) -> None:
    """F2: the message names the file, the path to the value, and the reason."""
    content = json.loads(tiny_file.read_bytes())
    change(content)
    tiny_file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(FileFormatError, match=reason) as caught:
        load_vocabulary(tiny_file, format="bpe")
    assert (caught.value.json_path, caught.value.path) == (place, str(tiny_file))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"errors"', '"format"', "the key 'format' is there twice"),
        ("false", "fals", "line 12: not JSON"),
        ('"tokens": [', '"tokens": [,', "line 22: not JSON"),
        ("256]", "256.0]", r"\$\.merges\[0\]: not two tokens and the id"),
        ("256]", "NaN]", r"\$\.merges\[0\]: not two tokens and the id"),
        ("256]", "9" * 9999 + "]", r"\$\.merges\[0\]: not two tokens and the id"),
        ('"tokens": [', '"tokens": [' + "[" * 100_000, "nested too deeply"),
        ("{\n  ", "\ufeff{\n  ", "byte-order mark"),
    ],
)
def test_json_that_is_none_is_refused(tiny_file: Path, old: str, new: str, reason: str) -> None:
    """F2, R2: of what the standard library lets pass, nothing slips through."""
    text = tiny_file.read_text(encoding="utf-8")
    assert old in text
    tiny_file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FileFormatError, match=reason):
        load_vocabulary(tiny_file, format="bpe")


def test_special_tokens_that_contradict_each_other_are_refused(tiny_file: Path) -> None:
    """S8: also where the file says so."""
    content = json.loads(tiny_file.read_bytes())
    content["aliases"] = {}
    tiny_file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(SpecialTokenConflictError, match=r"tiny\.bpe\.json: .*both have the id 258"):
        load_vocabulary(tiny_file)


def test_a_pattern_whose_classes_are_those_of_a_regex_release_says_so(tmp_path: Path) -> None:
    r"""P6: `\w` means what the installed release says, so the file is bound to the release."""
    vocabulary = TINY.with_changes(pattern=Pattern(r"\w+|\W+"))
    path = tmp_path / "tiny.bpe.json"
    save_vocabulary(vocabulary, path)
    assert load_vocabulary(path) == vocabulary
    path.write_text(path.read_text(encoding="utf-8").replace('"regex-', '"regex-1.'), encoding="utf-8")
    with pytest.raises(FileFormatError, match=r"\$\.pattern\.unicode: .*could split otherwise"):
        load_vocabulary(path)


def test_the_file_may_be_laid_out_otherwise(tiny_file: Path) -> None:
    """The order of members, white space and escapes mean nothing."""
    content = dict(reversed(list(json.loads(tiny_file.read_bytes()).items())))
    tiny_file.write_text(json.dumps(content, ensure_ascii=True), encoding="utf-8")
    assert load_vocabulary(tiny_file) == TINY


def test_the_caller_may_repeat_but_not_overrule_the_file(tiny_file: Path) -> None:
    """F1: an argument that says otherwise than the file is refused, with the remedy."""
    special_tokens = {"<|end|>": 258, "<|stop|>": 258}
    aliases = {"<|stop|>": "<|end|>"}
    same: dict[str, Any] = {"pattern": "gpt2", "special_tokens": special_tokens, "aliases": aliases, "errors": "strict"}
    assert load_vocabulary(tiny_file, **same) == TINY
    others: list[dict[str, Any]] = [
        {"pattern": None},
        {"pattern": "qwen2"},
        {"special_tokens": {}},
        {"errors": "replace"},
    ]
    for other in others:
        with pytest.raises(FileFormatError, match=rf"leave {next(iter(other))}= out"):
            load_vocabulary(tiny_file, **other)


def test_published_vocabularies_survive(tmp_path: Path) -> None:
    """F1, F4: GPT-2's, under both semantics."""
    ranks = load_vocabulary(data_file("tokenizers/openai/r50k_base.tiktoken"), pattern="gpt2")
    for vocabulary in (ranks, recover_merges(ranks)):
        save_vocabulary(vocabulary, tmp_path / "r50k.bpe.json")
        assert load_vocabulary(tmp_path / "r50k.bpe.json") == vocabulary
        VALIDATOR.validate(
            json.loads((tmp_path / "r50k.bpe.json").read_bytes()) | {"merges": None, "semantics": "ranks"}
        )
