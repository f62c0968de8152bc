"""Texts to measure on: the optional data folder where there is one, else the project's own text."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
FILES = {
    "English": "bench/english_war_and_peace.txt.gz",
    "code": "bench/source_python_c.txt.gz",
    "many scripts": "bench/multilingual_udhr.txt.gz",
}


def texts() -> dict[str, str]:
    """Return each text by kind."""
    given = os.environ.get("BPE_TEST_DATA")
    folder = Path(given) if given else PROJECT.parent / "shared" / "data"
    found = {kind: folder / name for kind, name in FILES.items() if (folder / name).is_file()}
    if found:
        return {kind: gzip.decompress(path.read_bytes()).decode("utf-8") for kind, path in found.items()}
    own = [path for kind in ("bpe/**/*.py", "tests/**/*.py", "docs/**/*.md") for path in sorted(PROJECT.glob(kind))]
    return {"the project's own text": "\n".join(path.read_text(encoding="utf-8") for path in own)}
