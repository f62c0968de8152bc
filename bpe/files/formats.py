"""The formats side by side: what each holds, and how a file is recognised."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from bpe.errors import MissingInformationError
from bpe.files.bpe_json import format_bpe_json
from bpe.files.bpe_json_reader import read_bpe_json
from bpe.files.faults import malformed
from bpe.files.given import Given
from bpe.files.gpt2_merges import HEADER_START, format_merges_alone, read_merges_file
from bpe.files.gpt2_pair import format_gpt2_pair, read_gpt2_pair
from bpe.files.gpt2_paths import NAME_PAIRS
from bpe.files.minbpe_model import VERSION_LINE, format_minbpe_model, read_minbpe_model
from bpe.files.minbpe_view import format_minbpe_view
from bpe.files.tiktoken_ranks import FIRST_LINE, format_ranks, read_rank_file
from bpe.vocabulary import Vocabulary

#: How a vocabulary merges: by the ids of tokens, or by a list of pairs.
Semantics = Literal["ranks", "pairs"]


@dataclass(frozen=True, slots=True)
class FileFormat:
    """What the rest of the package knows of a format.

    Clauses: F1.
    `semantics` is the one that its files have, `None` where they say which; `omits` names what loading must be told.
    """

    name: str
    description: str
    endings: tuple[str, ...]
    semantics: Semantics | None
    omits: tuple[str, ...]
    #: From a file's path and content and what the caller gave; `None` for a view, which is only written.
    read: Callable[[Path, bytes, Given], Vocabulary] | None
    #: The content of each file that a vocabulary becomes.
    write: Callable[[Vocabulary, Path], Mapping[Path, bytes]]


def _one_file(write: Callable[[Vocabulary], bytes]) -> Callable[[Vocabulary, Path], Mapping[Path, bytes]]:
    return lambda vocabulary, path: {path: write(vocabulary)}


_ALL = (
    FileFormat(
        "bpe",
        "this project's own: everything, readable, with a fingerprint",
        (".bpe.json",),
        None,
        (),
        read_bpe_json,
        _one_file(format_bpe_json),
    ),
    FileFormat(
        "tiktoken",
        "tiktoken's rank file: a token in base64 and its rank a line",
        (".tiktoken",),
        "ranks",
        ("pattern", "special_tokens", "aliases", "errors"),
        read_rank_file,
        _one_file(format_ranks),
    ),
    FileFormat(
        "gpt2",
        "GPT-2's pair: merges in vocab.bpe or merges.txt, ids in encoder.json or vocab.json",
        tuple(ending for pair in NAME_PAIRS for ending in pair),
        "pairs",
        ("pattern", "special_tokens", "errors"),
        lambda path, _, given: read_gpt2_pair(path, given),
        format_gpt2_pair,
    ),
    FileFormat(
        "gpt2-merges",
        "GPT-2's merges alone, with ids by its convention",
        (),
        "pairs",
        ("pattern", "special_tokens", "aliases", "errors"),
        read_merges_file,
        _one_file(format_merges_alone),
    ),
    FileFormat(
        "minbpe",
        "minbpe's model: pattern, special tokens, merges as pairs of ids",
        (".model",),
        "pairs",
        ("errors",),
        read_minbpe_model,
        _one_file(format_minbpe_model),
    ),
    FileFormat(
        "minbpe-vocab",
        "minbpe's view for people: how each token was made; written, never read",
        (".vocab",),
        None,
        (),
        None,
        _one_file(format_minbpe_view),
    ),
)

#: Each format by its name.
FORMATS: Final[Mapping[str, FileFormat]] = MappingProxyType({each.name: each for each in _ALL})

_OURS = re.compile(rb'"format"\s*:\s*"bpe"')


def detect_format(path: Path, data: bytes) -> str:
    r"""Return the name of a file's format, judged by its content first and by its name second.

    Clauses: F2.
    Raises `FileFormatError` where neither says anything.

    >>> detect_format(Path("tokenizer.model"), b"IQ== 0\nIg== 1\n")
    'tiktoken'
    """
    if path.is_dir():
        return "gpt2"
    if data.startswith(VERSION_LINE.encode()):
        return "minbpe"
    # In a file of ids no member is a string, and inside a string the quotation marks would be escaped.
    if data.lstrip().startswith(b"{") and _OURS.search(data):
        return "bpe"
    if data.startswith(HEADER_START.encode()):
        return "gpt2"
    if FIRST_LINE.match(data):
        return "tiktoken"
    named = _format_by_name(path)
    if named is None:
        raise malformed(path, f"neither content nor name is of a known format: say format= one of {_listed()}")
    return named.name


def require_format(name: str) -> FileFormat:
    """Return the format of this name.

    Raises `MissingInformationError` for any other.

    >>> require_format("tiktoken").endings
    ('.tiktoken',)
    """
    if name not in FORMATS:
        raise MissingInformationError(f"no format is named {name!r}: give one of {_listed()}", missing="format")
    return FORMATS[name]


def format_for_saving(path: Path) -> FileFormat:
    """Return the format that a name asks for: its ending, or GPT-2's pair for a folder.

    Raises `MissingInformationError` where the name says nothing.

    >>> format_for_saving(Path("my.bpe.json")).name
    'bpe'
    """
    named = FORMATS["gpt2"] if path.is_dir() else _format_by_name(path)
    if named is None or path.name.endswith(".gz"):
        endings = ", ".join(ending for each in _ALL for ending in each.endings)
        raise MissingInformationError(
            f"{path}: the name does not say the format: end it in one of {endings}, or say format= one of {_listed()}",
            path=str(path),
            missing="format",
        )
    return named


def _format_by_name(path: Path) -> FileFormat | None:
    name = path.name.removesuffix(".gz")
    return next((each for each in _ALL if name.endswith(each.endings)), None)


def _listed() -> str:
    return ", ".join(repr(name) for name in FORMATS)
