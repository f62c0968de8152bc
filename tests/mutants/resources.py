"""Chapter R, broken."""

# ruff: noqa: D102 - the protocols in bpe.conformance say what each method does

from __future__ import annotations

import pickle
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from bpe.conformance import Format, Model, Refusal
from bpe.conformance.plain_merging import merge_of
from bpe.conformance.protocol import SpecialTokens
from tests.engine_target import Engine
from tests.mutants.listing import breaks
from tests.staged import Staged


@breaks("long_runs_are_encoded_or_refused")
class CallsItself(Staged):
    """Merges by calling itself on what is left after each merge."""

    def merge_alone(self, model: Model, piece: bytes) -> list[int]:
        ids = [model.ids[bytes([value])] for value in piece]
        return self._merge(model, ids)

    def _merge(self, model: Model, ids: list[int]) -> list[int]:
        merge = merge_of(model)
        ranked = [(found[0], i) for i in range(len(ids) - 1) if (found := merge(ids[i], ids[i + 1])) is not None]
        if not ranked:
            return ids
        _, at = min(ranked)
        joined = merge(ids[at], ids[at + 1])
        assert joined is not None
        return self._merge(model, [*ids[:at], joined[1], *ids[at + 2 :]])


@breaks("runs_are_answered_or_refused")
class TakesShortTexts(Staged):
    """Gives up on a text of more than a thousand characters."""

    def scalars(self, model: Model, text: str) -> str:
        if len(text) > 1_000:
            raise Refusal("the text is too long")
        return super().scalars(model, text)


@breaks("monstrous_patterns_are_taken_or_refused")
class ReadsByDescent(Staged):
    """Reads a pattern by a function that calls itself at each parenthesis."""

    def cut(self, pattern: str, text: str, gaps: Any) -> list[str]:
        self._read(pattern, 0)
        return super().cut(pattern, text, gaps)

    def _read(self, pattern: str, position: int) -> int:
        while position < len(pattern) and pattern[position] != ")":
            position = self._read(pattern, position + 1) if pattern[position] == "(" else position + 1
        return position + 1


@breaks("files_are_not_run")
class Unpickles(Engine):
    """Tries whether a file is a pickle before it reads it."""

    def restore(self, path: Path, file_format: Format, omitted: Mapping[str, Any]) -> Model:
        with suppress(Exception):
            pickle.loads(path.read_bytes())
        return super().restore(path, file_format, omitted)


@breaks("loading_only_reads", "files_are_not_run")
class AsksTheNetwork(Engine):
    """Asks whether there is a newer file before it reads the one it was given."""

    def restore(self, path: Path, file_format: Format, omitted: Mapping[str, Any]) -> Model:
        with suppress(OSError), socket.socket() as connection:
            connection.settimeout(0.01)
            connection.connect(("127.0.0.1", 9))
        return super().restore(path, file_format, omitted)


@breaks("loading_only_reads")
class KeepsANote(Engine):
    """Writes an index beside the file that it reads, so that it is quicker the next time."""

    def restore(self, path: Path, file_format: Format, omitted: Mapping[str, Any]) -> Model:
        model = super().restore(path, file_format, omitted)
        path.with_name("index").write_bytes(b"")
        return model


class _Remembers(Staged):
    def __init__(self) -> None:
        self.row: list[int] = []


@breaks("answers_do_not_depend_on_earlier_calls")
class LeavesSomethingBehind(_Remembers):
    """Collects ids in a list of its own, which a refused text leaves as it was."""

    def encode(
        self,
        model: Model,
        text: str,
        *,
        allowed_special: SpecialTokens = (),
        disallowed_special: SpecialTokens = "all",
    ) -> Sequence[int]:
        self.row += self.ordinary(model, text.partition("\ud800")[0])
        ids = super().encode(model, text, allowed_special=allowed_special, disallowed_special=disallowed_special)
        left, self.row = self.row[: -len(ids) or None], []
        return [*left[: len(left) - len(ids)], *ids]


@breaks("threads_do_not_disturb_each_other")
class SharesItsRow(_Remembers):
    """Collects ids in a list that all threads share."""

    def encode(
        self,
        model: Model,
        text: str,
        *,
        allowed_special: SpecialTokens = (),
        disallowed_special: SpecialTokens = "all",
    ) -> Sequence[int]:
        self.row = []
        ids = super().encode(model, text, allowed_special=allowed_special, disallowed_special=disallowed_special)
        # Long enough for every other thread to have begun, and to have added its ids.
        time.sleep(0.005)
        self.row += ids
        time.sleep(0.005)
        return list(self.row)


@breaks("answers_belong_to_the_caller")
class GivesItsOwnList(Staged):
    """Keeps the last answer, and gives the same list when it is asked again."""

    def __init__(self) -> None:
        self.kept: tuple[Model, str, Sequence[int]] | None = None

    def encode_ordinary(self, model: Model, text: str) -> Sequence[int]:
        if self.kept is None or self.kept[0] is not model or self.kept[1] != text:
            self.kept = model, text, super().encode_ordinary(model, text)
        return self.kept[2]


@breaks("copies_answer_alike")
class CopiesWithoutSpecialTokens(Staged):
    """Leaves out of a pickle what was added after the merges."""

    def encode_copied(self, model: Model, text: str, way: str, *, allowed_special: SpecialTokens) -> Sequence[int]:
        bare = model.change(special_tokens={}, aliases={}) if way == "pickle" else model
        return super().encode_copied(bare, text, way, allowed_special=allowed_special)
