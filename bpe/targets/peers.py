"""Fast tokenizers by others as targets: each with the vocabulary of a named encoding, whose pinned file is on this machine.

`bpe.targets.peer_shapes` says how each library is asked.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bpe.conformance.faults import AdapterFault
from bpe.conformance.model import Model
from bpe.conversion import recover_merges
from bpe.encoding_table import ENCODINGS
from bpe.encodings import get_encoding
from bpe.errors import BpeError
from bpe.patterns import NAMED_PATTERNS
from bpe.targets import peer_shapes as shapes
from bpe.targets.object_target import ObjectTarget, described_target
from bpe.targets.own_models import to_model
from bpe.targets.tokenizer_json import write_tokenizer_json
from bpe.tokenizer import Tokenizer

#: What gigatoken and splintr call the patterns.
_GIGATOKEN_SCHEMES: Final = {"gpt2": "gpt2", "cl100k_base": "cl100k", "o200k_base": "o200k"}
_SPLINTR_PATTERNS: Final = {
    "gpt2": "GPT2_PATTERN",
    "cl100k_base": "CL100K_BASE_PATTERN",
    "o200k_base": "O200K_BASE_PATTERN",
}


def open_bpe_openai(argument: str) -> ObjectTarget:
    """Return the target for an encoding of bpe-openai, which brings its own files."""
    import bpe_openai  # noqa: PLC0415 - each library is imported when it is asked for

    return _target("bpe-openai", argument, lambda _: bpe_openai.get_encoding(argument))


def open_rs_bpe(argument: str) -> ObjectTarget:
    """Return the target for an encoding of rs-bpe, which brings two of its own."""
    from rs_bpe.bpe import openai  # noqa: PLC0415

    _require(argument, "rs-bpe", ("cl100k_base", "o200k_base"))
    return _target("rs-bpe", argument, lambda _: shapes.RsBpe(getattr(openai, argument)()))


def open_quicktok(argument: str) -> ObjectTarget:
    """Return the target for an encoding of quicktok-v1, which brings its own files."""
    import quicktok  # noqa: PLC0415

    _require(argument, "quicktok-v1", ("cl100k_base", "o200k_base", "o200k_harmony", "llama3"))
    return _target("quicktok-v1", argument, lambda _: shapes.Quicktok(quicktok.get_encoding(argument)))


def open_gigatoken(argument: str) -> ObjectTarget:
    """Return the target for gigatoken's tiktoken-like view of a rank file."""
    import gigatoken  # noqa: PLC0415

    def make(ours: Tokenizer) -> Any:
        with _rank_file(ours, argument) as path:
            scheme = _GIGATOKEN_SCHEMES[_pattern_name(ours, "gigatoken", _GIGATOKEN_SCHEMES)]
            opened = gigatoken.Tokenizer.from_tiktoken(path, scheme, dict(ours.special_tokens))
        return shapes.Gigatoken(opened.as_tiktoken())

    return _target("gigatoken", argument, make)


def open_iree_tokenizer(argument: str) -> ObjectTarget:
    """Return the target for iree-tokenizer with a rank file."""
    from iree.tokenizer import Tokenizer as Iree  # noqa: PLC0415

    def make(ours: Tokenizer) -> Any:
        with _rank_file(ours, argument) as path:
            return shapes.Iree(Iree.from_tiktoken(str(path), argument), ours.special_tokens)

    return _target("iree-tokenizer", argument, make)


def open_tokie(argument: str) -> ObjectTarget:
    """Return the target for tokie with a tokenizer.json that is made of the ranks."""
    import tokie  # noqa: PLC0415

    def make(ours: Tokenizer) -> Any:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "tokenizer.json"
            path.write_text(_tokenizer_json(ours), encoding="utf-8")
            return shapes.Tokie(tokie.Tokenizer.from_json(str(path)), ours.special_tokens)

    return _target("tokie", argument, make)


def open_splintr(argument: str) -> ObjectTarget:
    """Return the target for splintr-rs with a rank file and its own pattern."""
    import splintr  # noqa: PLC0415

    def make(ours: Tokenizer) -> Any:
        with _rank_file(ours, argument) as path:
            pattern = getattr(splintr, _SPLINTR_PATTERNS[_pattern_name(ours, "splintr-rs", _SPLINTR_PATTERNS)])
            made = splintr.Tokenizer.from_bytes(path.read_bytes(), pattern, dict(ours.special_tokens))
        return shapes.Splintr(made, ours.special_tokens)

    return _target("splintr-rs", argument, make)


def open_fastokens(argument: str) -> ObjectTarget:
    """Return the target for fastokens with a rank file and, where it has one, its own pattern."""
    import fastokens  # noqa: PLC0415

    def make(ours: Tokenizer) -> Any:
        named = argument if argument in ("cl100k_base", "o200k_base") else None
        pattern = None if named else _source(ours)
        special = dict(ours.special_tokens)
        with _rank_file(ours, argument) as path:
            made = fastokens.Tokenizer.from_tiktoken(str(path), pattern, special, named)
        return shapes.Fastokens(made, special)

    return _target("fastokens", argument, make)


def open_kitoken(argument: str) -> ObjectTarget:
    """Return the target for kitoken with a rank file, by which it knows the encoding and its special tokens."""
    import kitoken  # noqa: PLC0415

    def make(ours: Tokenizer) -> Any:
        with _rank_file(ours, argument) as path:
            return shapes.KitokenShape(kitoken.Kitoken.from_tiktoken(path.read_bytes()))

    return _target("kitoken", argument, make)


def open_wordchipper(argument: str) -> ObjectTarget:
    """Return the target for wordchipper, whose cache is made to hold the pinned file, so that nothing is fetched."""
    import wordchipper  # noqa: PLC0415

    def make(ours: Tokenizer) -> Any:
        with TemporaryDirectory() as cache, _environment("WORDCHIPPER_CACHE_DIR", cache):
            folder = Path(cache) / "openai" / argument
            folder.mkdir(parents=True)
            with _rank_file(ours, argument) as path:
                (folder / path.name).write_bytes(path.read_bytes())
            made = wordchipper.Tokenizer.from_pretrained(argument)
        if made.vocab_size < len(ours.mergeable_ranks):
            raise AdapterFault(f"wordchipper:{argument}: it did not find its vocabulary in its cache")
        return shapes.Wordchipper(made, wordchipper.SpecialFilter, ours.special_tokens)

    return _target("wordchipper", argument, make)


# --- what they have in common --------------------------------------------------------------------


def _target(package: str, argument: str, make: Callable[[Tokenizer], Any]) -> ObjectTarget:
    """Return the target for what a library makes of an encoding."""
    if argument not in ENCODINGS:
        raise AdapterFault(f"{package}: no encoding is named {argument!r}: give one of {', '.join(ENCODINGS)}")
    try:
        ours = get_encoding(argument)
        made = make(ours)
    except (BpeError, ValueError, RuntimeError, OSError) as fault:
        raise AdapterFault(f"{package}:{argument}: {fault}") from fault
    model: Model = to_model(ours.vocabulary)
    model = model.change(special_tokens=getattr(made, "special_tokens", None) or model.special_tokens)
    return described_target(made, f"{package}:{argument}", package, model)


def _require(argument: str, package: str, names: tuple[str, ...]) -> None:
    if argument not in names:
        raise AdapterFault(f"{package} has no {argument!r}: give one of {', '.join(names)}")


def _pattern_name(ours: Tokenizer, package: str, known: Mapping[str, str]) -> str:
    pattern = ours.vocabulary.pattern
    name = "" if pattern is None else pattern.name or ""
    _require(name, package, tuple(known))
    return name


def _source(ours: Tokenizer) -> str:
    pattern = ours.vocabulary.pattern
    assert pattern is not None  # every named encoding has one
    return pattern.source


def _tokenizer_json(ours: Tokenizer) -> str:
    """Return the tokenizer.json of an encoding, with the pattern in the form that Hugging Face's files have it."""
    model = to_model(recover_merges(ours.vocabulary)).change(whole_pre_token=True)
    source = NAMED_PATTERNS["cl100k_original"] if model.pattern == "cl100k_base" else _source(ours)
    return write_tokenizer_json(model, _PUBLISHED.get(model.pattern or "", source))


#: GPT-2's pattern as files of its time have it: newer quantifiers are not known to every engine.
_PUBLISHED: Final = {"gpt2": r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""}


@contextmanager
def _rank_file(ours: Tokenizer, name: str) -> Iterator[Path]:
    """Give a rank file of an encoding, under the encoding's name."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.tiktoken"
        ours.save(path)
        yield path


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
