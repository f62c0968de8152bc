"""Named encodings: the tokenizers that models use, by name.

`get_encoding` reads files of this machine and nothing else; `bpe fetch` is what downloads them.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bpe.byte_order import byte_order
from bpe.encoding_files import FoundFile, find_pinned_file
from bpe.encoding_table import ENCODINGS, NamedEncoding, look_up_encoding
from bpe.errors import ChecksumError, EncodingUnavailableError, InputTypeError
from bpe.files.tiktoken_ranks import parse_ranks
from bpe.models import encoding_name_for_model
from bpe.patterns import resolve_pattern
from bpe.tokenizer import Tokenizer
from bpe.vocabulary import SurrogateProfile, TokenId, Vocabulary, single_bytes

__all__ = [
    "EncodingStatus",
    "available_encodings",
    "encoding_for_model",
    "encoding_name_for_model",
    "find_encoding",
    "get_encoding",
    "list_encoding_names",
]

_loaded: Final[dict[tuple[str, SurrogateProfile], Tokenizer]] = {}
_loading: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class EncodingStatus:
    """Where the files of a named encoding are, or why it cannot be had.

    `paths` is empty exactly where `problem` is given.
    """

    name: str
    paths: tuple[Path, ...]
    problem: ChecksumError | EncodingUnavailableError | None

    @property
    def available(self) -> bool:
        """Whether `get_encoding` finds every file that it needs."""
        return self.problem is None


def get_encoding(name: str, *, errors: SurrogateProfile = "strict") -> Tokenizer:
    """Return the tokenizer of this name; the same object each time, in any thread.

    Clauses: F5, R4, R5, S8.
    Raises `UnknownEncodingError`, `EncodingUnavailableError` and `ChecksumError`.

    >>> get_encoding("cl100k_base").encode("aaabdaaabac")
    [5418, 370, 3315, 89707, 582]
    """
    encoding = look_up_encoding(name)
    if errors not in ("strict", "replace"):
        raise InputTypeError(f"errors is 'strict' or 'replace', not {errors!r}")
    with _loading:
        if (name, errors) not in _loaded:
            _loaded[name, errors] = Tokenizer.from_vocabulary(_read_vocabulary(encoding, errors), name=name)
        return _loaded[name, errors]


def encoding_for_model(model: str) -> Tokenizer:
    """Return the tokenizer that a model uses.

    Clauses: F5.
    Raises `UnknownEncodingError` for a model that is not known, and what `get_encoding` raises.

    >>> encoding_for_model("gpt-4").name
    'cl100k_base'
    """
    return get_encoding(encoding_name_for_model(model))


def list_encoding_names() -> list[str]:
    """Return the names that `get_encoding` knows, whether or not their files are here.

    >>> list_encoding_names()[:3]
    ['gpt2', 'r50k_base', 'p50k_base']
    """
    return list(ENCODINGS)


def available_encodings() -> list[str]:
    """Return the names of the encodings whose files are on this machine.

    >>> "cl100k_base" in available_encodings()
    True
    """
    return [name for name in ENCODINGS if find_encoding(name).available]


def find_encoding(name: str) -> EncodingStatus:
    """Return where the files of a named encoding are, or what keeps it from being loaded.

    Clauses: F5, R4.
    Raises `UnknownEncodingError`.

    >>> find_encoding("cl100k_base").available
    True
    """
    try:
        found = _find_files(look_up_encoding(name))
    except (ChecksumError, EncodingUnavailableError) as problem:
        return EncodingStatus(name, (), problem)
    return EncodingStatus(name, tuple(file.path for file in found), None)


def _find_files(encoding: NamedEncoding) -> list[FoundFile]:
    return [find_pinned_file(pinned, encoding=encoding.name) for pinned in encoding.files]


def _read_vocabulary(encoding: NamedEncoding, errors: SurrogateProfile) -> Vocabulary:
    return Vocabulary(
        _read_ranks(_find_files(encoding)),
        merges=None,
        pattern=resolve_pattern(encoding.pattern),
        special_tokens={text: TokenId(token_id) for text, token_id in encoding.special_tokens.items()},
        aliases=encoding.aliases,
        whole_pre_token=True,
        errors=errors,
    )


def _read_ranks(files: list[FoundFile]) -> dict[TokenId, bytes]:
    if len(files) == 2:
        return _join_gpt2_pair(*files)
    return parse_ranks(files[0].content, path=files[0].path, empty_tokens="refuse")


def _join_gpt2_pair(merges: FoundFile, ids: FoundFile) -> dict[TokenId, bytes]:
    """Return GPT-2's tokens by id: vocab.bpe says which there are, encoder.json which id each has."""
    import json  # noqa: PLC0415 - one encoding of all needs what this needs

    from bpe.files.gpt2_merges import bytes_to_characters, parse_merges  # noqa: PLC0415

    made = [left + right for _, left, right in parse_merges(merges.content.decode(), merges.path)]
    entries = json.loads(ids.content)
    return {entries[bytes_to_characters(token)]: token for token in (*single_bytes(byte_order("gpt2")).values(), *made)}
