"""sentencepiece as a target: a model file, as a black box.

It is no byte-level BPE: most models normalise, add a space, and know characters, not bytes.
The checker says which clauses that breaks, which is what one wants to know before one takes the one for the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bpe.conformance.faults import AdapterFault
from bpe.targets.object_target import described_target


def open_sentencepiece(argument: str) -> Any:
    """Return the target for a model file."""
    import sentencepiece  # noqa: PLC0415 - this module is read where the package is not, too

    if not Path(argument).is_file():
        raise AdapterFault(f"sentencepiece:{argument}: there is no such file")
    try:
        processor = sentencepiece.SentencePieceProcessor(model_file=argument)
    except (OSError, RuntimeError) as fault:
        raise AdapterFault(f"sentencepiece:{argument}: {fault}") from fault
    return described_target(FromSentencepiece(processor), f"sentencepiece:{argument}", "sentencepiece", None)


class FromSentencepiece:
    """A processor, which knows no special tokens in a text."""

    def __init__(self, processor: Any) -> None:
        self._processor = processor

    def encode(self, text: str) -> Sequence[int]:
        """Return the ids of a text."""
        ids: Sequence[int] = self._processor.encode(text, out_type=int)
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ids."""
        text: str = self._processor.decode(list(ids))
        return text
