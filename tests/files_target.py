"""Our files, conversions, fingerprints and named encodings as a target of `bpe.conformance`."""

# ruff: noqa: D102 - the protocols in bpe.conformance say what each method does

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

import bpe
from bpe.conformance import Format, Model
from bpe.conversion import forget_merges, recover_merges
from bpe.encoding_files import FOLDER_VARIABLE
from bpe.encoding_table import ENCODINGS
from bpe.encodings import find_encoding
from bpe.files import FORMATS, load_vocabulary, save_vocabulary
from bpe.targets.own_models import refusing, to_model, to_pattern, to_vocabulary

#: What our formats call the fields of a model that they leave out.
_FIELDS = {
    "pattern": ("pattern", "gaps"),
    "special_tokens": ("special_tokens",),
    "aliases": ("aliases",),
    "errors": ("surrogates",),
}


class Files:
    """All that can be saved."""

    @cached_property
    def formats(self) -> Sequence[Format]:
        return [
            Format(
                each.name,
                f"saved{each.endings[0]}" if each.endings else "merges.txt",
                tuple(field for name in each.omits for field in _FIELDS[name]) + ("semantics",) * bool(each.semantics),
            )
            for each in FORMATS.values()
            if each.read is not None
        ]

    @refusing
    def save(self, model: Model, path: Path, file_format: Format) -> None:
        save_vocabulary(to_vocabulary(model), path, format=file_format.name)

    @refusing
    def restore(self, path: Path, file_format: Format, omitted: Mapping[str, Any]) -> Model:
        given = {name: value for name, value in omitted.items() if name not in ("pattern", "gaps", "surrogates")}
        if "surrogates" in omitted:
            given["errors"] = omitted["surrogates"]
        if "pattern" in omitted:
            given["pattern"] = to_pattern(omitted["pattern"], omitted["gaps"])
        return to_model(load_vocabulary(path, format=file_format.name, empty_tokens="refuse", **given))

    @refusing
    def convert(self, model: Model) -> Model:
        change = recover_merges if model.merges is None else forget_merges
        return to_model(change(to_vocabulary(model)))

    @refusing
    def fingerprint(self, model: Model) -> str:
        return to_vocabulary(model).fingerprint

    @property
    def encoding_names(self) -> Sequence[str]:
        return bpe.list_encoding_names()

    @refusing
    def open_encoding(self, name: str, content: bytes) -> object:
        with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            patch.setenv(FOLDER_VARIABLE, folder)
            for pinned in ENCODINGS[name].files:
                (Path(folder) / pinned.name).write_bytes(content)
            status = find_encoding(name)
            if status.problem is not None:
                raise status.problem
            return status
