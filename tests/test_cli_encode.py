"""`bpe encode` and `bpe decode`: the ids that Python gives, and the bytes back, whatever the blocks and the format."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bpe
from bpe import text_sources
from bpe.cli.decode import decode_rows
from bpe.cli.encode import Request, encode_in_blocks
from bpe.cli.id_readers import read_rows
from bpe.cli.id_writers import WRITERS
from bpe.errors import DisallowedSpecialTokenError
from bpe.patterns import NAMED_PATTERNS
from bpe.tokenizer import Tokenizer
from tests.command_line import run, run_process
from tests.hazards import PARTS, hazards

SPECIAL = ("<|endoftext|>", "<|end", "of", " a\n")
TEXTS = st.lists(st.sampled_from([*PARTS, *SPECIAL])).map("".join)
TOKENIZERS = {
    name: bpe.train(hazards(3, 200), 320, pattern=name, special_tokens=SPECIAL) for name in [*NAMED_PATTERNS, None]
}


@pytest.fixture
def tokenizer() -> Tokenizer:
    return TOKENIZERS["o200k_base"]


@pytest.fixture
def path(tokenizer: Tokenizer, tmp_path: Path) -> Path:
    tokenizer.save(tmp_path / "t.bpe.json")
    return tmp_path / "t.bpe.json"


def outcome_of(action: Callable[[], list[int]]) -> object:
    """Return the ids, or what was refused where."""
    try:
        return action()
    except DisallowedSpecialTokenError as fault:
        return fault.token, fault.index


# --- encoding ------------------------------------------------------------------------------------


@given(
    TEXTS,
    st.integers(min_value=1, max_value=12),
    st.sampled_from(list(TOKENIZERS.values())),
    st.sets(st.sampled_from(SPECIAL)),
    st.sets(st.sampled_from([*SPECIAL, "the", "'s"])) | st.just("all"),
)
def test_encoding_in_blocks_is_encoding_at_once(
    text: str, size: int, tokenizer: Tokenizer, allowed: set[str], disallowed: set[str] | str
) -> None:
    blocks = [text[start : start + size] for start in range(0, len(text), size)]
    request = Request(tokenizer, frozenset(allowed), "all" if disallowed == "all" else frozenset(disallowed))
    parts = encode_in_blocks(text_sources.Text("x", blocks), request)
    outcome = outcome_of(lambda: [token_id for part in parts for token_id in part])
    assert outcome == outcome_of(
        lambda: tokenizer.encode(text, allowed_special=request.allowed, disallowed_special=request.disallowed)
    )


@pytest.mark.parametrize("block_bytes", [1, 10, 1000])
def test_hazards_come_back_byte_for_byte(
    path: Path, tmp_path: Path, block_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_sources, "BLOCK_BYTES", block_bytes)
    text = "".join(hazards(11, 400)).encode()
    (tmp_path / "in").write_bytes(text)
    for id_format in WRITERS:
        ids = run("encode", tmp_path / "in", "-t", path, "--disallowed-special", "none", "--format", id_format)
        assert ids.status == 0
        assert run("decode", "-t", path, given=ids.output).output == text


def test_a_file_of_several_blocks_has_the_ids_of_its_text(path: Path, tokenizer: Tokenizer, tmp_path: Path) -> None:
    text = "".join(hazards(5, 2000)) * 60
    (tmp_path / "in").write_bytes(text.encode())
    assert (tmp_path / "in").stat().st_size > 2 * text_sources.BLOCK_BYTES
    result = run("encode", tmp_path / "in", "-t", path, "--allowed-special", "all", "--format", "npy")
    assert np.load(io.BytesIO(result.output)).tolist() == tokenizer.encode(text, allowed_special="all")


def test_bytes_of_any_kind_come_back_through_pipes(path: Path) -> None:
    data = bytes(range(256)) * 3 + b"\xff\xc3\r\n\x00"
    ids = run_process("encode", "--bytes", "-t", path, given=data)
    assert ids.status == 0
    assert run_process("decode", "-t", path, given=ids.output).output == data


def test_bytes_that_are_no_text_are_refused_with_place_and_remedy(path: Path, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"abc\xffd")
    result = run("encode", tmp_path / "in", "-t", path)
    assert result.status == 1
    assert result.errors.startswith(f"bpe: {tmp_path}/in: byte 0xff at offset 3 is not UTF-8 (invalid start byte): ")
    assert "--bytes" in result.errors
    result = run("encode", "-t", path, "--lines", given=b"ab\nc\xff")
    assert result.errors.startswith("bpe: standard input: byte 0xff at offset 4 is not UTF-8")
    assert "--bytes" in result.errors


@pytest.mark.parametrize("content", [b"", b"a", b"a\n", b"\n", b"a\n\nb", b"a\r\nb\r\n", "é\n😀\n".encode()])
@pytest.mark.parametrize("more", [(), ("--bytes",), ("--format", "jsonl")])
def test_lines_come_back_as_lines(content: bytes, more: tuple[str, ...], path: Path) -> None:
    ids = run("encode", "--lines", "-t", path, *more, given=content)
    assert len(ids.output.splitlines()) == len(content.splitlines())
    expected = content if content.endswith(b"\n") or not content else content + b"\n"
    assert run("decode", "--lines", "-t", path, given=ids.output).output == expected


def test_the_empty_text_is_an_empty_row(path: Path) -> None:
    assert run("encode", "-t", path).output == b"\n"
    assert run("encode", "-t", path, "--format", "jsonl").output == b"[]\n"
    assert run("encode", "-t", path, "--count").output == b"0\n"
    assert run("encode", "-t", path, "--bytes").output == b"\n"
    assert run("encode", "-t", path, "--lines").output == b""
    assert run("decode", "-t", path).output == b""
    array = np.load(io.BytesIO(run("encode", "-t", path, "--format", "npy").output))
    assert (array.dtype, array.shape) == (np.dtype("uint32"), (0,))


def test_a_named_encoding_gives_its_ids() -> None:
    result = run("encode", "-t", "cl100k_base", given=b"aaabdaaabac")
    assert result.output.split() == [b"%d" % number for number in bpe.get_encoding("cl100k_base").encode("aaabdaaabac")]


def test_formats_and_counts_agree_with_python(path: Path, tokenizer: Tokenizer, tmp_path: Path) -> None:
    for name, content in (("a", "the cat"), ("b", "é😀")):
        (tmp_path / name).write_text(content, encoding="utf-8")
    files = (tmp_path / "a", tmp_path / "b")
    expected = [tokenizer.encode(content) for content in ("the cat", "é😀")]
    rows = run("encode", *files, "-t", path, "--format", "jsonl").output.splitlines()
    assert [json.loads(row) for row in rows] == expected
    counts = run("encode", *files, "-t", path, "--count").output.splitlines()
    assert list(map(int, counts)) == list(map(len, expected))
    stored = run("encode", tmp_path / "a", "-t", path, "--format", "npy", "-o", tmp_path / "ids.npy")
    assert (stored.status, stored.output) == (0, b"")
    assert np.load(tmp_path / "ids.npy").tolist() == expected[0]
    lines = run("encode", "-", "--jsonl", "t", "-t", path, given=b'{"t": "the cat"}\n{"t": "\\u00e9\xf0\x9f\x98\x80"}')
    assert lines.output == b"".join(b" ".join(b"%d" % i for i in row) + b"\n" for row in expected)


def test_special_tokens_are_refused_allowed_or_ordinary(path: Path, tokenizer: Tokenizer) -> None:
    text = "x" * 10 + "<|endoftext|>"
    refused = run("encode", "-t", path, given=text.encode())
    assert (refused.status, refused.output) == (1, b"")
    assert "standard input: special token '<|end" in refused.errors
    assert "at character 10: make it its id with --allowed-special '<|end" in refused.errors
    for option, value in (
        ("--disallowed-special", "of"),
        ("--allowed-special", "none"),
        ("--allowed-special", "<|end"),
    ):
        assert run("encode", "-t", path, option, value, given=text.encode()).status == 1
    cases: tuple[tuple[tuple[str, ...], frozenset[str]], ...] = (
        (("--allowed-special", "all"), frozenset(SPECIAL)),
        (("--allowed-special", "<|endoftext|>", "--disallowed-special", "none"), frozenset({"<|endoftext|>"})),
        (("--disallowed-special", "none"), frozenset()),
        (("--disallowed-special", "the", "--disallowed-special", "cat"), frozenset()),
    )
    for arguments, allowed in cases:
        result = run("encode", "-t", path, *arguments, given=text.encode())
        ids = tokenizer.encode(text, allowed_special=allowed, disallowed_special=())
        assert result.output.split() == [b"%d" % number for number in ids]
    unknown = run("encode", "-t", path, "--allowed-special", "<nope>", given=b"")
    assert unknown.status == 1
    assert "no special token '<nope>'" in unknown.errors


def test_special_tokens_can_be_added_and_share_ids(path: Path, tokenizer: Tokenizer) -> None:
    end = tokenizer.n_vocab
    more = ("--special-token", f"<a>={end}", "--special-token", f"<b=c>={end}")
    rank_file = path.with_name("t.tiktoken")
    tokenizer.save(rank_file)
    ids = run("encode", "-t", rank_file, "--pattern", "o200k_base", *more, "--allowed-special", "all", given=b"<b=c>")
    assert ids.output == b"%d\n" % end
    assert run("decode", "-t", rank_file, "--pattern", "o200k_base", *more, given=ids.output).output == b"<a>"
    missing = run("encode", "-t", rank_file)
    assert missing.status == 1
    assert "(on the command line: --pattern)" in missing.errors
    named = run(
        "encode", "-t", "cl100k_base", "--special-token", "<a>=100300", "--allowed-special", "<a>", given=b"<a>"
    )
    assert named.output == b"100300\n"
    twice = run("encode", "-t", path, "--special-token", "<a>=300", "--special-token", "<a>=301")
    assert twice.status == 2


def test_nothing_is_written_to_a_file_when_a_later_text_is_refused(path: Path, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"\xff")
    result = run("encode", tmp_path / "a", tmp_path / "b", "-t", path, "-o", tmp_path / "ids")
    assert result.status == 1
    assert not (tmp_path / "ids").exists()


# --- rows of ids ---------------------------------------------------------------------------------

ROWS = st.lists(st.lists(st.lists(st.integers(min_value=0, max_value=2**32 - 1), max_size=4), max_size=3), max_size=4)


@given(ROWS, st.sampled_from(["text", "jsonl"]), st.integers(min_value=1, max_value=30))
def test_rows_that_were_written_are_read_in_parts_of_any_size(
    rows: list[list[list[int]]], id_format: str, part_bytes: int
) -> None:
    stream = io.BytesIO()
    for row in rows:
        WRITERS[id_format](row, stream)
    read: list[list[int]] = [[]]
    for part in read_rows(io.BytesIO(stream.getvalue()), "x", part_bytes=part_bytes):
        read[-1] += part.ids
        if part.ends_row:
            read.append([])
    assert read == [[number for part in row for number in part] for row in rows] + [[]]


@given(st.lists(st.binary(max_size=6), max_size=4), st.integers(min_value=1, max_value=8))
def test_each_text_is_repaired_by_itself(texts: list[bytes], part_bytes: int) -> None:
    tokenizer = TOKENIZERS[None]
    ids = "".join(" ".join(map(str, tokenizer.encode_bytes(text))) + "\n" for text in texts)
    rows = read_rows(io.BytesIO(ids.encode()), "x", part_bytes=part_bytes)
    out = b"".join(data for data, _ in decode_rows(rows, tokenizer, "replace"))
    assert out.decode() == "".join(text.decode("utf-8", "replace") for text in texts)


def test_strict_decoding_refuses_what_is_not_utf8(path: Path) -> None:
    ids = run("encode", "--bytes", "--lines", "-t", path, given=b"fine\nno\xc3").output
    assert run("decode", "-t", path, "--errors", "replace", given=ids).output == "fineno�".encode()
    refused = run("decode", "-t", path, "--errors", "strict", given=ids)
    assert refused.status == 1
    assert refused.errors.startswith("bpe: standard input, line 2: byte 0xc3 at offset 2 is not UTF-8")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"1 2\n3 x 4", "standard input, line 2: 'x' is not a token id"),
        (b"1, 2", "standard input, line 1: '1,' is not a token id"),
        (b"-1", "standard input, line 1: '-1' is not a token id"),
        (b"1_0", "standard input, line 1: '1_0' is not a token id"),
        (b"1" * 3_000_000, "standard input, line 1: '111111111111111111111' is not"),
        (b"\xff\xfe", r"standard input, line 1: '\xff\xfe' is not a token id"),
        (b"97\n98 4000000 1", "standard input, line 2: id 4000000 at position 1 is not in the vocabulary"),
        (b"99999999999", "standard input, line 1: id 99999999999 at position 0 is not in the vocabulary"),
        (b"[1]\n[1, true]", "standard input, line 2: not an array of integers"),
        (b"[1]\n{}", "standard input, line 2: not an array of integers"),
        (b"[1", "standard input, line 1: not JSON"),
        (b"[" * 100_000, "standard input, line 1: not JSON"),
        (b"\x93NUMPY", "standard input: a damaged .npy file"),
    ],
)
def test_what_is_no_row_of_ids_is_refused_with_its_place(content: bytes, message: str, path: Path) -> None:
    result = run("decode", "-t", path, given=content)
    assert result.status == 1
    assert result.errors.startswith(f"bpe: {message}")


@pytest.mark.parametrize(
    "array",
    [np.zeros((2, 2), dtype=np.uint32), np.zeros(2), np.array([object()]), np.array(["a"])],
    ids=["two dimensions", "floats", "objects", "texts"],
)
def test_arrays_that_are_no_ids_are_refused(array: object, path: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.asarray(array), allow_pickle=True)
    result = run("decode", tmp_path / "x.npy", "-t", path)
    assert result.status == 1
    assert result.errors.startswith(f"bpe: {tmp_path}/x.npy: ")


def test_integers_of_any_width_are_ids(path: Path, tmp_path: Path) -> None:
    for dtype in ("uint16", ">i8", "int32"):
        np.save(tmp_path / "x.npy", np.array([97, 98], dtype=dtype))
        assert run("decode", tmp_path / "x.npy", "-t", path).output == b"ab"


def test_a_fault_that_only_the_text_shows_names_the_text(path: Path) -> None:
    result = run("encode", "--jsonl", "t", "-t", path, given=b'{"t": "a"}\n{"t": "\\ud800"}')
    assert result.status == 1
    assert result.errors.startswith("bpe: standard input, line 2: surrogate U+D800 at index 0")


def test_a_surrogate_is_told_by_its_place_in_the_whole_text(path: Path) -> None:
    """The text is encoded in parts, of which the last begins at its fourth character."""
    result = run("encode", "--jsonl", "t", "-t", path, given=b'{"t": "a b \\ud800"}')
    assert (result.status, "line 1: surrogate U+D800 at index 4: " in result.errors) == (1, True)


def test_an_id_of_thousands_of_digits_is_refused(path: Path) -> None:
    result = run("encode", "-t", path, "--special-token", "<|x|>=" + "9" * 5000, given=b"a")
    assert (result.status, "'<|x|>' has 5000 digits" in result.errors) == (2, True)
