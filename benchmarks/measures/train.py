"""Training: the seconds to learn a vocabulary from documents of all kinds of text, and the memory that it takes.

The order in which the 256 bytes are numbered decides ties: ours numbers them by value, as rustbpe does, or as GPT-2 did, like Hugging Face.
Then the merges are the same, and that is checked.
Each trainer has one core.
Every trainer gives a tokenizer with its merges.
Ours makes the tables that encoding needs when it first encodes, so the first encode of a word is measured too, by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Final, NamedTuple

from benchmarks.jobs import Job, Record
from benchmarks.texts import corpus
from benchmarks.timing import forget_peak, peak_bytes, resident_bytes, timed
from bpe.byte_order import BYTE_TO_CHARACTER, CHARACTER_TO_BYTE
from bpe.patterns import NAMED_PATTERNS

#: All trainers understand this form, in which no quantifier is possessive.
PATTERN: Final = NAMED_PATTERNS["cl100k_original"]


class Trained(NamedTuple):
    """What a trainer gives: the tokens in the order in which they were made, and encoding."""

    tokens: Callable[[], list[bytes]]
    encode: Callable[[str], object]


def measure(job: Job) -> Iterator[Record]:
    """Yield the seconds, the memory, and the tokens in the order in which they were made; `option` is the order of bytes."""
    documents = corpus(job.size)
    prepare = TRAINERS[job.tool]
    forget_peak()
    before = resident_bytes()
    taken, trained = timed(partial(prepare, documents, job.vocabulary_size, job.option))
    memory = peak_bytes() - before
    first, _ = timed(partial(trained.encode, "word"))
    made = [token.hex() for token in trained.tokens()]
    size = sum(len(each.encode()) for each in documents)
    yield job.record(**taken, memory=memory, bytes=size, tokens=made, first_encode=first["cpu"])


def _train_ours(documents: list[str], vocabulary_size: int, order: str) -> Trained:
    bpe = import_module("bpe")
    tokenizer = bpe.train(documents, vocabulary_size, pattern=PATTERN, byte_order=order)
    return Trained(lambda: list(tokenizer.vocabulary.token_bytes.values())[256:], tokenizer.encode)


def _train_rustbpe(documents: list[str], vocabulary_size: int, order: str) -> Trained:
    del order
    tokenizer = import_module("rustbpe").Tokenizer()
    tokenizer.train_from_iterator(documents, vocabulary_size, pattern=PATTERN)
    return Trained(lambda: _rustbpe_tokens(tokenizer.get_mergeable_ranks()), tokenizer.encode)


def _rustbpe_tokens(ranks: list[tuple[list[int], int]]) -> list[bytes]:
    return [bytes(token) for token, rank in sorted(ranks, key=_rank) if rank >= 256]


def _rank(entry: tuple[object, int]) -> int:
    return entry[1]


def _train_hugging_face(documents: list[str], vocabulary_size: int, order: str) -> Trained:
    del order
    package = import_module("tokenizers")
    pre_tokenizers, trainers = package.pre_tokenizers, package.trainers
    tokenizer = package.Tokenizer(package.models.BPE())
    split = pre_tokenizers.Split(package.Regex(PATTERN), behavior="isolated")
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, byte_level])
    alphabet = list(BYTE_TO_CHARACTER.values())
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size, min_frequency=1, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(documents, trainer)
    return Trained(lambda: _hugging_face_tokens(tokenizer.get_vocab()), tokenizer.encode)


def _hugging_face_tokens(vocabulary: dict[str, int]) -> list[bytes]:
    made = sorted((token for token in vocabulary if len(token) > 1), key=vocabulary.__getitem__)
    return [bytes(CHARACTER_TO_BYTE[character] for character in token) for token in made]


TRAINERS: Final[dict[str, Callable[[list[str], int, str], Trained]]] = {
    "bpe-spec": _train_ours,
    "rustbpe": _train_rustbpe,
    "tokenizers": _train_hugging_face,
}

#: Each trainer with the order of bytes that it has; ours has both.
CONTENDERS: Final = (("bpe-spec", "value"), ("rustbpe", "value"), ("bpe-spec", "gpt2"), ("tokenizers", "gpt2"))
