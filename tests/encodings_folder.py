"""A folder in which every named encoding whose file the optional test data has can be found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bpe.encoding_files import FOLDER_VARIABLE
from bpe.encoding_table import ENCODINGS
from bpe.encodings import find_encoding, get_encoding
from bpe.tokenizer import Tokenizer
from tests.data import data_folder

#: Where the data has each file, by the name that a folder of encodings gives it.
DATA_PATHS = {
    "vocab.bpe": "tokenizers/gpt2/vocab.bpe",
    "encoder.json": "tokenizers/gpt2/encoder.json",
    "r50k_base.tiktoken": "tokenizers/openai/r50k_base.tiktoken",
    "p50k_base.tiktoken": "tokenizers/openai/p50k_base.tiktoken",
    "cl100k_base.tiktoken": "tokenizers/openai/cl100k_base.tiktoken",
    "o200k_base.tiktoken": "tokenizers/openai/o200k_base.tiktoken",
    "tokenizer.model": "tokenizers-restricted/llama3/tokenizer.model",
}


def link_encodings(folder: Path) -> None:
    """Put a link to each vocabulary file that the data has into a folder."""
    data = data_folder()
    for name, relative in DATA_PATHS.items():
        if data is not None and (data / relative).is_file():
            (folder / name).symlink_to(data / relative)


@pytest.fixture(scope="module")
def encodings_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Point BPE_ENCODINGS_DIR at a folder of links while a module's tests run; without the data, leave it alone."""
    with pytest.MonkeyPatch.context() as patch:
        if data_folder() is not None:
            folder = tmp_path_factory.mktemp("encodings")
            link_encodings(folder)
            patch.setenv(FOLDER_VARIABLE, str(folder))
        yield


def require_encoding(name: str) -> Tokenizer:
    """Return a named encoding; skip the test, naming the file, where it is not on this machine."""
    status = find_encoding(name)
    if status.problem is not None:
        files = ", ".join(pinned.name for pinned in ENCODINGS[name].files)
        pytest.skip(f"the vocabulary of {name} is not on this machine ({files}): run `bpe fetch {name}`")
    return get_encoding(name)
