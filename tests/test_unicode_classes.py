"""The pinned character classes: against the data they come from, and against what tiktoken and Hugging Face have."""

from __future__ import annotations

import importlib.util
import unicodedata
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest
import regex
import tiktoken
from tokenizers import Regex, pre_tokenizers

from bpe.unicode_classes import (
    CATEGORIES,
    UNICODE_VERSION,
    class_ranges,
    complement,
    general_category,
    is_white_space,
)

_SCRIPT = Path(__file__).resolve().parent.parent / "tools" / "generate_unicode_classes.py"
_SCALARS = "".join(chr(cp) for cp in range(0x110000) if not 0xD800 <= cp <= 0xDFFF)
_IN_PATTERNS = ["L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "N", "White_Space"]


def _members(name: str) -> str:
    """Return all scalar values of a class, as one text."""
    return "".join(
        chr(cp) for first, last in class_ranges(name) for cp in range(first, last + 1) if not 0xD800 <= cp <= 0xDFFF
    )


def _expression(name: str) -> str:
    return r"\s" if name == "White_Space" else rf"\p{{{name}}}"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    unicodedata2 = pytest.importorskip("unicodedata2")
    if unicodedata2.unidata_version != UNICODE_VERSION:
        pytest.skip(f"unicodedata2 is of Unicode {unicodedata2.unidata_version}, not {UNICODE_VERSION}")
    spec = importlib.util.spec_from_file_location("generate_unicode_classes", _SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_committed_tables_are_what_the_script_writes(generator: ModuleType) -> None:
    assert generator.main(["--check"]) == 0


def test_each_code_point_has_the_category_of_the_source(generator: ModuleType) -> None:
    assert [general_category(cp) for cp in range(0x110000)] == generator.read_categories()


def test_a_wrong_version_of_the_source_is_refused(
    generator: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generator, "VERSION", "15.1.0")
    assert generator.main(["--check"]) == 2
    assert "pip install unicodedata2==15.1.0" in capsys.readouterr().out


def test_a_changed_table_is_noticed(generator: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    files = {tmp_path / path.name: render for path, render in generator.FILES.items()}
    monkeypatch.setattr(generator, "FILES", files)
    assert generator.main(["--check"]) == 1
    assert generator.main([]) == 0
    assert generator.main(["--check"]) == 0
    for path in files:
        whole = path.read_text(encoding="utf-8")
        path.write_text(whole.replace("1", "2", 1), encoding="utf-8")
        assert generator.main(["--check"]) == 1
        path.write_text(whole, encoding="utf-8")


def test_categories_partition_the_code_points() -> None:
    singles = [category for group in CATEGORIES.values() for category in group]
    ranges = sorted(span for category in singles for span in class_ranges(category))
    assert ranges[0][0] == 0
    assert ranges[-1][1] == 0x10FFFF
    assert all(last + 1 == first for (_, last), (first, _) in pairwise(ranges))


@pytest.mark.parametrize("group", CATEGORIES)
def test_a_group_is_the_union_of_its_categories(group: str) -> None:
    spans = class_ranges(group)
    assert all(last + 1 < first for (_, last), (first, _) in pairwise(spans))
    size = sum(last - first + 1 for first, last in spans)
    assert size == sum(last - first + 1 for category in CATEGORIES[group] for first, last in class_ranges(category))


@pytest.mark.parametrize("name", [*_IN_PATTERNS, "C", "Cn"])
def test_the_complement_has_all_others(name: str) -> None:
    spans = class_ranges(name)
    assert complement(complement(spans)) == spans
    assert sum(last - first + 1 for first, last in (*spans, *complement(spans))) == 0x110000


def test_surrogates_noncharacters_and_private_use_have_a_category() -> None:
    assert [general_category(cp) for cp in (0xD800, 0xDFFF, 0xFFFF, 0xFDD0, 0xE000, 0x10FFFF)] == [
        "Cs", "Cs", "Cn", "Cn", "Co", "Cn",
    ]  # fmt: skip


def test_an_unknown_class_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        class_ranges("Alphabetic")


def test_white_space_is_what_regex_means() -> None:
    assert [cp for cp in range(0x110000) if is_white_space(cp)] == [ord(c) for c in _members("White_Space")]
    assert regex.findall(r"\s", _SCALARS) == list(_members("White_Space"))


def test_white_space_is_not_what_str_isspace_means() -> None:
    assert {c for c in _SCALARS if c.isspace()} - set(_members("White_Space")) == set("\x1c\x1d\x1e\x1f")


def test_the_standard_library_agrees_on_what_it_knows() -> None:
    # Between Unicode versions a few code points change category; thousands would mean that a table is shifted.
    changed = [c for c in _SCALARS if "Cn" not in (unicodedata.category(c), general_category(ord(c)))
               and unicodedata.category(c) != general_category(ord(c))]  # fmt: skip
    assert len(changed) < 50


@pytest.mark.parametrize("name", _IN_PATTERNS)
def test_tiktoken_has_the_same_class(name: str) -> None:
    # tiktoken drops what its pattern does not match, so what comes back is the class.
    single_bytes = {bytes([value]): value for value in range(256)}
    encoding = tiktoken.Encoding(name, pat_str=_expression(name), mergeable_ranks=single_bytes, special_tokens={})
    assert encoding.decode(encoding.encode_ordinary(_SCALARS)) == _members(name)


@pytest.mark.parametrize("name", _IN_PATTERNS)
def test_hugging_face_has_the_same_class(name: str) -> None:
    split = pre_tokenizers.Split(Regex(_expression(name) + "+"), behavior="removed", invert=True)
    assert "".join(piece for piece, _ in split.pre_tokenize_str(_SCALARS)) == _members(name)
