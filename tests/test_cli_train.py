"""`bpe train`: the tokenizer that Python would train, whatever the blocks, and refusals before the work."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bpe
from bpe import text_sources
from bpe.cli.train import blocks_of
from bpe.patterns import NAMED_PATTERNS, resolve_pattern
from bpe.training import count_pre_tokens
from tests.command_line import run, run_process
from tests.hazards import PARTS, hazards

SPECIAL = ("<|endoftext|>", "<|fim", "|>a", " the cat")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.txt"
    path.write_bytes("".join(hazards(7, 600)).encode())
    return path


@pytest.mark.parametrize("pattern", [*NAMED_PATTERNS, "none", r"\w+|\W+"])
@pytest.mark.parametrize("block_bytes", [1, 7, 1000])
def test_training_on_blocks_equals_training_on_the_whole_text(
    corpus: Path, pattern: str, block_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_sources, "BLOCK_BYTES", block_bytes)
    output = corpus.with_name("t.bpe.json")
    special = [argument for token in SPECIAL for argument in ("--special-token", token)]
    result = run(
        "train", corpus, "--vocab-size", 320, "-o", output, "--pattern", pattern, "--tie-break", "first-seen", *special
    )
    assert (result.status, result.errors) == (0, "")
    expected = bpe.train(
        [corpus.read_bytes().decode()],
        320,
        pattern=None if pattern == "none" else pattern,
        special_tokens=SPECIAL,
        tie_break="first-seen",
    )
    assert bpe.load(output) == expected


@given(
    st.lists(st.sampled_from([*PARTS, *SPECIAL])).map("".join),
    st.integers(min_value=1, max_value=20),
    st.sampled_from(list(NAMED_PATTERNS)),
)
def test_counts_of_pre_tokens_do_not_depend_on_the_blocks(text: str, size: int, name: str) -> None:
    pattern = resolve_pattern(name)
    blocks = [text[start : start + size] for start in range(0, len(text), size)]
    cut = list(blocks_of([text_sources.Text("x", blocks)], pattern, SPECIAL))
    assert "".join(cut) == text
    counted = count_pre_tokens(cut, pattern, special_tokens=SPECIAL)
    whole = count_pre_tokens([text], pattern, special_tokens=SPECIAL)
    assert list(counted.items()) == list(whole.items())


def test_every_option_reaches_training(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("the cat and the hat and the bat")
    output = tmp_path / "t.bpe.json"
    arguments = ("--vocab-size", 300, "--min-frequency", 3, "--tie-break", "largest-bytes", "--byte-order", "gpt2")
    result = run("train", tmp_path / "a", "-o", output, "--pattern", "gpt2", *arguments)
    assert result.status == 0
    expected = bpe.train(
        ["the cat and the hat and the bat"],
        300,
        pattern="gpt2",
        min_frequency=3,
        tie_break="largest-bytes",
        byte_order="gpt2",
    )
    assert bpe.load(output) == expected
    assert result.errors == f"bpe: note: {expected.n_vocab} ids, not 300: no other pair occurs often enough\n"


def test_lines_json_lines_and_several_files_are_the_same_texts(tmp_path: Path) -> None:
    texts = ["the cat", "", " sat\r", "on the mat é"]
    (tmp_path / "lines").write_bytes("\n".join(texts).encode())
    (tmp_path / "jsonl").write_text("".join(json.dumps({"id": 1, "body": text}) + "\n" for text in texts))
    files = []
    for number, text in enumerate(texts):
        files.append(tmp_path / f"{number}.txt")
        files[-1].write_bytes(text.encode())
    expected = bpe.train(texts, 262, pattern=None)
    common = ("--vocab-size", 262, "--pattern", "none", "-o", tmp_path / "t.bpe.json")
    for arguments in ((tmp_path / "lines", "--lines"), (tmp_path / "jsonl", "--jsonl", "body"), files):
        assert run("train", *arguments, *common).status == 0
        assert bpe.load(tmp_path / "t.bpe.json") == expected
    result = run("train", "-", "--lines", *common, given="\n".join(texts).encode())
    assert result.status == 0
    assert bpe.load(tmp_path / "t.bpe.json") == expected


def test_the_trace_has_a_line_for_each_merge(tmp_path: Path) -> None:
    common = ("train", "-", "--vocab-size", 258, "--pattern", "none", "-o", tmp_path / "t.bpe.json")
    assert run(*common, "--trace", tmp_path / "trace.jsonl", given=b"aaabdaaabac").status == 0
    lines = (tmp_path / "trace.jsonl").read_bytes()
    assert [json.loads(line) for line in lines.splitlines()] == [
        {"rank": 0, "pair": [97, 97], "id": 256, "bytes": "6161", "count": 4},
        {"rank": 1, "pair": [97, 98], "id": 257, "bytes": "6162", "count": 2},
    ]
    assert run(*common, "--trace", "-", given=b"aaabdaaabac").output == lines


def test_what_a_format_leaves_out_is_told_and_loads_the_same(tmp_path: Path) -> None:
    output = tmp_path / "t.tiktoken"
    arguments = ("--vocab-size", 260, "--special-token", "<|a b|>", "--special-token", "<|c|>")
    result = run("train", "-", "-o", output, *arguments, given=b"the the")
    options = "--pattern cl100k_base --special-token '<|a b|>=258' --special-token '<|c|>=259'"
    assert result.errors == f"bpe: note: {output} does not hold all of the tokenizer: load it with {options}\n"
    given = ("--pattern", "cl100k_base", "--special-token", "<|a b|>=258", "--special-token", "<|c|>=259")
    result = run("encode", "-t", output, *given, "--allowed-special", "all", given=b"the<|c|>")
    assert result.output == b"257 259\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--vocab-size", 10, "-o", "t.bpe.json"), "vocab_size is 10"),
        (("--vocab-size", 300, "-o", "t.bpe.json", "--pattern", "gpt3"), "no pattern is named 'gpt3'"),
        (("--vocab-size", 300, "-o", "t.bpe.json", "--pattern", "("), "("),
        (("--vocab-size", 300, "-o", "t.bpe.json", "--min-frequency", 0), "min_frequency is 0"),
        (("--vocab-size", 300, "-o", "t.bpe.json", "--special-token", ""), "special token ''"),
        (("--vocab-size", 300, "-o", "t.txt"), "t.txt: the name does not say the format"),
        (("--vocab-size", 300, "-o", "no/such/t.bpe.json"), "no/such/t.bpe.json: No such file or directory"),
        (("--vocab-size", 300, "-o", ".", "--format", "bpe"), "bpe: .: Is a directory"),
        (("--vocab-size", 300, "-o", "t.model", "--byte-order", "gpt2"), "lost would be"),
    ],
)
def test_what_cannot_end_well_is_refused_before_anything_is_read(
    arguments: tuple[object, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("train", "no/such/text", *arguments)
    assert result.status == 1
    assert result.errors.startswith("bpe: ")
    assert message in result.errors
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        (b"ab\n\xff", ("--lines",), "in.txt: byte 0xff at offset 3 is not UTF-8"),
        (b"ab", ("--jsonl", "t"), "in.txt, line 1: not JSON"),
        (b'{"t": ""}\n{"t": "a\\ud800"}', ("--jsonl", "t"), "in.txt, line 2: "),
        (b"a\n1", ("--lines", "--pattern", "[a-z]+"), "in.txt, line 2: "),
    ],
)
def test_a_fault_in_a_text_is_placed_and_nothing_is_written(
    content: bytes, arguments: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.txt").write_bytes(content)
    result = run("train", "in.txt", "--vocab-size", 300, "-o", "t.bpe.json", "--trace", "trace", *arguments)
    assert result.status == 1
    assert result.errors.startswith(f"bpe: {message}")
    assert [path.name for path in tmp_path.iterdir()] == ["in.txt"]


@pytest.mark.skipif(sys.platform != "linux", reason="only here is a limit of memory kept to")
def test_a_large_file_is_read_in_little_memory(tmp_path: Path) -> None:
    from resource import RLIMIT_AS, setrlimit

    line = b"the cat and the hat sat on the mat\n"
    (tmp_path / "big").write_bytes(line * ((8 << 20) // len(line)))
    # Reading it whole takes 270 MB, in blocks 60.
    limit = 160 << 20
    arguments = ("train", tmp_path / "big", "--vocab-size", 266, "-o", tmp_path / "t.bpe.json")
    result = run_process(*arguments, preexec_fn=lambda: setrlimit(RLIMIT_AS, (limit, limit)))
    assert (result.status, result.errors) == (0, "")


def test_a_surrogate_is_told_by_its_place_in_the_text(tmp_path: Path) -> None:
    """Texts are counted in parts: neither their number nor a place in one of them is what the reader has."""
    output = tmp_path / "t.bpe.json"
    lines = b'{"t": "a b c"}\n{"t": "a b \\ud800"}\n'
    result = run("train", "--jsonl", "t", "-", "--vocab-size", 300, "-o", output, given=lines)
    assert result.status == 1
    assert result.errors.startswith("bpe: standard input, line 2: surrogate U+D800 at index 4: ")
    assert not output.exists()
