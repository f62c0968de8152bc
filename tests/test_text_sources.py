"""Texts from files: nothing translated, faults placed, blocks of any size alike."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpe.errors import FileFormatError, InvalidUtf8Error
from bpe.text_sources import Text, Utf8Decoder, decode_blocks, read_file, read_json_lines, read_lines
from tests.hazards import PARTS

TEXTS = st.lists(st.sampled_from(PARTS)).map("".join) | st.text()
SIZES = st.integers(min_value=1, max_value=9)


def in_blocks(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def decode_or_place(data: bytes) -> tuple[str, int | None]:
    try:
        return data.decode(), None
    except UnicodeDecodeError as fault:
        return "", fault.start


def contents(texts: object) -> list[str]:
    assert hasattr(texts, "__iter__")
    return ["".join(text.blocks) for text in texts if isinstance(text, Text)]


@given(TEXTS, SIZES)
def test_a_file_in_blocks_of_any_size_is_its_text(text: str, size: int) -> None:
    stream = io.BytesIO(text.encode())
    assert contents(read_file(stream, "x", block_bytes=size)) == [text]


@given(TEXTS)
def test_lines_end_at_newlines_and_nowhere_else(text: str) -> None:
    expected = text.split("\n")
    if not expected[-1]:
        expected.pop()
    assert contents(read_lines(io.BytesIO(text.encode()), "x")) == expected


@given(st.binary(max_size=40) | TEXTS.map(str.encode), SIZES)
def test_a_byte_at_fault_has_the_same_place_in_blocks_of_any_size(data: bytes, size: int) -> None:
    text, place = decode_or_place(data)
    if place is None:
        assert "".join(decode_blocks(in_blocks(data, size), "x")) == text
        return
    with pytest.raises(InvalidUtf8Error, match=rf"x: byte 0x.. at offset {place} ") as refused:
        list(decode_blocks(in_blocks(data, size), "x"))
    assert refused.value.offset == place


@given(st.binary(max_size=40), SIZES)
def test_replacing_in_blocks_is_replacing_at_once(data: bytes, size: int) -> None:
    decoder = Utf8Decoder("x", errors="replace")
    parts = [decoder.decode(block) for block in in_blocks(data, size)] + [decoder.decode(b"", final=True)]
    assert "".join(parts) == data.decode("utf-8", "replace")


def test_a_byte_at_fault_in_a_line_has_its_place_in_the_file() -> None:
    with pytest.raises(InvalidUtf8Error, match="byte 0xff at offset 4 "):
        list(read_lines(io.BytesIO(b"ab\nc\xff\n"), "x"))


def test_json_lines_pass_over_empty_lines_and_count_them() -> None:
    stream = io.BytesIO(b'{"text": "a\\nb"}\n\n{"text": "\xc3\xa9"}')
    texts = list(read_json_lines(stream, "x.jsonl", "text"))
    assert [text.place for text in texts] == ["x.jsonl, line 1", "x.jsonl, line 3"]
    assert contents(texts) == ["a\nb", "é"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "x.jsonl, line 2: not JSON"),
        (b"[" * 100_000, "x.jsonl, line 2: not JSON"),
        (b'{"n": ' + b"1" * 5000 + b"}", "x.jsonl, line 2: not JSON"),
        (b"[1]", "x.jsonl, line 2: a JSON list, where an object is wanted"),
        (b"{}", "x.jsonl, line 2: no field 'text'; the fields are: none"),
        (b'{"body": ""}', "x.jsonl, line 2: no field 'text'; the fields are: 'body'"),
        (b'{"text": null}', "x.jsonl, line 2: the field 'text' is no string, but None"),
    ],
)
def test_a_line_without_the_text_is_refused_with_its_place(line: bytes, reason: str) -> None:
    with pytest.raises(FileFormatError, match=reason):
        list(read_json_lines(io.BytesIO(b'{"text": ""}\n' + line), "x.jsonl", "text"))
