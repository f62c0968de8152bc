"""Hugging Face's tokenizers as a target: a `tokenizer.json`, or the folder that has it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from bpe.conformance.faults import AdapterFault
from bpe.targets.object_target import described_target
from bpe.targets.special_shapes import AllOrNothing
from bpe.targets.tokenizer_json import read_tokenizer_json


def open_tokenizers(argument: str) -> Any:
    """Return the target for a file or a folder; its vocabulary is known where the pipeline is byte-level BPE alone."""
    path = Path(argument)
    path = path / "tokenizer.json" if path.is_dir() else path
    if not path.is_file():
        raise AdapterFault(f"tokenizers:{argument}: there is no file {path}")
    try:
        made = FromTokenizers(path.read_text(encoding="utf-8"))
    except Exception as fault:  # the library raises `Exception` itself
        raise AdapterFault(f"tokenizers:{argument}: {fault}") from fault
    return described_target(made, f"tokenizers:{argument}", "tokenizers", made.model)


class FromTokenizers(AllOrNothing):
    """A `tokenizers.Tokenizer` without what its post-processor adds around a text."""

    def __init__(self, described: str) -> None:
        self._taking: Tokenizer = Tokenizer.from_str(described)
        # The switch is the tokenizer's, not the call's; two tokenizers leave threads alone.
        self._leaving: Tokenizer = Tokenizer.from_str(described)
        self._leaving.encode_special_tokens = True
        self.model = read_tokenizer_json(described)
        added = self._taking.get_added_tokens_decoder().values()
        self.special = frozenset(token.content for token in added if token.special)

    def everything(self, text: str) -> Sequence[int]:
        """Return the ids of a text in which each special token is taken."""
        ids: Sequence[int] = self._taking.encode(text, add_special_tokens=False).ids
        return ids

    def encode_ordinary(self, text: str) -> Sequence[int]:
        """Return the ids of a text in which no special token is taken."""
        ids: Sequence[int] = self._leaving.encode(text, add_special_tokens=False).ids
        return ids

    def encode_batch(self, texts: Sequence[str], allowed_special: Any = (), disallowed_special: Any = ()) -> Any:
        """Return the ids of each text."""
        for text in texts:
            self.encode(text, allowed_special=allowed_special, disallowed_special=disallowed_special)
        tokenizer = self._taking if allowed_special else self._leaving
        return [each.ids for each in tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ids, with the special tokens in it."""
        text: str = self._taking.decode(list(ids), skip_special_tokens=False)
        return text
