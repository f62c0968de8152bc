"""Finding the file of a named encoding on this machine; never on the network.

The search goes through, in this order: the folder that BPE_ENCODINGS_DIR names, our cache, tiktoken's cache, and installed packages that carry the file.
What counts is the sha256 of the content, and the bytes that were hashed are the bytes that are parsed.

A wrong file in the first two folders is refused at once, because someone put it there for us.
The other two belong to other programs, and tiktoken's may be a folder where any user of the machine can write: there a wrong file is passed over, and refused only if no right one turns up.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bpe.encoding_table import PinnedFile
from bpe.errors import ChecksumError, EncodingUnavailableError

#: The environment variable that names a folder of vocabulary files.
FOLDER_VARIABLE = "BPE_ENCODINGS_DIR"

#: Packages known to carry vocabulary files, and the folder inside them.
_PACKAGES = (("bpe_openai", "data"),)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file whose content has the pinned sha256, and that content, uncompressed."""

    path: Path
    content: bytes


@dataclass(frozen=True, slots=True)
class _Candidate:
    path: Path
    ours: bool


def cache_folder() -> Path:
    """Return the folder where `bpe fetch` puts files; it need not exist.

    >>> cache_folder().name
    'bpe-spec'
    """
    import platformdirs  # noqa: PLC0415 - takes longer than reading a file, and is not asked where the folder is given

    return platformdirs.user_cache_path("bpe-spec", appauthor=False)


def find_pinned_file(pinned: PinnedFile, *, encoding: str) -> FoundFile:
    """Return the first file on this machine whose content is the pinned one.

    Clauses: F5, R4.
    Raises `ChecksumError` for a wrong file and `EncodingUnavailableError` where there is none; both say what to do about it.
    """
    searched: list[str] = []
    refused: ChecksumError | None = None
    for candidate in _candidates(pinned):
        try:
            content = read_content(candidate.path, limit=pinned.size)
        except OSError as fault:
            searched.append(f"{candidate.path} ({fault.strerror or fault})")
            continue
        if content is None:
            searched.append(str(candidate.path))
            continue
        if hashlib.sha256(content).hexdigest() == pinned.sha256:
            return FoundFile(candidate.path, content)
        refused = refused or _checksum_error(candidate.path, content, pinned, encoding)
        if candidate.ours:
            break
    raise refused or _unavailable_error(pinned, encoding, searched)


def read_content(path: Path, *, limit: int) -> bytes | None:
    """Return at most `limit` + 1 bytes of a file, unpacked where its name ends in .gz, or `None` if there is no such file.

    Clauses: R3.
    One byte more than the limit is enough to see that a file is not the pinned one, however large it is.
    Raises `OSError` where the file is there and cannot be read.

    >>> read_content(Path("no/such/file"), limit=10) is None
    True
    """
    try:
        # A pipe or a device is not a file, and reading it might never end.
        if not stat.S_ISREG(path.stat().st_mode):
            return None
    except (FileNotFoundError, NotADirectoryError):
        return None
    if path.suffix == ".gz":
        import gzip  # noqa: PLC0415 - few files are packed
        import zlib  # noqa: PLC0415

        try:
            with gzip.open(path) as stream:
                return stream.read(limit + 1)
        except (gzip.BadGzipFile, EOFError, zlib.error):
            pass  # A damaged archive stands for itself: its own bytes are not the pinned ones either.
    with path.open("rb") as stream:
        return stream.read(limit + 1)


def _candidates(pinned: PinnedFile) -> Iterator[_Candidate]:
    # Our own names first: a folder may hold another model's tokenizer.model.
    names = [name + suffix for name in (*pinned.other_names, pinned.name) for suffix in ("", ".gz")]
    for folder in _own_folders():
        yield from (_Candidate(folder / name, ours=True) for name in names)
    tiktoken = _tiktoken_folder()
    if pinned.url is not None and tiktoken is not None:
        # tiktoken names a cached file by the sha1 of its address: a name, not a safeguard.
        name = hashlib.sha1(pinned.url.encode(), usedforsecurity=False).hexdigest()
        yield _Candidate(tiktoken / name, ours=False)
    for folder in _package_folders():
        yield from (_Candidate(folder / name, ours=False) for name in names)


def _own_folders() -> Iterator[Path]:
    given = os.environ.get(FOLDER_VARIABLE)
    if given:
        yield Path(given)
    yield cache_folder()


def _tiktoken_folder() -> Path | None:
    """Return the folder where tiktoken caches files, or `None` where an empty variable switches that off."""
    for variable in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"):
        if variable in os.environ:
            return Path(os.environ[variable]) if os.environ[variable] else None
    return _temporary_folder() / "data-gym-cache"


def _temporary_folder() -> Path:
    # Not tempfile.gettempdir(): it tries each folder by writing a file into it (R4).
    given = (os.environ.get(variable) for variable in ("TMPDIR", "TEMP", "TMP"))
    return Path(next((folder for folder in given if folder), "/tmp"))  # noqa: S108  # read only, by sha256


def _package_folders() -> Iterator[Path]:
    for package, subfolder in _PACKAGES:
        try:
            spec = importlib.util.find_spec(package)  # finds the package without running it
        except (ImportError, ValueError):
            continue
        locations = spec.submodule_search_locations if spec else None
        yield from (Path(location) / subfolder for location in locations or ())


def _checksum_error(path: Path, content: bytes, pinned: PinnedFile, encoding: str) -> ChecksumError:
    found = hashlib.sha256(content).hexdigest()
    too_long = f" (of its first {len(content)} bytes; it is longer)" if len(content) > pinned.size else ""
    return ChecksumError(
        f"{path} is not the {pinned.name} of {encoding}: expected sha256 {pinned.sha256}, found {found}{too_long}: "
        f"remove the file and run `bpe fetch {encoding}`",
        path=path,
        expected=pinned.sha256,
        found=found,
    )


def _unavailable_error(pinned: PinnedFile, encoding: str, searched: list[str]) -> EncodingUnavailableError:
    return EncodingUnavailableError(
        f"{encoding} needs the file {pinned.name}, which is not on this machine: run `bpe fetch {encoding}`, "
        f"or put the file into a folder and set {FOLDER_VARIABLE} to it; looked for\n  " + "\n  ".join(searched),
        name=encoding,
        searched=tuple(searched),
    )
