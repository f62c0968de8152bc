"""transformers as a target: the tokenizer of a folder on this machine, never of the hub."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bpe.conformance.faults import AdapterFault
from bpe.targets.object_target import described_target
from bpe.targets.special_shapes import AllOrNothing
from bpe.targets.tokenizer_json import read_tokenizer_json


def open_transformers(argument: str) -> Any:
    """Return the target for a folder that `AutoTokenizer.from_pretrained` reads."""
    if not Path(argument).is_dir():
        raise AdapterFault(f"transformers:{argument}: there is no such folder, and nothing is fetched")
    # The library reads these when it is imported.
    os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    from transformers import AutoTokenizer  # noqa: PLC0415 - offline comes first

    try:
        made = FromTransformers(AutoTokenizer.from_pretrained(argument, local_files_only=True))
    except (OSError, ValueError, KeyError) as fault:
        raise AdapterFault(f"transformers:{argument}: {fault}") from fault
    return described_target(made, f"transformers:{argument}", "transformers", made.model)


class FromTransformers(AllOrNothing):
    """A pretrained tokenizer without what it adds around a text."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        backend = getattr(tokenizer, "backend_tokenizer", None)
        self.model = None if backend is None else read_tokenizer_json(backend.to_str())
        self.special = frozenset(tokenizer.all_special_tokens)

    def everything(self, text: str) -> Sequence[int]:
        """Return the ids of a text in which each special token is taken."""
        ids: Sequence[int] = self._tokenizer.encode(text, add_special_tokens=False)
        return ids

    def encode_ordinary(self, text: str) -> Sequence[int]:
        """Return the ids of a text in which no special token is taken."""
        ids: Sequence[int] = self._tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True)
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ids, with the special tokens in it."""
        text: str = self._tokenizer.decode(list(ids), skip_special_tokens=False, clean_up_tokenization_spaces=False)
        return text
