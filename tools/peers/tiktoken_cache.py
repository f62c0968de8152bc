"""tiktoken's cache, filled with the files that are pinned here, so that programs that use it need no network."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bpe.encoding_files import find_pinned_file
from bpe.encoding_table import ENCODINGS


@contextmanager
def tiktoken_cache() -> Iterator[Mapping[str, str]]:
    """Give an environment in which tiktoken finds the encodings that are on this machine."""
    with TemporaryDirectory() as folder:
        for name in ("r50k_base", "cl100k_base", "o200k_base"):
            for pinned in ENCODINGS[name].files:
                if pinned.url is not None:
                    key = hashlib.sha1(pinned.url.encode(), usedforsecurity=False).hexdigest()
                    (Path(folder) / key).write_bytes(find_pinned_file(pinned, encoding=name).content)
        yield os.environ | {"TIKTOKEN_CACHE_DIR": folder}
