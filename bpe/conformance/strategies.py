"""Strategies for texts, ids and trainings that reach what tokenizers get wrong.

Texts are drawn as lists of parts that are joined, and the parts are the model's own tokens, their neighbours and known hazards.
Letters drawn one by one from all of Unicode almost never merge; a text drawn as one string shrinks to a longer counterexample than it need.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Final, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from bpe.conformance.hazards import (
    BYTE_CHUNKS,
    CHARACTERS,
    FRAMES,
    HAZARDS,
    RUN_LENGTHS,
    SHORT_RUN_LENGTHS,
    SURROGATE_CHUNKS,
    TEXT_LENGTHS,
    TRAINING_TEXTS,
    WORD_ENDS,
)
from bpe.conformance.model import Model, Training
from bpe.conformance.model_strategies import Models, lists_of, patterns, special_texts
from bpe.conformance.plain_merging import merge_alone

#: A vocabulary of so many tokens is a real one, and so is one of which less than the bytes is known.
REAL_SIZE: Final = 1_000

T = TypeVar("T")


def _once_for_each_model(make: Callable[[Model], T]) -> Callable[[Model], T]:
    """Keep what is made of a model with the model: a strategy for a hundred thousand tokens takes its time to make."""

    @wraps(make)
    def kept(model: Model) -> T:
        if make not in model.strategies:
            model.strategies[make] = make(model)
        made: T = model.strategies[make]
        return made

    return kept


# --- texts ---------------------------------------------------------------------------------------


def joined_texts(parts: Sequence[str], max_size: int = 12) -> SearchStrategy[str]:
    """Return texts made of the given parts, which are best listed simplest first."""
    return lists_of(st.sampled_from(parts), usual=4, max_size=max_size).map("".join)


def _around_special_tokens(model: Model) -> tuple[str, ...]:
    """Return the special tokens, and what is left of each without its first or last character."""
    return tuple(part for token in model.special_tokens for part in (token, token[:-1], token[1:]) if part)


@_once_for_each_model
def pieces(model: Model) -> SearchStrategy[str]:
    """Return texts that make a model merge."""
    return joined_texts(model.parts)


@_once_for_each_model
def texts(model: Model) -> SearchStrategy[str]:
    """Return scalar texts of every kind: of a model's tokens, special tokens and hazards, and of any characters."""
    own = (*model.parts, *_around_special_tokens(model))
    # Of a real vocabulary the parts are many, and the hazards are drawn beside them, not among them.
    mixed = st.sampled_from(own) | st.sampled_from(model.token_texts or own) | _hazards() | _repeats(own)
    return joined_texts(own) | _joined(mixed)


def _repeats(parts: Sequence[str]) -> SearchStrategy[str]:
    """Return parts a few times over: the ties that only equal neighbours make."""
    return st.builds(str.__mul__, st.sampled_from(parts), st.integers(2, 5))


def _hazards() -> SearchStrategy[str]:
    """Return hazards, characters in places that show what class they have, and any characters."""
    framed = st.builds(str.format, st.sampled_from(FRAMES), st.sampled_from(CHARACTERS))
    return st.sampled_from(HAZARDS) | framed | scalars()


def any_texts() -> SearchStrategy[str]:
    """Return scalar texts of hazards, and of any characters."""
    return joined_texts(HAZARDS, max_size=12) | _joined(_hazards())


def scalars() -> SearchStrategy[str]:
    """Return single characters, surrogates excepted."""
    return st.characters(exclude_categories=["Cs"])


def _joined(parts: SearchStrategy[str]) -> SearchStrategy[str]:
    return lists_of(parts, usual=4, max_size=12).map("".join)


def surrogate_texts() -> SearchStrategy[str]:
    """Return texts with surrogates, alone and in pairs."""
    return joined_texts(SURROGATE_CHUNKS, max_size=6)


def byte_strings() -> SearchStrategy[bytes]:
    """Return byte strings, UTF-8 and not."""
    return lists_of(st.sampled_from(BYTE_CHUNKS), usual=3, max_size=8).map(b"".join) | st.binary(max_size=8)


@_once_for_each_model
def repeated_texts(model: Model) -> SearchStrategy[tuple[str, int]]:
    """Return what a long text repeats, and its length: a run as long as a slow tokenizer bears, or very many words.

    A model of few tokens is there to be read, and gets short ones.
    """
    letters = tuple(dict.fromkeys("".join(model.parts)))
    some = lists_of(st.sampled_from(model.parts) | st.sampled_from(HAZARDS), usual=1, max_size=4).map("".join)
    tokens = st.sampled_from(model.parts) | st.sampled_from(model.token_texts or model.parts)
    unit = st.sampled_from(letters) | tokens | some.filter(bool)
    if 256 <= len(model.tokens) < REAL_SIZE:
        return st.tuples(unit, st.sampled_from(SHORT_RUN_LENGTHS))
    words = st.builds(str.__add__, unit, st.sampled_from(WORD_ENDS))
    return st.tuples(unit, st.sampled_from(RUN_LENGTHS)) | st.tuples(words, st.sampled_from(TEXT_LENGTHS))


def repeat(unit: str, length: int) -> str:
    """Return a text of a length that repeats another.

    >>> repeat("ab", 5)
    'ababa'
    """
    return (unit * (length // len(unit) + 1))[:length]


# --- cases ---------------------------------------------------------------------------------------


@st.composite
def with_text(draw: DrawFn, given: Models) -> tuple[Model, str]:
    """Return a model and a text of every kind."""
    model = draw(given)
    return model, draw(texts(model))


@st.composite
def with_piece(draw: DrawFn, given: Models) -> tuple[Model, str]:
    """Return a model and a text that makes it merge."""
    model = draw(given)
    return model, draw(pieces(model))


@st.composite
def with_allowed(draw: DrawFn, given: Models) -> tuple[Model, str, frozenset[str]]:
    """Return a model, a text, mostly with special tokens in it, and a set of special tokens to allow."""
    model = draw(given)
    return model, draw(_special_texts(model)), draw(_subsets(tuple(model.special_tokens)))


@_once_for_each_model
def _special_texts(model: Model) -> SearchStrategy[str]:
    around = joined_texts((*_around_special_tokens(model), "a", " "))
    alone = st.sampled_from(tuple(model.special_tokens) or ("",))
    return around | alone | texts(model)


def _subsets(tokens: tuple[str, ...]) -> SearchStrategy[frozenset[str]]:
    """Return sets of tokens: all of them, one of them, or any."""
    if not tokens:
        return st.just(frozenset())
    one = st.sampled_from(tokens)
    return st.just(frozenset(tokens)) | one.map(lambda token: frozenset({token})) | st.frozensets(one)


def with_special_tokens(given: Models) -> Models:
    """Return those models that have special tokens."""
    return given.filter(lambda model: bool(model.special_tokens))


@_once_for_each_model
def id_lists(model: Model) -> SearchStrategy[list[int]]:
    """Return lists of ids that a model has, those of texts among them."""
    longer = [token_id for token_id, token in model.tokens.items() if len(token) > 1][:500]
    values = dict.fromkeys(b"ab" + b"".join(model.tokens[token_id] for token_id in longer))
    letters = [model.ids[single] for value in values if (single := bytes([value])) in model.ids]
    known = [*letters, *longer, *model.special_tokens.values()]
    if not known:
        return st.just([])
    ids = lists_of(st.sampled_from(known), usual=3, max_size=8)
    if any(bytes([value]) not in model.ids for value in range(256)):  # what merging gives is not known
        return ids
    return ids | pieces(model).map(lambda piece: merge_alone(model, piece.encode()))


# --- training ------------------------------------------------------------------------------------


def corpora() -> SearchStrategy[tuple[str, ...]]:
    """Return a few short texts of few letters."""
    return lists_of(joined_texts(TRAINING_TEXTS, max_size=8), usual=2, max_size=6).map(tuple)


def trainings(**fixed: SearchStrategy[Any]) -> SearchStrategy[Training]:
    """Return trainings of every profile; `fixed` gives strategies for some of the fields."""
    fields: dict[str, SearchStrategy[Any]] = {
        "texts": corpora(),
        "merges": st.integers(0, 12),
        "pattern": st.none() | patterns(),
        "special_tokens": special_texts(max_size=2).map(tuple),
        "tie_break": st.sampled_from(("smallest-pair", "first-seen", "largest-bytes")),
        "min_frequency": st.integers(1, 3),
        "byte_order": st.sampled_from(("value", "gpt2")),
    }
    return st.builds(Training, **(fields | fixed))
