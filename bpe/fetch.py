"""Downloading the files of a named encoding: the one part of the package that uses the network, and only when called.

A file is written when it has arrived whole and its sha256 is the pinned one, first under a temporary name beside its place: a folder never holds a half or a wrong file.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bpe.encoding_files import FOLDER_VARIABLE, cache_folder, read_content
from bpe.encoding_table import NamedEncoding, PinnedFile, look_up_encoding
from bpe.errors import ChecksumError, EncodingUnavailableError, FetchError, MissingExtraError

if TYPE_CHECKING:
    import requests

#: Called as a file arrives, with the bytes that are there and the bytes that there will be.
Progress = Callable[[int, int], None]

_RETRIES: Final = 1
_MAX_REDIRECTS: Final = 5
_BLOCK: Final = 1 << 16
_MIRROR: Final = "name a mirror (base_url; on the command line --mirror)"


@dataclass(frozen=True, slots=True)
class _Download:
    pinned: PinnedFile
    url: str
    timeout: float
    deadline: float
    progress: Progress | None


def fetch(
    name: str,
    *,
    folder: str | Path | None = None,
    progress: Progress | None = None,
    base_url: str | None = None,
    timeout: float = 30.0,
    deadline: float = 600.0,
) -> tuple[Path, ...]:
    """Download the files of a named encoding into a folder, our cache if none is given, and return their paths.

    Clauses: F5, R4.
    A file that is there and is the right one is not downloaded again; a wrong one is replaced.
    `base_url` is a mirror that has the files under their own names.
    `timeout` is the longest wait for the next bytes, and `deadline` the longest time for one file, both in seconds.
    Proxies are those of the environment (HTTP_PROXY, HTTPS_PROXY, NO_PROXY).
    Raises `FetchError`, `ChecksumError`, `UnknownEncodingError`, and `EncodingUnavailableError` for files that have no public address; nothing is left behind.

    >>> fetch("cl100k")
    Traceback (most recent call last):
    bpe.errors.UnknownEncodingError: no encoding is named 'cl100k' (did you mean 'cl100k_base'?)...
    """
    encoding = look_up_encoding(name)
    target = cache_folder() if folder is None else Path(folder)
    for pinned in encoding.files:
        if not _is_right(target / pinned.name, pinned):
            url = _find_address(encoding, pinned, target, base_url)
            content = _download(_Download(pinned, url, timeout, deadline, progress))
            _write_whole(target / pinned.name, content, url)
    return tuple(target / pinned.name for pinned in encoding.files)


def _is_right(path: Path, pinned: PinnedFile) -> bool:
    try:
        content = read_content(path, limit=pinned.size)
    except OSError:
        return False
    return content is not None and hashlib.sha256(content).hexdigest() == pinned.sha256


def _find_address(encoding: NamedEncoding, pinned: PinnedFile, target: Path, base_url: str | None) -> str:
    if base_url is not None:
        return f"{base_url.rstrip('/')}/{pinned.name}"
    if pinned.url is not None:
        return pinned.url
    raise EncodingUnavailableError(
        f"{encoding.name} cannot be fetched: {pinned.terms}; "
        f"the file is {pinned.name} ({pinned.size} bytes, sha256 {pinned.sha256}): "
        f"put it at {target / pinned.name}, or into a folder and set {FOLDER_VARIABLE} to that",
        name=encoding.name,
        searched=(str(target / pinned.name),),
    )


def _download(download: _Download) -> bytes:
    """Return the content behind an address, which is the pinned one."""
    session = _new_session()
    from urllib3.exceptions import HTTPError  # noqa: PLC0415  # comes with requests, which is optional

    try:
        with session:
            content = _receive(session, download)
    except FetchError:
        raise
    except (HTTPError, OSError) as fault:  # requests' errors are OSErrors
        raise FetchError(
            f"cannot download {download.url}: {fault}: check the connection and the proxy settings, or {_MIRROR}",
            url=download.url,
        ) from fault
    _check_content(content, download)
    return content


def _new_session() -> requests.Session:
    try:
        import requests  # noqa: PLC0415  # optional: only downloads need it
        from requests.adapters import HTTPAdapter  # noqa: PLC0415
    except ImportError as fault:
        raise MissingExtraError(
            "downloading needs the package requests: pip install 'bpe-spec[cli]'", extra="cli"
        ) from fault
    session = requests.Session()
    session.max_redirects = _MAX_REDIRECTS
    # The adapter tries again only where no connection was made, never once the server has seen the request.
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=_RETRIES))
    return session


def _receive(session: requests.Session, download: _Download) -> bytes:
    give_up_at = time.monotonic() + download.deadline
    headers = {"Accept-Encoding": "identity"}
    with session.get(download.url, stream=True, timeout=download.timeout, headers=headers) as response:
        response.raise_for_status()
        content = bytearray()
        # read1 returns what has arrived; read would wait for a whole block, and a slow server could stretch that past the deadline.
        while block := response.raw.read1(_BLOCK):
            content += block
            _check_limits(len(content), give_up_at, download)
            if download.progress is not None:
                download.progress(len(content), download.pinned.size)
    return bytes(content)


def _check_limits(received: int, give_up_at: float, download: _Download) -> None:
    size = download.pinned.size
    if received > size:
        raise FetchError(
            f"{download.url} sends more than the {size} bytes of {download.pinned.name}: it is not that file; {_MIRROR}",
            url=download.url,
        )
    if time.monotonic() > give_up_at:
        raise FetchError(
            f"{download.url} sent {received} of {size} bytes in {download.deadline:g} seconds: "
            "try again, or allow more time (deadline)",
            url=download.url,
        )


def _check_content(content: bytes, download: _Download) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != download.pinned.sha256:
        raise ChecksumError(
            f"{download.url} is not the pinned {download.pinned.name}: expected sha256 {download.pinned.sha256}, "
            f"found {found} ({len(content)} of {download.pinned.size} bytes): nothing was kept; try again, or {_MIRROR}",
            path=download.url,
            expected=download.pinned.sha256,
            found=found,
        )


def _write_whole(path: Path, content: bytes, url: str) -> None:
    """Write a file so that its name never stands for a part of it."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as stream:
            stream.write(content)
        part.replace(path)
    except OSError as fault:
        raise FetchError(f"cannot write {path}: {fault.strerror or fault}: name another folder", url=url) from fault
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
