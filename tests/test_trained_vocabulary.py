"""What `bpe.train` takes as it is: a trained vocabulary without checks, merges without a trace, an encoder made when used."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bpe
from bpe.byte_order import ByteOrder, byte_order
from bpe.engine import trainer
from bpe.engine import training as portable
from bpe.errors import SpecialTokenConflictError
from bpe.reference import training as definition
from bpe.reference.training import MergeStep, TieBreak
from bpe.vocabulary import Merge, TokenId, Vocabulary, single_bytes, trained_vocabulary

TRAINERS = tuple(dict.fromkeys((portable.train_untraced, trainer.train_untraced)))

TEXTS = st.lists(st.sampled_from(["a", "b", " ", "aa", "ab", "é", "漢", "😀", "<x>"]), max_size=20).map("".join)
CORPORA = st.dictionaries(TEXTS, st.integers(0, 3) | st.just(2**70), max_size=6)
PROFILES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "tie_break": st.sampled_from(get_args(TieBreak)),
        "byte_order": st.sampled_from(get_args(ByteOrder)),
        "min_frequency": st.integers(1, 4),
    }
)


@given(texts=st.lists(TEXTS, max_size=4), merges=st.integers(0, 12), profile=PROFILES)
@pytest.mark.parametrize("special", [[], ["<x>", "<y>"]])
def test_a_trained_vocabulary_is_what_every_check_leaves(
    special: list[str], texts: list[str], merges: int, profile: dict[str, Any]
) -> None:
    """The constructor, which looks at everything, refuses nothing and gives the same (V1, V2, V4)."""
    size = 256 + merges + len(special)
    tokenizer, trace = bpe.train_with_trace(texts, size, pattern="gpt2", special_tokens=special, **profile)
    made = bpe.train(texts, size, pattern="gpt2", special_tokens=special, **profile).vocabulary
    checked = _checked(trace, profile["byte_order"], special)
    expected = _stored(checked)
    for vocabulary in (made, tokenizer.vocabulary):
        assert _stored(vocabulary) == expected
        assert list(vocabulary.token_bytes.items()) == list(checked.token_bytes.items())
        assert vocabulary.fingerprint == checked.fingerprint
    assert all(type(merge) is Merge for merge in made.merges or ())


def _stored(vocabulary: Vocabulary) -> list[tuple[str, type, object]]:
    """Return what the object holds, before anything is looked up and kept."""
    return [(name, type(value), value) for name, value in vars(vocabulary).items()]


def _checked(trace: tuple[MergeStep, ...], order: ByteOrder, special: list[str]) -> Vocabulary:
    tokens = single_bytes(byte_order(order)) | {step.merge.result: step.token for step in trace}
    return Vocabulary(
        tokens,
        merges=tuple(step.merge for step in trace),
        pattern=bpe.train([], 256, pattern="gpt2").vocabulary.pattern,
        special_tokens={text: TokenId(len(tokens) + index) for index, text in enumerate(special)},
    )


@pytest.mark.parametrize("train_untraced", TRAINERS)
@given(corpus=CORPORA, merges=st.integers(0, 12), profile=PROFILES)
def test_without_a_trace_as_the_definition(
    train_untraced: Any, corpus: Mapping[str, int], merges: int, profile: dict[str, Any]
) -> None:
    """Merges and tokens are those of the definition's steps, also where counts exceed 64 bits (T13)."""
    steps = definition.train_merges(corpus, merges, **profile)
    made, tokens = train_untraced(corpus, merges, **profile)
    assert made == tuple(step.merge for step in steps)
    assert tokens == [step.token for step in steps]


def test_special_tokens_are_checked_still() -> None:
    """What a user has given is no trainer's work: a text of another class is refused."""

    class Text(str):
        __slots__ = ()

    with pytest.raises(SpecialTokenConflictError, match="not a non-empty text"):
        trained_vocabulary((), [], range(256), pattern=None, special_tokens=[Text("<x>")], errors="strict")


def test_the_encoder_is_made_once_and_when_used() -> None:
    """Before and after, the tokenizer is the same one to look at, to compare, to copy and to pickle."""
    tokenizer = bpe.train(["aaab"], 257, pattern=None)
    stand_in = tokenizer._encoder
    assert pickle.loads(pickle.dumps(tokenizer)) == tokenizer == copy.copy(tokenizer)
    assert tokenizer._encoder is stand_in
    assert tokenizer.encode("aaab") == [256, 97, 98]
    encoder = tokenizer._encoder
    assert encoder is not stand_in
    assert tokenizer.decode([256]) == "aa"
    assert tokenizer._encoder is encoder
    assert stand_in.encode_ordinary.__self__ is encoder  # type: ignore[attr-defined]


def test_no_other_attribute_appears() -> None:
    tokenizer = bpe.train([], 256, pattern=None)
    with pytest.raises(AttributeError, match="'Tokenizer' object has no attribute 'encoder'"):
        tokenizer.encoder  # type: ignore[attr-defined] # noqa: B018
    assert not hasattr(tokenizer, "__array__")
