"""Files that hold vocabularies: one module for each format, each reading and writing `Vocabulary`.

`docs/file-formats.md` says what each format holds, leaves out and refuses.

1. `raw`, `faults`, `given`: bytes on disk, how faults are told, what the caller must add.
2. `tiktoken_ranks`, `gpt2_merges`, `gpt2_pair`, `minbpe_model`, `minbpe_view`: the formats of others.
3. `bpe_json`, `bpe_json_reader`: our own, with `token_notation`, `json_text` and `json_fields`.
4. `formats`, `loading`, `saving`: all of them together.
"""

from typing import TYPE_CHECKING

from bpe.later import import_later

if TYPE_CHECKING:
    from bpe.files.formats import FORMATS, FileFormat, Semantics, detect_format
    from bpe.files.given import OMITTED, EmptyTokens, Omitted
    from bpe.files.loading import load_vocabulary
    from bpe.files.saving import save_vocabulary
    from bpe.files.tiktoken_ranks import parse_ranks
else:
    # A named encoding needs one format, not all of them.
    __getattr__, __dir__ = import_later(
        __name__,
        {
            **dict.fromkeys(("FORMATS", "FileFormat", "Semantics", "detect_format"), "bpe.files.formats"),
            **dict.fromkeys(("OMITTED", "EmptyTokens", "Omitted"), "bpe.files.given"),
            "load_vocabulary": "bpe.files.loading",
            "parse_ranks": "bpe.files.tiktoken_ranks",
            "save_vocabulary": "bpe.files.saving",
        },
    )

__all__ = [
    "FORMATS",
    "OMITTED",
    "EmptyTokens",
    "FileFormat",
    "Omitted",
    "Semantics",
    "detect_format",
    "load_vocabulary",
    "parse_ranks",
    "save_vocabulary",
]
