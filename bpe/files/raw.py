"""Bytes from and to the disk: bounded reads, strict UTF-8, atomic writes."""

from __future__ import annotations

import errno
import gzip
import io
import os
import secrets
import stat
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from bpe.files.faults import malformed

#: No vocabulary is larger than this, unpacked; reading stops here instead of filling the memory.
MAX_FILE_BYTES: Final = 1 << 27

_GZIP_MAGIC = b"\x1f\x8b"
_UTF8_BOM = b"\xef\xbb\xbf"


def read_bytes(path: Path) -> bytes:
    """Return a file's content, unpacked where it is gzip.

    Clauses: F2, R3.
    Raises `FileFormatError` for more than `MAX_FILE_BYTES`, packed or not, and for damaged gzip; `OSError` as `open` does.
    """
    with path.open("rb") as stream:
        data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise malformed(path, f"more than {MAX_FILE_BYTES} bytes: no vocabulary is that large", byte=MAX_FILE_BYTES)
    return unpack_gzip(data, path) if data.startswith(_GZIP_MAGIC) else data


def unpack_gzip(data: bytes, path: str | Path) -> bytes:
    """Return what gzip data holds.

    Clauses: F2, R3.
    Raises `FileFormatError` where it is damaged, cut off, or unpacks to more than `MAX_FILE_BYTES`.

    >>> unpack_gzip(gzip.compress(b"IQ== 0"), "x.gz")
    b'IQ== 0'
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            unpacked = stream.read(MAX_FILE_BYTES + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as fault:
        raise malformed(path, f"damaged gzip data ({fault})") from None
    if len(unpacked) > MAX_FILE_BYTES:
        raise malformed(path, f"unpacks to more than {MAX_FILE_BYTES} bytes: no vocabulary is that large")
    return unpacked


def decode_utf8(data: bytes, path: str | Path) -> str:
    r"""Return the text of a file in UTF-8 without byte-order mark.

    Clauses: F2.
    Raises `FileFormatError` that names the line and the byte.

    >>> decode_utf8("Ġt".encode(), "vocab.bpe")
    'Ġt'
    """
    if data.startswith(_UTF8_BOM):
        raise malformed(path, "begins with a byte-order mark: save it as UTF-8 without one", line=1, byte=0)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        raise malformed(path, f"not UTF-8 ({fault.reason})", line=line, byte=fault.start) from None


def split_lines(text: str) -> list[str]:
    r"""Return the lines of a text that ends with a newline or without; CRLF counts as one newline.

    Unlike `str.splitlines` this leaves U+0085, U+2028 and the like alone: they are characters of a line.

    >>> split_lines("a\r\nb\n"), split_lines("")
    (['a', 'b'], [])
    """
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    if not lines[-1]:
        lines.pop()
    return lines


def replace_files(contents: Mapping[Path, bytes]) -> None:
    """Write files so that each is there as a whole or not at all.

    Clauses: F2, F4.
    All are written beside their final names first, then renamed one after the other.
    Raises `OSError` where a name is that of a folder or a device: a rename would put a file in its place.
    """
    written: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            # A link keeps pointing to its target, which gets the new content.
            target = Path(os.path.realpath(path))
            _refuse_what_is_no_file(target, path)
            written[target] = _write_beside(target, content)
        for target, temporary in written.items():
            temporary.replace(target)
    finally:
        for temporary in written.values():
            with suppress(FileNotFoundError):
                temporary.unlink()


def _refuse_what_is_no_file(target: Path, path: Path) -> None:
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, "not a regular file", str(path))


def _write_beside(target: Path, content: bytes) -> Path:
    # Without the target's name, which may be as long as names can be.
    temporary = target.with_name(f".bpe-{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as stream:
            if target.exists():
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        with suppress(FileNotFoundError):
            temporary.unlink()
        raise
    return temporary
