"""Chapter F, broken."""

# ruff: noqa: D102 - the protocols in bpe.conformance say what each method does

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bpe.conformance import Format, Model, Refusal
from tests.engine_target import Engine
from tests.mutants.listing import breaks


@breaks("loading_gives_back_what_was_saved")
class LosesSpaces(Engine):
    """Strips the special tokens that it reads."""

    def restore(self, path: Path, file_format: Format, omitted: Mapping[str, Any]) -> Model:
        model = super().restore(path, file_format, omitted)
        return model.change(special_tokens={text.strip(): token_id for text, token_id in model.special_tokens.items()})


@breaks("loading_gives_back_what_was_saved")
class WritesBeforeItRefuses(Engine):
    """Leaves an empty file behind where it refuses to save."""

    def save(self, model: Model, path: Path, file_format: Format) -> None:
        path.touch()
        try:
            super().save(model, path, file_format)
        except Refusal:
            path.touch()
            raise


@breaks("a_damaged_file_is_refused_or_whole")
class HalfBuilt(Engine):
    """Falls over what it cannot read."""

    def restore(self, path: Path, file_format: Format, omitted: Mapping[str, Any]) -> Model:
        path.read_bytes().decode("ascii")
        return super().restore(path, file_format, omitted)


@breaks("a_line_of_nonsense_is_named")
class NamesNoLine(Engine):
    """Says that a file is malformed, and not where."""

    def restore(self, path: Path, file_format: Format, omitted: Mapping[str, Any]) -> Model:
        try:
            return super().restore(path, file_format, omitted)
        except Refusal:
            raise Refusal("the file is malformed") from None


@breaks("conversions_keep_the_behaviour")
class ConvertsAnything(Engine):
    """Drops the merges of any vocabulary, canonical or not."""

    def convert(self, model: Model) -> Model:
        return model.change(merges=None) if model.merges is not None else super().convert(model)


@breaks("canonical_models_convert_both_ways")
class ConvertsBackwards(Engine):
    """Recovers the merges in the wrong order."""

    def convert(self, model: Model) -> Model:
        converted = super().convert(model)
        return converted.change(merges=None if converted.merges is None else tuple(reversed(converted.merges)))


@breaks("saving_is_deterministic")
class WritesInTheOrderGiven(Engine):
    """Writes after the vocabulary what stood first in memory."""

    def save(self, model: Model, path: Path, file_format: Format) -> None:
        super().save(model, path, file_format)
        if path.exists():
            path.write_bytes(path.read_bytes() + str(next(iter(model.tokens))).encode())


@breaks("fingerprints_tell_models_apart")
class FingerprintOfTheTokens(Engine):
    """Leaves the profiles out of the fingerprint."""

    def fingerprint(self, model: Model) -> str:
        return super().fingerprint(model.change(whole_pre_token=False, surrogates="strict"))


@breaks("a_wrong_file_is_not_opened")
class OpensAnything(Engine):
    """Opens whatever has the right name."""

    def open_encoding(self, name: str, content: bytes) -> object:  # noqa: ARG002
        return content
