"""The tools that are measured: how each opens the rank file, and which calls it has.

A tool is imported only in the process that measures it.
Every `encode` takes its text as ordinary where the tool can; `agreement` shows which cannot.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from benchmarks.vocabularies import PATTERN_NAMES, PLAIN_PATTERNS, VocabularyFiles

Ids = Sequence[int]
ALL_ENCODINGS: Final = frozenset(PLAIN_PATTERNS)
NEWER_ENCODINGS: Final = frozenset({"cl100k_base", "o200k_base"})


@dataclass(frozen=True, slots=True)
class Calls:
    """What an opened tool can do; what it has no call for is None.

    `to_array` gives an array of ids; `batch` gives lists or whatever the tool's batch call gives, using the cores that it sees.
    """

    encode: Callable[[str], Ids]
    to_array: Callable[[str], Any] | None = None
    count: Callable[[str], int] | None = None
    batch: Callable[[list[str]], Any] | None = None
    decode_bytes: Callable[[list[int]], bytes] | None = None
    decode_text: Callable[[list[int]], str | None] | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: the name in the tables, the distribution that pip installs, and how it is opened."""

    name: str
    distribution: str
    open: Callable[[VocabularyFiles], Calls]
    encodings: frozenset[str] = ALL_ENCODINGS
    batch_gives: str = "lists"
    note: str = ""

    @property
    def version(self) -> str | None:
        """The installed version, or None."""
        try:
            return version(self.distribution)
        except PackageNotFoundError:
            return None


def _open_ours(files: VocabularyFiles) -> Calls:
    bpe = import_module("bpe")
    tokenizer = bpe.load(files.ranks, pattern=PATTERN_NAMES[files.encoding], special_tokens=files.special_tokens)
    return Calls(
        tokenizer.encode_ordinary,
        to_array=partial(tokenizer.encode_to_numpy, disallowed_special=()),
        count=partial(tokenizer.count, disallowed_special=()),
        batch=partial(tokenizer.encode_ordinary_batch, num_threads=_cores()),
        decode_bytes=tokenizer.decode_bytes,
        decode_text=tokenizer.decode,
    )


def _open_tiktoken(files: VocabularyFiles) -> Calls:
    tiktoken = import_module("tiktoken")
    os.environ["TIKTOKEN_CACHE_DIR"] = ""  # the file is here: keep no second copy
    ranks = import_module("tiktoken.load").load_tiktoken_bpe(files.ranks)
    encoding = tiktoken.Encoding(
        files.encoding, pat_str=files.pattern, mergeable_ranks=ranks, special_tokens=files.special_tokens
    )
    return Calls(
        encoding.encode_ordinary,
        to_array=partial(encoding.encode_to_numpy, disallowed_special=()),
        batch=partial(encoding.encode_ordinary_batch, num_threads=_cores()),
        decode_bytes=encoding.decode_bytes,
        decode_text=encoding.decode,
    )


def _open_hugging_face(files: VocabularyFiles) -> Calls:
    tokenizer = import_module("tokenizers").Tokenizer.from_file(files.tokenizer_json)
    return Calls(
        lambda text: tokenizer.encode(text, add_special_tokens=False).ids,
        batch=lambda texts: [each.ids for each in tokenizer.encode_batch(texts, add_special_tokens=False)],
        decode_text=tokenizer.decode,
    )


def _open_rs_bpe(files: VocabularyFiles) -> Calls:
    openai = import_module("rs_bpe.bpe").openai
    tokenizer = getattr(openai, files.encoding)()
    return Calls(
        tokenizer.encode,
        count=tokenizer.count,
        batch=lambda texts: tokenizer.encode_batch(texts)[0],
        decode_text=tokenizer.decode,
    )


def _open_bpe_openai(files: VocabularyFiles) -> Calls:
    encoding = import_module("bpe_openai").get_encoding(files.encoding)
    return Calls(
        encoding.encode_ordinary,
        to_array=partial(encoding.encode_to_numpy, disallowed_special=()),
        batch=partial(encoding.encode_ordinary_batch, num_threads=_cores()),
        decode_bytes=encoding.decode_bytes,
        decode_text=encoding.decode,
    )


def _open_quicktok(files: VocabularyFiles) -> Calls:
    tokenizer = import_module("quicktok").get_encoding(files.encoding)
    return Calls(
        tokenizer.encode_ordinary,
        count=tokenizer.count,
        batch=tokenizer.encode_batch,
        decode_bytes=tokenizer.decode_bytes,
        decode_text=tokenizer.decode,
    )


def _open_gigatoken(files: VocabularyFiles) -> Calls:
    tokenizer = import_module("gigatoken").Tokenizer.from_tiktoken(files.ranks)
    return Calls(
        lambda text: tokenizer.encode_batch_list([text], parallel=False)[0],
        to_array=tokenizer.encode,
        batch=partial(tokenizer.encode_batch_list, parallel=True),
        decode_bytes=tokenizer.decode,
    )


def _open_fastokens(files: VocabularyFiles) -> Calls:
    numpy = import_module("numpy")
    preset = files.encoding in NEWER_ENCODINGS
    given: dict[str, Any] = {"encoding": files.encoding} if preset else {"pattern": files.plain_pattern}
    tokenizer = import_module("fastokens").Tokenizer.from_tiktoken(files.ranks, **given)
    return Calls(
        lambda text: tokenizer.encode_ordinary(text).ids,
        to_array=lambda text: numpy.frombuffer(tokenizer.encode_batch_flat([text])[0], numpy.uint32),
        batch=lambda texts: [each.ids for each in tokenizer.encode_batch(texts)],
        decode_text=tokenizer.decode,
    )


def _open_splintr(files: VocabularyFiles) -> Calls:
    numpy = import_module("numpy")
    tokenizer = import_module("splintr").Tokenizer(files.ranks, files.plain_pattern, files.special_tokens)
    return Calls(
        tokenizer.encode_ordinary,
        to_array=lambda text: numpy.frombuffer(tokenizer.encode_flat(text), numpy.uint32),
        batch=tokenizer.encode_batch,
        decode_bytes=tokenizer.decode_bytes,
        decode_text=tokenizer.decode,
    )


def _open_tokie(files: VocabularyFiles) -> Calls:
    tokenizer = import_module("tokie").Tokenizer.from_json(files.tokenizer_json)
    return Calls(
        lambda text: tokenizer.encode(text, add_special_tokens=False).ids,
        to_array=lambda text: tokenizer.encode_batch_flat([text], add_special_tokens=False)[0],
        count=tokenizer.count_tokens,
        batch=lambda texts: [each.ids for each in tokenizer.encode_batch(texts, add_special_tokens=False)],
        decode_bytes=tokenizer.decode_bytes,
        decode_text=tokenizer.decode,
    )


def _open_kitoken(files: VocabularyFiles) -> Calls:
    tokenizer = import_module("kitoken").Kitoken.from_tiktoken_file(files.ranks)
    return Calls(tokenizer.encode, batch=tokenizer.encode_all, decode_bytes=tokenizer.decode)


def _open_wordchipper(files: VocabularyFiles) -> Calls:
    os.environ["WORDCHIPPER_CACHE_DIR"] = files.folder
    package = import_module("wordchipper")
    tokenizer = package.Tokenizer.from_pretrained(f"openai:{files.encoding}")
    ordinary = package.SpecialFilter.include_none()
    return Calls(
        lambda text: tokenizer.encode(text, ordinary),
        batch=lambda texts: tokenizer.encode_batch(texts, ordinary),
        decode_bytes=tokenizer.decode_bytes,
        decode_text=tokenizer.decode,
    )


def _open_nothing(files: VocabularyFiles) -> Calls:
    raise LookupError(f"it cannot open a byte-level vocabulary such as {files.encoding}")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


OURS: Final = "bpe-spec"
BASE: Final = "tiktoken"
_OTHER_VOCABULARY: Final = "SentencePiece models only: no byte-level vocabulary, so no equal ids to compare"
_TRAINER: Final = "trains, and encodes with what it trained only; see training"

TOOLS: Final = {
    tool.name: tool
    for tool in (
        Tool(OURS, "bpe-spec", _open_ours),
        Tool(BASE, "tiktoken", _open_tiktoken),
        Tool("tokenizers", "tokenizers", _open_hugging_face, note="Hugging Face"),
        Tool("rs-bpe", "rs-bpe", _open_rs_bpe, NEWER_ENCODINGS, note="own copy of the vocabulary"),
        Tool("bpe-openai", "bpe-openai", _open_bpe_openai, NEWER_ENCODINGS, note="own copy of the vocabulary"),
        Tool("quicktok", "quicktok-v1", _open_quicktok, NEWER_ENCODINGS, "one array", "own copy of the vocabulary"),
        Tool("gigatoken", "gigatoken", _open_gigatoken),
        Tool("fastokens", "fastokens", _open_fastokens),
        Tool("splintr", "splintr-rs", _open_splintr),
        Tool("tokie", "tokie", _open_tokie),
        Tool("kitoken", "kitoken", _open_kitoken),
        Tool("wordchipper", "wordchipper", _open_wordchipper),
        Tool("rustbpe", "rustbpe", _open_nothing, frozenset(), note=_TRAINER),
        Tool("sentencepiece", "sentencepiece", _open_nothing, frozenset(), note=_OTHER_VOCABULARY),
    )
}
