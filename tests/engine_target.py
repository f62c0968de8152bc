"""What users hold as a target of `bpe.conformance`: `bpe.Tokenizer`, with either engine under it, its files and its encodings."""

# ruff: noqa: D102 - the protocols in bpe.conformance say what each method does

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from unittest.mock import patch

import bpe
from bpe.conformance import Model, Training
from bpe.conformance.protocol import SpecialTokens
from bpe.conformance.protocol_training import PairCounts
from bpe.conformance.serving import exchange
from bpe.engine import COMPILED, pre_token_counts, training
from bpe.engine.encoding import PortableEncoder
from bpe.targets.own import TokenizerTarget
from bpe.targets.own_models import refusing, to_vocabulary
from bpe.targets.portable_stages import PortableStages
from bpe.vocabulary import Vocabulary
from tests.copies import COPIES
from tests.elsewhere import Elsewhere
from tests.files_target import Files


class Running(TokenizerTarget, Files):
    """What users hold, with the engine under it that runs, and what only tests ask for besides."""

    name: str

    def __init__(self) -> None:
        super().__init__()
        self._elsewhere = Elsewhere()

    def exchange(self, lines: Sequence[str]) -> Sequence[str]:
        return exchange(self, lines)

    @property
    def ways_to_copy(self) -> Sequence[str]:
        return tuple(COPIES)

    @refusing
    def encode_copied(self, model: Model, text: str, way: str, *, allowed_special: SpecialTokens) -> Sequence[int]:
        tokenizer: bpe.Tokenizer = COPIES[way](self.tokenizer(model))
        return tokenizer.encode(text, allowed_special=allowed_special, disallowed_special=())

    def encode_elsewhere(
        self, model: Model, text: str, *, allowed_special: SpecialTokens, hash_seed: int
    ) -> Sequence[int]:
        allowed = allowed_special if isinstance(allowed_special, str) else sorted(allowed_special)
        return self._elsewhere.encode(to_vocabulary(model), text, allowed, hash_seed % 3)

    def close(self) -> None:
        """End the processes that were started."""
        self._elsewhere.close()


class Engine(PortableStages, Running):
    """What users hold, with the portable engine under it, whichever runs."""

    name = "engine"

    def make(self, vocabulary: Vocabulary) -> bpe.Tokenizer:
        tokenizer = bpe.Tokenizer.from_vocabulary(vocabulary)
        object.__setattr__(tokenizer, "_encoder", PortableEncoder(vocabulary))
        return tokenizer

    def count_pre_tokens(self, texts: Sequence[str], pattern: str | None) -> Mapping[str, int]:
        with _portable_trainer():
            return super().count_pre_tokens(texts, pattern)

    def train(self, given: Training) -> Model:
        with _portable_trainer():
            return super().train(given)

    def pair_statistics(self, given: Training) -> Sequence[PairCounts]:
        with _portable_trainer():
            return super().pair_statistics(given)


@contextmanager
def _portable_trainer() -> Iterator[None]:
    """Let `bpe.training` use the portable trainer."""
    with patch.multiple(
        "bpe.training",
        start_counting=pre_token_counts.start_counting,
        train_merges=training.train_merges,
        train_untraced=training.train_untraced,
    ):
        yield


if COMPILED:
    from bpe.targets.compiled_stages import CompiledStages

    class Kernels(CompiledStages, Running):
        """What users hold, with the compiled engine under it."""

        name = "kernels"
