"""Other people's trainers, each as a function from texts to the tokens that it makes, in order."""

from __future__ import annotations

from collections.abc import Sequence

import rustbpe
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

from bpe.byte_order import BYTE_TO_CHARACTER, CHARACTER_TO_BYTE


def train_rustbpe(texts: Sequence[str], merges: int, pattern: str) -> list[bytes]:
    """Return the tokens that rustbpe makes after the 256 bytes."""
    tokenizer = rustbpe.Tokenizer()
    tokenizer.train_from_iterator(list(texts), 256 + merges, pattern=pattern)
    ranked = sorted((rank, bytes(token)) for token, rank in tokenizer.get_mergeable_ranks())
    return [token for _, token in ranked[256:]]


def train_hugging_face(texts: Sequence[str], merges: int, pattern: str, min_frequency: int = 1) -> list[bytes]:
    """Return the tokens that Hugging Face's BpeTrainer makes after the 256 bytes."""
    tokenizer = Tokenizer(models.BPE())
    split = pre_tokenizers.Split(Regex(pattern), behavior="isolated")
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, byte_level])
    trainer = trainers.BpeTrainer(
        vocab_size=256 + merges,
        min_frequency=min_frequency,
        initial_alphabet=list(BYTE_TO_CHARACTER.values()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    vocabulary: dict[str, int] = tokenizer.get_vocab()
    made = sorted((token for token in vocabulary if len(token) > 1), key=vocabulary.__getitem__)
    return [bytes(CHARACTER_TO_BYTE[character] for character in token) for token in made]
