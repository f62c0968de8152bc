"""`bpe convert`, `bpe fetch` and `bpe encodings`: behaviour kept, losses told, the network used only when asked."""

from __future__ import annotations

import hashlib
import os
import pty
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import bpe
import bpe.cli.fetch
import bpe.encoding_table
from bpe.encoding_files import FOLDER_VARIABLE
from bpe.encoding_table import ENCODINGS, NamedEncoding, PinnedFile
from bpe.encodings import available_encodings, get_encoding
from tests.command_line import run, start_process
from tests.encodings_folder import encodings_folder  # noqa: F401 - a fixture
from tests.local_http import LocalServer, local_server, send_status, send_whole

TEXT = "the cat<|end|> and the hat's 12 é😀\r\n"


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    tokenizer = bpe.train([TEXT * 3], 280, special_tokens=["<|end|>"], byte_order="gpt2")
    tokenizer.save(tmp_path / "t.bpe.json")
    return tmp_path / "t.bpe.json"


def test_conversions_keep_the_ids_and_come_back(trained: Path, tmp_path: Path) -> None:
    given = ("--pattern", "cl100k_base", "--special-token", f"<|end|>={bpe.load(trained).n_vocab - 1}")
    ids = run("encode", "-t", trained, "--allowed-special", "all", given=TEXT.encode()).output
    for name, needed in (("x.tiktoken", given), ("pair", given[:2]), ("merges.txt", given[:2])):
        converted = run("convert", trained, tmp_path / name, *(("--to", "gpt2") if name == "pair" else ()))
        assert converted.status == 0
        assert converted.output == b""
        assert f"bpe: note: {tmp_path}/{name} does not hold all of the tokenizer: load it with --pattern" in (
            converted.errors
        )
        encoded = run("encode", "-t", tmp_path / name, *needed, "--allowed-special", "all", given=TEXT.encode())
        assert encoded.output == ids
        back = run("convert", tmp_path / name, tmp_path / "back.bpe.json", *needed)
        assert (back.status, back.errors) == (0, "")
        assert set(bpe.load(tmp_path / "back.bpe.json").vocabulary.token_bytes.items()) == set(
            bpe.load(trained).vocabulary.token_bytes.items()
        )


def test_what_would_be_lost_is_said_and_nothing_is_written(trained: Path, tmp_path: Path) -> None:
    result = run("convert", trained, tmp_path / "x.model")
    assert result.status == 1
    assert result.errors.startswith(f"bpe: {tmp_path}/x.model: ")
    assert "lost would be" in result.errors
    assert not (tmp_path / "x.model").exists()


def test_a_named_encoding_can_be_converted(tmp_path: Path) -> None:
    target = tmp_path / "mine.bpe.json"
    result = run("convert", "cl100k_base", target)
    assert (result.status, result.errors) == (0, "")
    assert bpe.load(target) == bpe.get_encoding("cl100k_base")


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("x.tiktoken", "y.bpe.json"), 1, "x.tiktoken: No such file or directory"),
        (("t.bpe.json", "y.txt"), 1, "y.txt: the name does not say the format"),
        (("t.bpe.json", "no/such/y.bpe.json"), 1, "no/such/y.bpe.json: No such file or directory"),
        (("t.bpe.json", "y.model", "--from", "minbpe"), 1, "t.bpe.json"),
        (("t.bpe.json", "y.model", "--to", "docx"), 2, "docx"),
        (("t.bpe.json", "y.model", "--from", "minbpe-vocab"), 2, "minbpe-vocab"),
        (("cl100k_base", "y.model", "--from", "bpe"), 2, "named encoding"),
    ],
)
@pytest.mark.usefixtures("trained")
def test_conversions_that_cannot_be_done_are_refused(
    arguments: tuple[str, ...], status: int, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("convert", *arguments)
    assert result.status == status
    assert result.errors.startswith("bpe: ")
    assert message in result.errors
    assert [path.name for path in tmp_path.iterdir()] == ["t.bpe.json"]


def test_a_warning_is_a_message(trained: Path) -> None:
    rank_file = trained.with_name("x.tiktoken")
    bpe.load(trained).save(rank_file)
    rank_file.write_bytes(rank_file.read_bytes() + b"= 1000\n")
    result = run("encode", "-t", rank_file, "--pattern", "none", given=b"a")
    assert result.status == 0
    assert result.errors.startswith("bpe: warning: ")
    assert len(result.errors.splitlines()) == 1


# --- named encodings -----------------------------------------------------------------------------


@pytest.mark.usefixtures("encodings_folder")
def test_encodings_are_listed_with_where_they_are() -> None:
    rows = [line.split("\t") for line in run("encodings").output.decode().splitlines()]
    assert [row[0] for row in rows] == bpe.list_encoding_names()
    available = available_encodings()
    for name, n_vocab, pattern, where in rows:
        assert pattern == get_pattern_name(name)
        if name in available:
            assert Path(where.split(" ")[0]).is_file()
            assert int(n_vocab) == get_encoding(name).n_vocab


def get_pattern_name(name: str) -> str | None:
    from bpe.patterns import resolve_pattern

    pattern = resolve_pattern(ENCODINGS[name].pattern)
    assert pattern is not None
    return pattern.name


def test_an_encoding_that_is_not_here_is_listed_with_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "")
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    (tmp_path / "r50k_base.tiktoken").write_bytes(b"wrong")
    rows = dict(line.split("\t")[::3] for line in run("encodings").output.decode().splitlines())
    assert rows["p50k_base"] == "not here: bpe fetch p50k_base"
    assert rows["llama3"].startswith("not here: Meta gives it out")
    assert rows["r50k_base"].startswith(f"refused: {tmp_path}/r50k_base.tiktoken is not the r50k_base.tiktoken")


def test_on_a_terminal_encodings_are_a_table() -> None:
    shown, terminal = pty.openpty()
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "200", "NO_COLOR": "1"}
    process = start_process("encodings", env=env, stdout=terminal, stderr=subprocess.PIPE)
    _, errors = process.communicate(timeout=60)
    os.close(terminal)
    with os.fdopen(shown, "rb") as screen:
        shown_text = screen.read1(1 << 16).decode()
    lines = re.sub(r"\x1b\[[01]m", "", shown_text).splitlines()
    assert (process.returncode, errors) == (0, b"")
    assert lines[0].split() == ["name", "n_vocab", "pattern", "where"]
    assert any(line.startswith("cl100k_base") for line in lines)
    assert not any("\t" in line or "\x1b" in line for line in lines)


BODY = b"ranks" * 1000


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalServer]:
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.lower(), raising=False)
    with local_server() as running:
        pinned = PinnedFile("s.tiktoken", len(BODY), hashlib.sha256(BODY).hexdigest(), f"{running.url}/s.tiktoken")
        table = {**ENCODINGS, "sample": NamedEncoding("sample", (pinned,), "gpt2", {}, 256)}
        monkeypatch.setattr(bpe.encoding_table, "ENCODINGS", table)
        running.answers["/s.tiktoken"] = running.answers["/mirror/s.tiktoken"] = send_whole(BODY)
        yield running


@pytest.mark.usefixtures("server")
def test_fetching_says_where_the_files_are(tmp_path: Path) -> None:
    result = run("fetch", "sample", "--folder", tmp_path)
    assert (result.status, result.errors) == (0, "")
    assert result.output.decode() == f"{tmp_path}/s.tiktoken\n"
    assert (tmp_path / "s.tiktoken").read_bytes() == BODY


def test_a_mirror_is_asked_instead(server: LocalServer, tmp_path: Path) -> None:
    server.answers["/s.tiktoken"] = send_status(404)
    assert run("fetch", "sample", "--folder", tmp_path).status == 1
    assert run("fetch", "sample", "--folder", tmp_path, "--mirror", f"{server.url}/mirror").status == 0


def test_an_unknown_name_is_refused_before_anything_is_fetched(server: LocalServer, tmp_path: Path) -> None:
    result = run("fetch", "sample", "smaple", "--folder", tmp_path)
    assert result.status == 1
    assert result.errors.startswith("bpe: no encoding is named 'smaple' (did you mean 'sample'?)")
    assert server.requests == []
    assert list(tmp_path.iterdir()) == []


def test_a_download_that_fails_is_told_in_a_line(server: LocalServer, tmp_path: Path) -> None:
    server.answers["/s.tiktoken"] = send_whole(b"x" * len(BODY))
    result = run("fetch", "sample", "--folder", tmp_path)
    assert result.status == 1
    assert result.errors.startswith(f"bpe: {server.url}/s.tiktoken is not the pinned s.tiktoken")
    assert list(tmp_path.iterdir()) == []
