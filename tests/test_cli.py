"""The command itself: versions, help, usage, what is missing, what goes where."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

import bpe
from bpe.cli.faults import EXIT_STATUS
from bpe.engine import COMPILED
from bpe.unicode_classes import UNICODE_VERSION
from tests.command_line import COMMAND, run, run_process, start_process

SUBCOMMANDS = ("train", "encode", "decode", "convert", "fetch", "encodings")


@pytest.fixture
def tokenizer(tmp_path: Path) -> Path:
    path = tmp_path / "t.bpe.json"
    bpe.train(["the cat and the hat"], 270, special_tokens=["<|end|>"]).save(path)
    return path


def test_the_version_says_all_that_decides_results() -> None:
    result = run("--version")
    assert result.status == 0
    lines = result.output.decode().splitlines()
    assert lines[:2] == [f"bpe {bpe.__version__}", f"specification {bpe.SPECIFICATION_VERSION}"]
    assert lines[2].startswith(f"engine {'compiled' if COMPILED else 'portable'} (")
    assert lines[3] == f"Unicode {UNICODE_VERSION}"


@pytest.mark.parametrize("subcommand", [(), *((name,) for name in SUBCOMMANDS)])
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_help_page_says_the_exit_statuses(subcommand: tuple[str, ...], option: str) -> None:
    result = run(*subcommand, option)
    assert result.status == 0
    assert EXIT_STATUS in " ".join(result.output.decode().split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Missing command"),
        (("frobnicate",), "No such command 'frobnicate'"),
        (("encode",), "Missing option '-t' / '--tokenizer'"),
        (("encode", "--frob", "-t", "x"), "No such option"),
        (("train", "x"), "Missing option '--vocab-size'"),
        (("encode", "-t", "x.bpe.json", "--lines", "--jsonl", "f"), "exclude each other"),
        (("encode", "-t", "x.bpe.json", "--bytes", "--jsonl", "f"), "--bytes"),
        (("encode", "-t", "x.bpe.json", "--bytes", "--allowed-special", "all"), "--bytes"),
        (("encode", "-t", "x.bpe.json", "--count", "--format", "text"), "--count"),
        (("encode", "-t", "x.bpe.json", "--lines", "--format", "npy"), "one text"),
        (("encode", "-t", "x.bpe.json", "--format", "npy", "a", "b"), "one text"),
        (("encode", "-t", "x.bpe.json", "--allowed-special", "all", "--allowed-special", "<a>"), "alone"),
        (("encode", "-t", "x.bpe.json", "--special-token", "<a>"), "'<a>' is not TEXT=ID"),
        (("encode", "-t", "x.bpe.json", "--special-token", "<a>=x"), "'<a>=x' is not TEXT=ID"),
        (("encode", "-t", "gpt2", "--pattern", "gpt2"), "named encoding"),
    ],
)
def test_wrong_usage_has_status_2_and_points_to_the_help(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.status == 2
    assert result.errors.startswith("bpe: ")
    assert message in result.errors
    assert "--help' for help." in result.errors
    assert result.output == b""


def test_a_missing_file_is_named_as_other_tools_name_it(tokenizer: Path) -> None:
    for arguments in (("encode", "no/such", "-t", tokenizer), ("decode", "no/such", "-t", tokenizer)):
        result = run_process(*arguments)
        assert (result.status, result.errors) == (1, "bpe: no/such: No such file or directory\n")
    result = run_process("train", "no/such", "--vocab-size", 300, "-o", tokenizer)
    assert (result.status, result.errors) == (1, "bpe: no/such: No such file or directory\n")
    result = run_process("encode", "-t", "no.bpe.json")
    assert (result.status, result.errors) == (1, "bpe: no.bpe.json: No such file or directory\n")


def test_a_name_that_is_neither_encoding_nor_file_is_refused_with_the_nearest() -> None:
    result = run("encode", "-t", "cl100k")
    assert result.status == 1
    assert result.errors.startswith("bpe: no encoding is named 'cl100k' (did you mean 'cl100k_base'?)")


def test_what_came_before_a_missing_file_is_written(tokenizer: Path, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    result = run_process("encode", tmp_path / "a", "no/such", "-t", tokenizer)
    assert (result.status, result.output) == (1, b"97\n")


def test_nobody_reads_the_output_any_more(tokenizer: Path, tmp_path: Path) -> None:
    big = tmp_path / "big.txt"
    big.write_text("the cat and the hat\n" * 100_000)
    process = start_process("encode", big, "--lines", "-t", tokenizer, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline()
    process.stdout.close()
    assert process.wait(60) == 141
    assert process.stderr.read() == b""
    process.stderr.close()


def test_a_small_output_that_nobody_reads_is_no_fault_either(tokenizer: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = start_process("encode", "-t", tokenizer, stdin=subprocess.PIPE, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert process.communicate(b"a")[1] == b""
    assert process.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_device_is_told(tokenizer: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        process = start_process("encode", "-t", tokenizer, stdin=subprocess.PIPE, stdout=full, stderr=subprocess.PIPE)
        _, errors = process.communicate(b"a")
    assert errors == b"bpe: standard output: No space left on device\n"
    assert process.returncode == 1


def test_closed_standard_streams_are_told(tokenizer: Path) -> None:
    line = " ".join(COMMAND)
    for closed, name in ((">&-", "standard output"), ("<&-", "standard input")):
        done = subprocess.run(
            ["sh", "-c", f"{line} encode -t {tokenizer} {closed}"], capture_output=True, check=False, input=None
        )
        assert done.stderr == f"bpe: {name}: Bad file descriptor\n".encode()
        assert done.returncode == 1


def test_an_interrupt_ends_with_130_and_leaves_no_half_file(tokenizer: Path, tmp_path: Path) -> None:
    output = tmp_path / "out" / "ids.txt"
    output.parent.mkdir()
    process = start_process(
        *("encode", "-", "-t", tokenizer, "-o", output),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell starts what runs in the background with the signal ignored, and children inherit that.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdin is not None
    assert process.stderr is not None
    deadline = time.monotonic() + 60
    while not list(output.parent.iterdir()):  # it waits for its input once the temporary file is there
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert process.stderr.read() == b""
    assert list(output.parent.iterdir()) == []
    process.stdin.close()
    process.stderr.close()


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_without_the_extra_one_line_says_what_to_install(missing: str) -> None:
    program = f"import sys; sys.modules[{missing!r}] = None; from bpe.cli import main; sys.exit(main(['--version']))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.stderr == b"bpe: the command line needs click and rich: pip install 'bpe-spec[cli]'\n"
    assert (done.returncode, done.stdout) == (1, b"")


def test_without_numpy_arrays_are_refused_with_what_to_install(tokenizer: Path) -> None:
    program = (
        "import sys; sys.modules['numpy'] = None; from bpe.cli import main; "
        f"sys.exit(main(['encode', '-t', {str(tokenizer)!r}, '--format', 'npy']))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, input=b"a")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr == b"bpe: .npy files need NumPy: pip install 'bpe-spec[numpy]'\n"


def test_locale_changes_neither_texts_nor_messages(tmp_path: Path) -> None:
    tokenizer = tmp_path / "é.bpe.json"
    bpe.train([], 256, special_tokens=["<é>"][:0]).save(tokenizer)
    env = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    result = run_process("encode", "-t", tokenizer, given="é\r\n".encode(), env=env)
    assert (result.status, result.output) == (0, b"195 169 13 10\n")
    result = run_process("decode", "-t", tokenizer, given=b"195 169 13 10", env=env)
    assert result.output == "é\r\n".encode()
    assert run_process("encode", "é", "-t", tokenizer, env=env).status == 1


def test_progress_is_for_terminals_only(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("the cat and the hat\n" * 20_000)
    arguments = ("train", text, "--vocab-size", 270, "-o", tmp_path / "t.bpe.json")
    result = run_process(*arguments)
    assert (result.status, result.output) == (0, b"")
    assert result.errors.startswith("bpe: note: ") or result.errors == ""
    shown, terminal = pty.openpty()
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    process = start_process(*arguments, env=env, stdout=subprocess.PIPE, stderr=terminal)
    output, _ = process.communicate(timeout=60)
    os.close(terminal)
    with os.fdopen(shown, "rb") as screen:
        assert b"Reading" in screen.read1(1 << 16)
    assert (process.returncode, output) == (0, b"")


def test_a_file_replaces_another_as_a_whole_and_keeps_its_mode_and_links(tokenizer: Path, tmp_path: Path) -> None:
    target, link = tmp_path / "ids.txt", tmp_path / "link"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to(target)
    assert run("encode", "-t", tokenizer, "-o", link, given=b"a").status == 0
    assert target.read_bytes() == b"97\n"
    assert target.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    assert run("encode", "-t", tokenizer, "-o", link, given=b"a\xff").status == 1
    assert target.read_bytes() == b"97\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ids.txt", "link", "t.bpe.json"]


def test_a_device_is_written_to_and_stays_a_device(tokenizer: Path) -> None:
    result = run("encode", "-t", tokenizer, "-o", os.devnull, given=b"a")
    assert (result.status, result.output) == (0, b"")
    assert Path(os.devnull).is_char_device()


def test_outputs_that_cannot_be_written_are_named(tokenizer: Path, tmp_path: Path) -> None:
    result = run("encode", "-t", tokenizer, "-o", tmp_path / "no" / "ids.txt")
    assert (result.status, result.errors) == (1, f"bpe: {tmp_path}/no/ids.txt: No such file or directory\n")
    result = run("encode", "-t", tokenizer, "-o", tmp_path)
    assert (result.status, result.errors) == (1, f"bpe: {tmp_path}: Is a directory\n")
    result = run("convert", tokenizer, os.devnull, "--to", "bpe")
    assert (result.status, result.errors) == (1, f"bpe: {os.devnull}: Not a regular file\n")


def test_a_colour_or_control_sequence_is_never_in_a_pipe() -> None:
    env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "40"}
    result = run_process("encodings", env=env)
    assert b"\x1b" not in result.output
    assert len(result.output.splitlines()) == len(bpe.list_encoding_names())


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_buffering_changes_nothing(tokenizer: Path, unbuffered: str) -> None:
    env = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    given = b"the hat\n" * 200_000
    ids = run_process("encode", "-t", tokenizer, given=given, env=env).output
    assert run_process("decode", "-t", tokenizer, given=ids, env=env).output == given
