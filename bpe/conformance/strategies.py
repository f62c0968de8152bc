"""Strategies for texts, ids and trainings that reach what tokenizers get wrong.

Texts are drawn as lists of parts that are joined, and the parts are the model's own tokens, their neighbours and known hazards.
Letters drawn one by one from all of Unicode almost never merge; a text drawn as one string shrinks to a longer counterexample than it need.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from bpe.conformance.hazards import BYTE_CHUNKS, HAZARDS, SURROGATE_CHUNKS, TRAINING_TEXTS
from bpe.conformance.model import Model, Training
from bpe.conformance.model_strategies import Models, lists_of, patterns, special_texts
from bpe.conformance.plain_merging import merge_alone

# --- texts ---------------------------------------------------------------------------------------


def joined_texts(parts: Sequence[str], max_size: int = 12) -> SearchStrategy[str]:
    """Return texts made of the given parts, which are best listed simplest first."""
    return lists_of(st.sampled_from(parts), usual=4, max_size=max_size).map("".join)


#: Tokens of so many letters come up in lists of letters.
_SHORT = 3


def _core(model: Model) -> tuple[str, ...]:
    """Return the letters of a model's tokens, and those tokens that letters drawn one by one would seldom make.

    A short token is left to its letters: as one part, it would keep a counterexample from becoming smaller.
    """
    found = [text for text in model.token_texts[:1000] if len(text) > _SHORT]
    values = set(b"".join(token for token in islice(model.tokens.values(), 2000) if len(token) > 1))
    # A token may be part of a character; the characters that alphabets have bring its bytes together.
    letters = ("".join(map(chr, sorted(values & set(range(0x80))))) or "ab") + "é😀😃" * (
        max(values, default=0) >= 0x80
    )
    return tuple(dict.fromkeys((*letters, *"".join(model.token_texts[:1000]), *found)))


def _around_special_tokens(model: Model) -> tuple[str, ...]:
    """Return the special tokens, and what is left of each without its first or last character."""
    return tuple(part for token in model.special_tokens for part in (token, token[:-1], token[1:]) if part)


def pieces(model: Model) -> SearchStrategy[str]:
    """Return texts that make a model merge."""
    return joined_texts(_core(model))


def texts(model: Model) -> SearchStrategy[str]:
    """Return scalar texts of every kind: of a model's tokens, special tokens and hazards, and of any characters."""
    own = (*_core(model), *_around_special_tokens(model))
    return joined_texts(own) | _with_characters((*own, *HAZARDS))


def any_texts() -> SearchStrategy[str]:
    """Return scalar texts of hazards, and of any characters."""
    return joined_texts(HAZARDS, max_size=12) | _with_characters(HAZARDS)


def scalars() -> SearchStrategy[str]:
    """Return single characters, surrogates excepted."""
    return st.characters(exclude_categories=["Cs"])


def _with_characters(parts: Sequence[str]) -> SearchStrategy[str]:
    return lists_of(st.sampled_from(parts) | scalars(), usual=4, max_size=12).map("".join)


def surrogate_texts() -> SearchStrategy[str]:
    """Return texts with surrogates, alone and in pairs."""
    return joined_texts(SURROGATE_CHUNKS, max_size=6)


def byte_strings() -> SearchStrategy[bytes]:
    """Return byte strings, UTF-8 and not."""
    return lists_of(st.sampled_from(BYTE_CHUNKS), usual=3, max_size=8).map(b"".join) | st.binary(max_size=8)


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
    around = joined_texts((*_around_special_tokens(model), "a", " "))
    alone = st.sampled_from(tuple(model.special_tokens) or ("",))
    return model, draw(around | alone | texts(model)), draw(_subsets(tuple(model.special_tokens)))


def _subsets(tokens: tuple[str, ...]) -> SearchStrategy[frozenset[str]]:
    """Return sets of tokens: all of them, one of them, or any."""
    if not tokens:
        return st.just(frozenset())
    one = st.sampled_from(tokens)
    return st.just(frozenset(tokens)) | one.map(lambda token: frozenset({token})) | st.frozensets(one)


def with_special_tokens(given: Models) -> Models:
    """Return those models that have special tokens."""
    return given.filter(lambda model: bool(model.special_tokens))


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
