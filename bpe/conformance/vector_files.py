"""The operations of test vectors on files, conversions, fingerprints and named encodings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bpe.conformance.model import Model
from bpe.conformance.protocol_files import Converts, Fingerprints, Format, OpensEncodings, Stores
from bpe.conformance.refusal import Refusal
from bpe.conformance.vector_json import read_content, read_model, read_special_tokens

Given = Mapping[str, Any]


def load_file(target: Stores, model: Any, given: Given) -> Model:  # noqa: ARG001 - a model is what comes out
    """Return the model in a file, or in the first of several that belong together."""
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in given["files"]]
        for path, parts in zip(paths, given["files"].values(), strict=True):
            path.write_bytes(read_content(parts, given["chunks"]))
        try:
            return target.restore(paths[0], _format(target, given["format"]), _told(given.get("told", {})))
        finally:
            assert sorted(Path(folder).iterdir()) == sorted(paths), "loading writes files"


def _format(target: Stores, name: str) -> Format:
    return next(each for each in target.formats if each.name == name)


def _told(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the caller says that the format leaves out, by the names of a model's fields."""
    values = dict(told)
    if "pattern" in values:
        values.setdefault("gaps", "refuse")
    if "special_tokens" in values:
        values["special_tokens"] = read_special_tokens(values["special_tokens"])
    return values


def save_file(target: Stores, model: Model, given: Given) -> dict[str, bytes]:
    """Return what a model's file, or files, hold; a refusal must come before anything is written."""
    with TemporaryDirectory() as folder:
        try:
            target.save(model, Path(folder) / given["file"], _format(target, given["format"]))
        except Refusal:
            assert not list(Path(folder).iterdir()), "saving is refused, yet something is written"
            raise
        return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


def read_contents(output: Mapping[str, str]) -> dict[str, bytes]:
    """Return files by name from their bytes in hexadecimal."""
    return {name: bytes.fromhex(content) for name, content in output.items()}


def write_contents(contents: Mapping[str, bytes]) -> dict[str, str]:
    """Return files by name with their bytes in hexadecimal."""
    return {name: content.hex() for name, content in contents.items()}


def convert(target: Converts, model: Model, given: Given) -> Model:  # noqa: ARG001 - the model is all that is given
    """Return the model under the other semantics."""
    return target.convert(model)


def compare_fingerprints(target: Fingerprints, model: Model, given: Given) -> str:
    """Return whether the fingerprints of two models are equal or different."""
    same = target.fingerprint(model) == target.fingerprint(read_model(given["other"]))
    return "equal" if same else "different"


def open_encoding(target: OpensEncodings, model: Any, given: Given) -> str:  # noqa: ARG001 - encodings have names
    """Open a named encoding with a given content in place of its file."""
    target.open_encoding(given["encoding"], bytes.fromhex(given["bytes"]))
    return "accepted"
