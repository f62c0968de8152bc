"""Where the large optional test data is: real vocabularies, golden vectors, texts.

A user's machine does not have it: tests that need it are skipped, and say what was missing.
"""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

_CLONE = Path(__file__).resolve().parent.parent


def data_folder() -> Path | None:
    """Return the folder that BPE_TEST_DATA names, or the one beside the clone, or None."""
    given = os.environ.get("BPE_TEST_DATA")
    folder = Path(given) if given else _CLONE.parent / "shared" / "data"
    return folder if folder.is_dir() else None


def data_file(relative: str) -> Path:
    """Return the path of an optional data file; skip the test, naming the file, where it is missing."""
    folder = data_folder()
    if folder is None or not (folder / relative).is_file():
        pytest.skip(f"optional data missing: {relative} (set BPE_TEST_DATA to a folder that has it)")
    return folder / relative


def data_text(relative: str) -> str:
    """Return the text of an optional data file, gunzipped where its name says so."""
    path = data_file(relative)
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return raw.decode("utf-8")
