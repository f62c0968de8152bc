"""Chapter B: text is a sequence of scalar values, and has bytes."""

from __future__ import annotations

from collections.abc import Callable, Collection

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from bpe.conformance.clauses import clause
from bpe.conformance.hazards import LOOK_ALIKES
from bpe.conformance.model import Model
from bpe.conformance.model_strategies import Models, models
from bpe.conformance.plain_text import first_fault, first_surrogate, repair, text_of, utf8
from bpe.conformance.protocol import Counts, DecodesEveryWay, Encodes, EncodesBatches, GivesOffsets, Loads
from bpe.conformance.refusal import refusal_of
from bpe.conformance.strategies import byte_strings, joined_texts, surrogate_texts, texts


def bytes_of(target: Encodes, model: Model, text: str) -> bytes:
    """Return the bytes of a text, as far as a black box shows them: those of its ids."""
    return target.decode_bytes(model, target.encode_ordinary(model, text))


@st.composite
def _with_unusual_text(draw: DrawFn, given: Models) -> tuple[Model, str]:
    """Return a model and a text, often of what some normalisation changes."""
    model = draw(given)
    return model, draw(joined_texts([text for pair in LOOK_ALIKES for text in pair], max_size=6) | texts(model))


@st.composite
def _with_place(draw: DrawFn, given: Models) -> tuple[Model, str, str]:
    """Return a model, and what stands before and after a place in a text."""
    model = draw(given)
    return model, draw(texts(model)), draw(texts(model))


@st.composite
def _with_surrogates(draw: DrawFn, given: Models) -> tuple[Model, str]:
    return draw(given), draw(surrogate_texts())


@st.composite
def _with_bytes(draw: DrawFn, given: Models) -> tuple[Model, bytes]:
    return draw(given), draw(byte_strings())


@clause("B1", _with_unusual_text, black_box=True)
def bytes_are_utf8(target: Encodes, model: Model, text: str) -> None:
    """The bytes of a text MUST be the UTF-8 form (RFC 3629) of its sequence of Unicode scalar values."""
    assert bytes_of(target, model, text) == utf8(text)


@clause("B2", _with_unusual_text, black_box=True)
def bytes_concatenate(target: Encodes, model: Model, text: str) -> None:
    """The bytes of two scalar texts, one after the other, MUST be the bytes of the first and then those of the second."""
    whole = bytes_of(target, model, text)
    for cut in range(1, len(text)):
        assert bytes_of(target, model, text[:cut]) + bytes_of(target, model, text[cut:]) == whole


@clause("B3", _with_place, black_box=True)
def different_texts_have_different_bytes(target: Encodes, model: Model, before: str, after: str) -> None:
    """Different scalar texts MUST have different bytes."""
    for first, second in LOOK_ALIKES:
        if before + first + after != before + second + after:
            data = bytes_of(target, model, before + first + after)
            assert data != bytes_of(target, model, before + second + after), f"{first!r} is {second!r}"


@clause("B4", _with_surrogates, black_box=True)
def surrogates_are_refused_or_repaired(target: Encodes, model: Model, text: str) -> None:
    """Every entry point MUST refuse text that holds a surrogate, naming its index, or, under the profile `replace`, take each high–low pair for its scalar and every other surrogate for U+FFFD."""
    index = first_surrogate(text)
    assume(index is not None)
    for encode in _entry_points(target, model):
        if model.surrogates == "replace":
            assert encode(text) == encode(repair(text))
        else:
            refusal = refusal_of(lambda encode=encode: encode(text))  # type: ignore[misc]
            assert refusal is not None, "a surrogate is taken without a word"
            assert refusal.names(index), f"the refusal does not name the index {index}: {refusal}"


def _entry_points(target: Encodes, model: Model) -> list[Callable[[str], object]]:
    """Return every way into the target that takes text, special tokens allowed where it can be said."""
    every: Collection[str] = tuple(model.special_tokens)
    ways: list[Callable[[str], object]] = [
        lambda text: list(target.encode_ordinary(model, text)),
        lambda text: list(target.encode(model, text, disallowed_special=())),
        lambda text: list(target.encode(model, text, allowed_special=every)),
    ]
    if isinstance(target, Counts):
        ways.append(lambda text: target.count(model, text, allowed_special=every))
        ways.append(lambda text: target.is_within_limit(model, text, 3, allowed_special=every))
    if isinstance(target, EncodesBatches):
        ways.append(lambda text: target.encode_batch(model, ["a", text], allowed_special=every, workers=2))
    if isinstance(target, GivesOffsets):
        ways.append(lambda text: target.encode_with_offsets(model, text, allowed_special=every))
    return ways


@clause("B4", st.tuples(models(), surrogate_texts(), surrogate_texts()))
def repair_looks_at_the_whole_text(target: Loads, model: Model, first: str, second: str) -> None:
    """Every entry point MUST refuse text that holds a surrogate, naming its index, or, under the profile `replace`, take each high–low pair for its scalar and every other surrogate for U+FFFD."""
    replacing = model.change(surrogates="replace")
    assert bytes_of(target, replacing, first + second) == utf8(repair(first + second))


@clause("B5", _with_bytes)
def decoding_replaces_maximal_subparts(target: DecodesEveryWay, model: Model, data: bytes) -> None:
    """Decoding bytes to text MUST put, under `replace`, one U+FFFD for each maximal subpart of an ill-formed sequence, and MUST refuse, under `strict`, bytes that are not UTF-8, naming the offset of the first at fault."""
    ids = [model.ids[bytes([value])] for value in data]
    assert target.decode(model, ids) == text_of(data)
    offset = first_fault(data)
    if offset is None:
        assert target.decode(model, ids, errors="strict") == data.decode()
    else:
        refusal = refusal_of(lambda: target.decode(model, ids, errors="strict"))
        assert refusal is not None, "bytes that are not UTF-8 are taken for text"
        assert refusal.names(offset), f"the refusal does not name the offset {offset}: {refusal}"
