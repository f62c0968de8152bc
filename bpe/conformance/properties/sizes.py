"""What shows in quantity alone: in long texts, in one token of many, in one character at one place."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from bpe.conformance.clauses import clause
from bpe.conformance.hazards import CHARACTERS, FRAMES
from bpe.conformance.model import Model
from bpe.conformance.model_strategies import Models
from bpe.conformance.plain_text import first_fault, utf8
from bpe.conformance.protocol import DecodesAnyIds, Encodes, Loads
from bpe.conformance.strategies import repeat, repeated_texts

#: Into so many parts a vocabulary is divided; a part is one case, so that a run of a few hundred has seen every token.
PARTS: Final = 50

#: So many characters are one case, so that a short run has seen them all.
FEW: Final = 5


@st.composite
def _with_repeated(draw: DrawFn, given: Models) -> tuple[Model, str, int]:
    """Return a model, what a long text repeats, and its length."""
    model = draw(given)
    unit, length = draw(repeated_texts(model))
    return model, unit, length


@st.composite
def _with_tokens(draw: DrawFn, given: Models) -> tuple[Model, int, int]:
    """Return a model, and the first and the last but one of some of its tokens, counted in the model's order."""
    model = draw(given)
    size = -(-len(model.tokens) // PARTS)
    start = draw(st.integers(0, PARTS - 1)) * size
    return model, start, start + size


@st.composite
def _with_characters(draw: DrawFn, given: Models) -> tuple[Model, str]:
    """Return a model and a few of the characters that people disagree about."""
    start = draw(st.integers(0, (len(CHARACTERS) - 1) // FEW)) * FEW
    return draw(given), "".join(CHARACTERS[start : start + FEW])


@clause("E1", _with_repeated, black_box=True)
def long_texts_are_given_back(target: Encodes, model: Model, unit: str, length: int) -> None:
    """Decoding the ids of a scalar text to bytes MUST give the bytes of the text, up to declared aliases of special tokens."""
    text = repeat(unit, length)
    assert target.decode_bytes(model, target.encode_ordinary(model, text)) == utf8(text)


@clause("E9", _with_repeated)
def long_texts_are_encoded_as_defined(target: Encodes, reference: Loads, model: Model, unit: str, length: int) -> None:
    """The ids of every text under every vocabulary MUST be those that the definition gives, and so MUST its refusals."""
    text = repeat(unit, length)
    assert list(target.encode_ordinary(model, text)) == list(reference.encode_ordinary(model, text))


@clause("E9", _with_tokens, sweeps=True)
def each_token_is_that_of_the_definition(
    target: Encodes, reference: Loads, model: Model, start: int, stop: int
) -> None:
    """The ids of every text under every vocabulary MUST be those that the definition gives, and so MUST its refusals."""
    decodes_any_ids = isinstance(target, DecodesAnyIds)  # asked once: it takes longer than to decode a token
    for token_id, token in tuple(model.tokens.items())[start:stop]:
        if decodes_any_ids:
            assert target.decode_bytes(model, [token_id]) == token, f"the id {token_id}"
        if token.isascii() or first_fault(token) is None:
            text = token.decode()
            ids = list(reference.encode_ordinary(model, text))
            assert list(target.encode_ordinary(model, text)) == ids, f"the text {text!r}"


@clause("E9", _with_characters, sweeps=True)
def each_character_is_cut_as_defined(target: Encodes, reference: Loads, model: Model, characters: str) -> None:
    """The ids of every text under every vocabulary MUST be those that the definition gives, and so MUST its refusals."""
    for text in (frame.format(character) for character in characters for frame in FRAMES):
        ids = list(reference.encode_ordinary(model, text))
        assert list(target.encode_ordinary(model, text)) == ids, f"the text {text!r}"
