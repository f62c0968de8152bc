"""Rank files are read three ways: by lines, in bulk, by a kernel. The last two may decline a file, and must never mean another."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from itertools import product

import pytest

from bpe.engine import COMPILED
from bpe.errors import FileFormatError
from bpe.files.tiktoken_ranks import _parse_at_once, _parse_by_line, _parse_in_bulk
from bpe.vocabulary import TokenId
from tests.data import data_file

Reader = Callable[[bytes], dict[TokenId, bytes] | None]

READERS = [_parse_in_bulk, *([_parse_at_once] if COMPILED else [])]
every_reader = pytest.mark.parametrize("read", READERS)

SMALL = b"IQ== 0\nYWI= 10\nYWJj 4294967295\nYWJjZA== 7\n"
#: What matters in a line, one of each kind, and what is near it.
BYTES = b"AQIgw+/9=0 \n\r\t\x00\x0b-_\xff"


def by_line(data: bytes) -> dict[TokenId, bytes] | None:
    """Return what a file means, or `None` where it is refused or a token has no bytes."""
    try:
        return _parse_by_line(data, "x", "refuse")
    except FileFormatError:
        return None


@every_reader
def test_a_file_as_it_would_be_written_is_read(read: Reader) -> None:
    """Of all lengths of tokens and ranks; that is what makes loading fast."""
    rng = random.Random(1)
    tokens = {
        TokenId(10**n - 1 + k): rng.randbytes(1 + (n * 5 + k) % 23) + bytes([n, k]) for n in range(10) for k in range(2)
    }
    data = b"".join(base64.b64encode(token) + b" %d\n" % rank for rank, token in tokens.items())
    assert read(data) == tokens == by_line(data)
    assert read(SMALL) == by_line(SMALL) == {0: b"!", 10: b"ab", 4294967295: b"abc", 7: b"abcd"}


@every_reader
def test_no_byte_can_be_changed_added_or_removed_unseen(read: Reader) -> None:
    """F2: whatever a fast reader takes means the same line by line."""
    taken = 0
    for at in range(len(SMALL) + 1):
        for value in BYTES:
            for stop in (at, at + 1):
                data = SMALL[:at] + bytes([value]) + SMALL[stop:]
                assert read(data) in (None, by_line(data)), data
                taken += read(data) is not None
        for stop in range(at, len(SMALL) + 1):
            data = SMALL[:at] + SMALL[stop:]
            assert read(data) in (None, by_line(data)), data
            taken += read(data) is not None
    assert taken > 100


@every_reader
def test_every_short_line_means_what_it_means_by_itself(read: Reader) -> None:
    """All lines of few characters: full and broken groups, blanks where none may be, numbers with zeros before them."""
    for length in range(5):
        for characters in product(b"Ag= 0\n", repeat=length):
            for data in (b"QU" + bytes(characters) + b"\n", bytes(characters) + b" 1\n", b"QQ== " + bytes(characters)):
                assert read(data) in (None, by_line(data)), data


@every_reader
@pytest.mark.parametrize(
    "line",
    [
        b"YWI= 10",
        b"YWM= 0",
        b"= 11",
        b" 11",
        b"YWF= 11",
        b"YWJjZB== 11",
        b"YWE= 011",
        b"YWE= 4294967296",
        b"YWE= " + b"9" * 30,
    ],
    ids=lambda line: line[:20].decode(),
)
def test_what_is_amiss_is_left_to_the_reader_that_says_what(read: Reader, line: bytes) -> None:
    """F2: ids and tokens that come twice, tokens without bytes, stray bits, zeros, ids out of range."""
    assert read(SMALL + line + b"\n") is None


@every_reader
@pytest.mark.parametrize("name", ["r50k_base", "p50k_base", "cl100k_base", "o200k_base"])
def test_the_published_files_need_no_second_reading(read: Reader, name: str) -> None:
    """In the order of the file, too."""
    data = data_file(f"tokenizers/openai/{name}.tiktoken").read_bytes()
    fast, slow = read(data), by_line(data)
    assert fast is not None
    assert slow is not None
    assert list(fast.items()) == list(slow.items())
