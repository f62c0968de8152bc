"""What the properties ask of files, conversions, fingerprints and named encodings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

from bpe.conformance.model import Model
from bpe.conformance.protocol import Loads


class Format(NamedTuple):
    """A file format: its name, the name to give a file, and what of a model it leaves out, `semantics` perhaps."""

    name: str
    file_name: str
    omits: tuple[str, ...]


@runtime_checkable
class Stores(Loads, Protocol):
    """Saves models to files, and loads them again when told what the format leaves out."""

    @property
    def formats(self) -> Sequence[Format]:
        """Return the formats that can be both saved and restored."""

    def save(self, model: Model, path: Path, file_format: Format) -> None:
        """Write a model to a file, or refuse before anything is written."""

    def restore(self, path: Path, file_format: Format, omitted: Mapping[str, Any]) -> Model:
        """Return the model in a file; `omitted` is what the format leaves out, by name."""


@runtime_checkable
class Converts(Stores, Protocol):
    """Changes the semantics of a model from ranks to pairs or back, where its behaviour stays."""

    def convert(self, model: Model) -> Model:
        """Return the model under the other semantics, or refuse it."""


@runtime_checkable
class Fingerprints(Loads, Protocol):
    """Gives each model a fingerprint."""

    def fingerprint(self, model: Model) -> str:
        """Return the fingerprint."""


@runtime_checkable
class OpensEncodings(Protocol):
    """Opens a named encoding with a given content in place of its file."""

    @property
    def encoding_names(self) -> Sequence[str]:
        """Return the names of the encodings."""

    def open_encoding(self, name: str, content: bytes) -> object:
        """Open an encoding from this content, or refuse it."""
