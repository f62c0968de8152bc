"""Downloading (F5): what arrives is the pinned file under its final name, or nothing at all."""

from __future__ import annotations

import builtins
import hashlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import bpe.encoding_table
from bpe.encoding_table import ENCODINGS, NamedEncoding, PinnedFile
from bpe.errors import BpeError, ChecksumError, EncodingUnavailableError, FetchError, UnknownEncodingError
from bpe.fetch import fetch
from tests.local_http import (
    Answer,
    LocalServer,
    local_server,
    send_drops,
    send_nothing,
    send_status,
    send_truncated,
    send_whole,
    send_without_length,
)

BODY = bytes(range(256)) * 400
OTHER = b"x" * len(BODY)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalServer]:
    """Run a server that publishes an encoding named `sample`, with no proxy in the way."""
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.lower(), raising=False)
    with local_server() as running:
        _publish(monkeypatch, "sample", {"sample.tiktoken": BODY}, running.url)
        running.answers["/sample.tiktoken"] = send_whole(BODY)
        yield running


def _publish(monkeypatch: pytest.MonkeyPatch, name: str, files: dict[str, bytes], url: str) -> None:
    pinned = tuple(
        PinnedFile(file, len(body), hashlib.sha256(body).hexdigest(), f"{url}/{file}") for file, body in files.items()
    )
    table = {**ENCODINGS, name: NamedEncoding(name, pinned, "gpt2", {}, 256)}
    monkeypatch.setattr(bpe.encoding_table, "ENCODINGS", table)


def _assert_refused(server: LocalServer, folder: Path, answer: Answer, error: type[BpeError], says: str) -> None:
    server.answers["/sample.tiktoken"] = answer
    with pytest.raises(error, match=says):
        fetch("sample", folder=folder, timeout=0.3, deadline=0.6)
    assert not folder.exists() or list(folder.iterdir()) == []


@pytest.mark.usefixtures("server")
def test_a_good_file_gets_its_final_name_and_nothing_else_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there yet"
    assert fetch("sample", folder=folder) == (folder / "sample.tiktoken",)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"sample.tiktoken": BODY}


@pytest.mark.usefixtures("server")
def test_without_a_folder_the_cache_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bpe.fetch.cache_folder", lambda: tmp_path / "cache")
    assert fetch("sample") == (tmp_path / "cache" / "sample.tiktoken",)


def test_every_file_of_an_encoding_is_fetched(
    server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _publish(monkeypatch, "pair", {"one": b"1", "two": b"2"}, server.url)
    server.answers |= {"/one": send_whole(b"1"), "/two": send_whole(b"2")}
    assert [path.read_bytes() for path in fetch("pair", folder=tmp_path)] == [b"1", b"2"]


@pytest.mark.usefixtures("server")
def test_progress_reports_rising_counts_up_to_the_size(tmp_path: Path) -> None:
    reports: list[tuple[int, int]] = []
    fetch("sample", folder=tmp_path, progress=lambda done, total: reports.append((done, total)))
    assert reports == sorted(reports)
    assert reports[-1] == (len(BODY), len(BODY))
    assert {total for _, total in reports} == {len(BODY)}


def test_a_right_file_that_is_there_needs_no_network(server: LocalServer, tmp_path: Path) -> None:
    (tmp_path / "sample.tiktoken").write_bytes(BODY)
    assert fetch("sample", folder=tmp_path) == (tmp_path / "sample.tiktoken",)
    assert server.requests == []


@pytest.mark.usefixtures("server")
def test_a_file_that_cannot_be_read_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("bpe.fetch.read_content", refuse)
    assert fetch("sample", folder=tmp_path)[0].read_bytes() == BODY


@pytest.mark.usefixtures("server")
def test_a_wrong_file_that_is_there_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "sample.tiktoken").write_bytes(OTHER)
    fetch("sample", folder=tmp_path)
    assert (tmp_path / "sample.tiktoken").read_bytes() == BODY


def test_a_wrong_file_that_is_there_stays_when_the_download_fails(server: LocalServer, tmp_path: Path) -> None:
    (tmp_path / "sample.tiktoken").write_bytes(OTHER)
    server.answers.clear()
    with pytest.raises(FetchError):
        fetch("sample", folder=tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"sample.tiktoken": OTHER}


def test_a_redirection_is_followed(server: LocalServer, tmp_path: Path) -> None:
    server.answers["/sample.tiktoken"] = send_status(302, location="/elsewhere")
    server.answers["/elsewhere"] = send_whole(BODY)
    assert fetch("sample", folder=tmp_path)[0].read_bytes() == BODY


def test_a_body_without_a_length_is_read_to_its_end(server: LocalServer, tmp_path: Path) -> None:
    server.answers["/sample.tiktoken"] = send_without_length(BODY)
    assert fetch("sample", folder=tmp_path)[0].read_bytes() == BODY


def test_a_mirror_is_asked_for_the_files_by_name(server: LocalServer, tmp_path: Path) -> None:
    server.answers["/mirror/sample.tiktoken"] = send_whole(BODY)
    fetch("sample", folder=tmp_path, base_url=server.url + "/mirror/")
    assert server.requests == ["/mirror/sample.tiktoken"]


def test_a_proxy_of_the_environment_gets_the_request(
    server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url)
    monkeypatch.setenv("http_proxy", server.url)
    address = "http://encodings.invalid/sample.tiktoken"
    server.answers[address] = send_whole(BODY)
    fetch("sample", folder=tmp_path, base_url="http://encodings.invalid")
    assert server.requests == [address]


REFUSALS: list[tuple[str, Callable[[LocalServer], Answer], type[BpeError], str]] = [
    ("truncated", lambda _: send_truncated(BODY), FetchError, "cannot download"),
    ("ended early", lambda _: send_without_length(BODY[:-1]), ChecksumError, f"{len(BODY) - 1} of {len(BODY)} bytes"),
    ("wrong content", lambda _: send_whole(OTHER), ChecksumError, hashlib.sha256(OTHER).hexdigest()),
    ("empty", lambda _: send_whole(b""), ChecksumError, "0 of"),
    ("too long", lambda _: send_whole(BODY + b"!"), FetchError, "sends more than"),
    ("too long, no length", lambda _: send_without_length(BODY + OTHER), FetchError, "sends more than"),
    ("missing", lambda _: send_status(404), FetchError, "404"),
    ("server error", lambda _: send_status(503), FetchError, "503"),
    ("endless redirection", lambda _: send_status(302, location="/sample.tiktoken"), FetchError, "redirects"),
    ("redirection to a file", lambda _: send_status(302, location="file:///etc/hosts"), FetchError, "cannot download"),
    ("silent", send_nothing, FetchError, "timed out"),
    ("dripping", lambda server: send_drops(server, BODY, pause=0.02), FetchError, "of 102400 bytes in 0.6 seconds"),
]


@pytest.mark.parametrize(
    ("answer", "error", "says"), [row[1:] for row in REFUSALS], ids=[row[0].replace(" ", "-") for row in REFUSALS]
)
def test_a_bad_answer_is_refused_and_nothing_is_left(
    server: LocalServer, tmp_path: Path, answer: Callable[[LocalServer], Answer], error: type[BpeError], says: str
) -> None:
    _assert_refused(server, tmp_path / "cache", answer(server), error, says)


def test_a_dripping_server_cannot_stretch_the_deadline(server: LocalServer, tmp_path: Path) -> None:
    server.answers["/sample.tiktoken"] = send_drops(server, BODY, pause=0.05)
    started = time.monotonic()
    with pytest.raises(FetchError):
        fetch("sample", folder=tmp_path, timeout=5, deadline=0.5)
    assert time.monotonic() - started < 4


@pytest.mark.usefixtures("server")
def test_a_refused_connection_is_a_fetch_error_that_names_the_address(tmp_path: Path) -> None:
    with local_server() as gone:
        pass
    with pytest.raises(FetchError, match="cannot download") as caught:
        fetch("sample", folder=tmp_path, base_url=gone.url)
    assert caught.value.url == gone.url + "/sample.tiktoken"
    assert isinstance(caught.value, ConnectionError)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("server")
def test_an_address_that_is_none_is_a_fetch_error(tmp_path: Path) -> None:
    with pytest.raises(FetchError):
        fetch("sample", folder=tmp_path, base_url="ftp://127.0.0.1")


@pytest.mark.usefixtures("server")
def test_a_folder_that_cannot_be_written_is_a_fetch_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(FetchError, match="name another folder"):
        fetch("sample", folder=tmp_path / "file")


@pytest.mark.usefixtures("server")
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(FetchError, match="No space left"):
        fetch("sample", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("server")
def test_an_interrupt_leaves_nothing_behind(tmp_path: Path) -> None:
    def interrupt(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch("sample", folder=tmp_path, progress=interrupt)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("server")
def test_many_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    threads = [threading.Thread(target=fetch, args=("sample",), kwargs={"folder": tmp_path}) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"sample.tiktoken": BODY}


def test_llama3_says_how_to_get_it_and_where_to_put_it(tmp_path: Path) -> None:
    with pytest.raises(EncodingUnavailableError) as caught:
        fetch("llama3", folder=tmp_path)
    message = str(caught.value)
    for part in ("Llama 3 Community License", "https://", str(tmp_path / "tokenizer.model"), "BPE_ENCODINGS_DIR"):
        assert part in message


def test_an_unknown_name_is_refused_before_anything_is_asked(server: LocalServer, tmp_path: Path) -> None:
    with pytest.raises(UnknownEncodingError, match="cl100k_base"):
        fetch("cl100k", folder=tmp_path)
    assert server.requests == []


@pytest.mark.usefixtures("server")
def test_without_requests_the_remedy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def without_requests(name: str, *arguments: Any, **options: Any) -> Any:
        if name.partition(".")[0] == "requests":
            raise ImportError(name)
        return real_import(name, *arguments, **options)

    monkeypatch.delitem(sys.modules, "requests", raising=False)
    monkeypatch.setattr(builtins, "__import__", without_requests)
    with pytest.raises(BpeError, match=r"pip install 'bpe-spec\[cli\]'"):
        fetch("sample", folder=tmp_path)
