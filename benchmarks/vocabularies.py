"""The vocabulary that every tool opens: one rank file, and the same content in the other forms that tools ask for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import bpe
from bpe.conversion import recover_merges
from bpe.files.gpt2_merges import bytes_to_characters
from bpe.files.tiktoken_ranks import format_ranks
from bpe.patterns import NAMED_PATTERNS
from bpe.tokenizer import Tokenizer

#: Each encoding, and the pattern as first published: some tools know that spelling alone, or have no possessive quantifier.
#: The pieces of text differ at its very end, the ids do not (see `bpe.patterns`).
PLAIN_PATTERNS: Final = {
    "cl100k_base": NAMED_PATTERNS["cl100k_original"],
    "o200k_base": NAMED_PATTERNS["o200k_base"],
    "r50k_base": r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+""",
}

#: What the names of these encodings are called as patterns.
PATTERN_NAMES: Final = {"cl100k_base": "cl100k_base", "o200k_base": "o200k_base", "r50k_base": "gpt2"}


@dataclass(frozen=True, slots=True)
class VocabularyFiles:
    """Where the forms of one vocabulary are, and what a rank file leaves out."""

    encoding: str
    ranks: str
    tokenizer_json: str
    folder: str
    pattern: str
    plain_pattern: str
    special_tokens: dict[str, int]


def prepare(encoding: str, folder: Path) -> VocabularyFiles:
    """Write the forms of a named encoding into a folder, where they are not there yet.

    Raises `EncodingUnavailableError` where the machine does not have the encoding.
    """
    manifest = folder / f"{encoding}.files.json"
    if not manifest.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        files = _write(bpe.get_encoding(encoding), encoding, folder)
        manifest.write_text(json.dumps(asdict(files)), encoding="utf-8")
    return read_files(manifest)


def read_files(manifest: str | Path) -> VocabularyFiles:
    """Return what `prepare` wrote."""
    return VocabularyFiles(**json.loads(Path(manifest).read_text(encoding="utf-8")))


def _write(tokenizer: Tokenizer, encoding: str, folder: Path) -> VocabularyFiles:
    ranks = folder / f"{encoding}.tiktoken"
    ranks.write_bytes(format_ranks(tokenizer.vocabulary))
    # wordchipper opens no file that it is given: it looks into its cache, which may be put anywhere.
    copy = folder / "openai" / encoding / ranks.name
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(ranks.read_bytes())
    described = folder / f"{encoding}.tokenizer.json"
    described.write_text(json.dumps(tokenizer_json(tokenizer, PLAIN_PATTERNS[encoding])), encoding="utf-8")
    return VocabularyFiles(
        encoding=encoding,
        ranks=str(ranks),
        tokenizer_json=str(described),
        folder=str(folder),
        pattern=tokenizer.pat_str,
        plain_pattern=PLAIN_PATTERNS[encoding],
        special_tokens=dict(tokenizer.special_tokens),
    )


def tokenizer_json(tokenizer: Tokenizer, pattern: str) -> dict[str, Any]:
    """Return a tokenizer as Hugging Face's tokenizer.json describes it: split by the pattern, bytes as characters, merges."""
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [_added_token(text, token_id) for text, token_id in tokenizer.special_tokens.items()],
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [_split(pattern), _byte_level(use_regex=False)]},
        "post_processor": None,
        "decoder": _byte_level(use_regex=True),
        "model": _model(tokenizer),
    }


def _added_token(text: str, token_id: int) -> Mapping[str, Any]:
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    return {"id": token_id, "content": text, **flags, "special": True}


def _split(pattern: str) -> Mapping[str, Any]:
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}


def _byte_level(*, use_regex: bool) -> Mapping[str, Any]:
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": use_regex}


def _model(tokenizer: Tokenizer) -> Mapping[str, Any]:
    pairs = recover_merges(tokenizer.vocabulary)
    spelled = {token_id: bytes_to_characters(token) for token_id, token in pairs.token_bytes.items()}
    unused = ("dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix")
    return {
        "type": "BPE",
        **dict.fromkeys(unused),
        "fuse_unk": False,
        "byte_fallback": False,
        "ignore_merges": True,  # the whole-pre-token shortcut of rank files
        "vocab": {characters: token_id for token_id, characters in spelled.items()},
        "merges": [[spelled[merge.left], spelled[merge.right]] for merge in pairs.merges or ()],
    }
