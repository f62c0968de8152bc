"""Chapters E, D and O: all of it together, and back; batches, counts and offsets."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, pairwise
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from bpe.conformance.clauses import clause
from bpe.conformance.model import Model
from bpe.conformance.model_strategies import Models
from bpe.conformance.plain_merging import merge_alone, scan
from bpe.conformance.plain_text import first_fault, repair, stretches, utf8
from bpe.conformance.protocol import (
    Counts,
    DecodesAnyIds,
    DecodesText,
    Encodes,
    EncodesBatches,
    EncodesBytes,
    GivesOffsets,
    GivesStarts,
    JudgesIds,
    Loads,
    RunsElsewhere,
)
from bpe.conformance.refusal import Refusal, refusal_of
from bpe.conformance.strategies import byte_strings, id_lists, pieces, surrogate_texts, texts, with_allowed, with_text

Allowed = frozenset[str]


def encode_allowing(target: Encodes, model: Model, text: str, allowed: Allowed) -> list[int]:
    """Return the ids of a text with some special tokens allowed and no others refused."""
    return list(target.encode(model, text, allowed_special=allowed, disallowed_special=()))


def with_canonical_names(model: Model, text: str, allowed: Allowed) -> str:
    """Return a text with each special token that is taken in it under its canonical name."""
    return "".join(model.aliases.get(part, part) if special else part for special, part in scan(text, allowed))


@st.composite
def _with_bytes(draw: DrawFn, given: Models) -> tuple[Model, bytes]:
    return draw(given), draw(byte_strings())


@st.composite
def _with_batch(draw: DrawFn, given: Models) -> tuple[Model, list[str], Allowed, int]:
    model, text, allowed = draw(with_allowed(given))
    # A text that recurs, and one that is empty, are what batching can get wrong.
    others = draw(st.lists(texts(model) | st.just(text), max_size=4))
    return model, [text, *others], allowed, draw(st.integers(1, 4))


@st.composite
def _with_limit(draw: DrawFn, given: Models) -> tuple[Model, str, Allowed, int]:
    model, text, allowed = draw(with_allowed(given))
    return model, text, allowed, draw(st.integers(0, 12))


@st.composite
def _with_any_text(draw: DrawFn, given: Models) -> tuple[Model, str, Allowed]:
    """Return a model, a text that may hold surrogates, and a set of special tokens."""
    model, text, allowed = draw(with_allowed(given))
    return model, draw(pieces(model) | st.just(text)) + draw(st.just("") | surrogate_texts()), allowed


@st.composite
def _with_two_id_lists(draw: DrawFn, given: Models) -> tuple[Model, list[int], list[int]]:
    model = draw(given)
    return model, draw(id_lists(model)), draw(id_lists(model))


@st.composite
def _with_ids(draw: DrawFn, given: Models) -> tuple[Model, list[int], Allowed]:
    """Return a model, ids of which some are a text's own encoding, and a set of special tokens."""
    model, _, allowed = draw(with_allowed(given))
    return model, draw(id_lists(model)), allowed


@st.composite
def _with_bad_id(draw: DrawFn, given: Models) -> tuple[Model, list[Any], int]:
    """Return a model, a list of ids in which one is none, and where that stands."""
    model = draw(given)
    ids: list[Any] = draw(id_lists(model))
    beyond = max(model.all_ids) + 1
    gaps = [i for i in range(min(beyond, 1000)) if i not in model.all_ids]
    bad = draw(st.sampled_from((beyond, -1, -beyond, 2**32, 2**64, 97.0, "97", None, b"a", 97.5, *gaps[:3])))
    position = draw(st.integers(0, len(ids)))
    # Of several the first is named.
    another: list[Any] = draw(st.sampled_from(([], [beyond], ["97"], [97.0], [-1])))
    return model, [*ids[:position], bad, *ids[position:], *another], position


@clause("E1", with_allowed, black_box=True)
def decoding_gives_back_the_text(target: Encodes, model: Model, text: str, allowed: Allowed) -> None:
    """Decoding the ids of a scalar text to bytes MUST give the bytes of the text, up to declared aliases of special tokens."""
    ids = encode_allowing(target, model, text, allowed)
    assert target.decode_bytes(model, ids) == utf8(with_canonical_names(model, text, allowed))
    assert target.decode_bytes(model, target.encode_ordinary(model, text)) == utf8(text)


def _with_cut_text(given: Models) -> SearchStrategy[tuple[Model, str]]:
    """Return models and texts; half of the models cut every character off, so that it shows where nothing is cut."""
    return with_text(given | given.map(lambda model: model.change(pattern="(?s:.)")))


@clause("E2", _with_cut_text)
def bytes_of_text_encode_as_the_text(target: EncodesBytes, model: Model, text: str) -> None:
    """Encoding bytes MUST give the ids of the text whose bytes they are; otherwise each maximal well-formed stretch is encoded as text and each maximal run of other bytes as one pre-token, and decoding gives the bytes back."""
    assert list(target.encode_bytes(model, utf8(text))) == list(target.encode_ordinary(model, text))


@clause("E2", _with_bytes)
def any_bytes_encode_by_one_rule(target: EncodesBytes, model: Model, data: bytes) -> None:
    """Encoding bytes MUST give the ids of the text whose bytes they are; otherwise each maximal well-formed stretch is encoded as text and each maximal run of other bytes as one pre-token, and decoding gives the bytes back."""
    expected: list[int] = []
    for well_formed, stretch in stretches(data):
        if well_formed:
            expected += target.encode_ordinary(model, stretch.decode())
        elif model.whole_pre_token and stretch in model.ids:
            expected.append(model.ids[stretch])
        else:
            expected += merge_alone(model, stretch)
    ids = list(target.encode_bytes(model, data))
    assert ids == expected
    assert target.decode_bytes(model, ids) == data


@clause("E3", with_allowed)
def ids_are_known_and_few(target: Encodes, model: Model, text: str, allowed: Allowed) -> None:
    """Every id MUST be in the vocabulary, and there MUST be at most as many ids as the text has bytes, and none only for the empty text."""
    ids = encode_allowing(target, model, text, allowed)
    assert set(ids) <= model.all_ids
    assert len(ids) <= len(utf8(text))
    assert bool(ids) == bool(text)


@clause("E4", with_allowed, black_box=True)
def encoding_again_gives_the_same_ids(target: DecodesText, model: Model, text: str, allowed: Allowed) -> None:
    """Encoding what the ids of a text decode to, with the same special tokens allowed, MUST give the same ids, unless a special token was taken under an alias."""
    # In the canonical names of several tokens, one after the other, the scan may find others.
    assume(with_canonical_names(model, text, allowed) == text)
    ids = encode_allowing(target, model, text, allowed)
    assert encode_allowing(target, model, target.decode(model, ids), allowed) == ids


@clause("E5", _with_ids)
def canonical_ids_are_their_texts_own(target: JudgesIds, model: Model, ids: list[int], allowed: Allowed) -> None:
    """Ids MUST be judged canonical exactly when they decode to text whose encoding, with the same special tokens allowed and none disallowed, is these ids."""
    data = target.decode_bytes(model, ids)
    own = first_fault(data) is None and encode_allowing(target, model, data.decode(), allowed) == ids
    assert target.is_canonical(model, ids, allowed_special=allowed) == own


@clause("E5", with_allowed)
def ids_of_a_text_are_canonical(target: JudgesIds, model: Model, text: str, allowed: Allowed) -> None:
    """Ids MUST be judged canonical exactly when they decode to text whose encoding, with the same special tokens allowed and none disallowed, is these ids."""
    ids = encode_allowing(target, model, text, allowed)
    renamed = encode_allowing(target, model, with_canonical_names(model, text, allowed), allowed)
    assert target.is_canonical(model, ids, allowed_special=allowed) == (ids == renamed)
    assert not target.is_canonical(model, [*ids, max(model.all_ids) + 1], allowed_special=allowed)


@clause("E6", _with_batch, black_box=True)
def a_batch_is_the_map(target: EncodesBatches, model: Model, batch: list[str], allowed: Allowed, workers: int) -> None:
    """Encoding a batch MUST give the ids of each text, in order, with any number of workers."""
    assume(workers > 0)
    expected = [encode_allowing(target, model, text, allowed) for text in batch]
    encoded = target.encode_batch(model, batch, allowed_special=allowed, workers=workers)
    assert [list(ids) for ids in encoded] == expected


@clause("E7", _with_limit, black_box=True)
def another_process_gives_the_same_ids(
    target: RunsElsewhere, model: Model, text: str, allowed: Allowed, hash_seed: int
) -> None:
    """The same text MUST give the same ids in another process, under another seed for hashes, from every engine and on every supported Python."""
    elsewhere = target.encode_elsewhere(model, text, allowed_special=allowed, hash_seed=hash_seed)
    assert list(elsewhere) == encode_allowing(target, model, text, allowed)


@clause("E8", _with_limit, black_box=True)
def counting_is_encoding(target: Counts, model: Model, text: str, allowed: Allowed, limit: int) -> None:
    """The count of a text MUST be the number of its ids, and a token limit MUST be judged exactly, without encoding all that lies past it."""
    size = len(encode_allowing(target, model, text, allowed))
    assert target.count(model, text, allowed_special=allowed) == size
    for tried in (limit, size - 1, size, size + 1):
        assert target.is_within_limit(model, text, tried, allowed_special=allowed) == (size <= tried)


@clause("E9", _with_any_text)
def ids_are_those_of_the_definition(
    target: Encodes, reference: Loads, model: Model, text: str, allowed: Allowed
) -> None:
    """The ids of every text under every vocabulary MUST be those that the definition gives, and so MUST its refusals."""

    def outcome(encoder: Encodes) -> list[int] | str:
        try:
            return list(encoder.encode(model, text, allowed_special=allowed))
        except Refusal:
            return "refused"

    assert outcome(target) == outcome(reference)
    ordinary = repair(text)
    ids = list(target.encode_ordinary(model, ordinary))
    assert ids == list(reference.encode_ordinary(model, ordinary))
    assert target.decode_bytes(model, ids) == reference.decode_bytes(model, ids)


@clause("D1", _with_two_id_lists, black_box=True)
def decoding_concatenates(target: DecodesAnyIds, model: Model, first: list[int], second: list[int]) -> None:
    """The bytes of two lists of ids, one after the other, MUST be the bytes of the first and then those of the second."""
    joined = target.decode_bytes(model, [*first, *second])
    assert joined == target.decode_bytes(model, first) + target.decode_bytes(model, second)


def _decoders(target: Encodes) -> list[Callable[[Model, list[Any]], object]]:
    """Return every way in which a target decodes."""
    return [target.decode_bytes, *((target.decode,) if isinstance(target, DecodesText) else ())]


@clause("D2", _with_bad_id)
def what_is_no_id_is_refused(target: Encodes, model: Model, ids: list[Any], position: int) -> None:
    """An id that is unknown, negative or no integer MUST be refused, naming it and its position, and of several the first."""
    for decode in _decoders(target):
        refusal = refusal_of(lambda decode=decode: decode(model, ids))  # type: ignore[misc]
        assert refusal is not None, f"{ids[position]!r} is decoded"
        assert refusal.names(ids[position]), f"the refusal does not name {ids[position]!r}: {refusal}"
        assert refusal.names(position), f"the refusal does not name the position {position}: {refusal}"


@clause("D3", with_allowed, black_box=True)
def replacing_adds_nothing_to_a_text(target: DecodesText, model: Model, text: str, allowed: Allowed) -> None:
    """On the ids of a text, decoding with `replace` MUST introduce no U+FFFD that the text did not have, up to declared aliases."""
    decoded = target.decode(model, encode_allowing(target, model, text, allowed))
    assert decoded.count("\ufffd") == with_canonical_names(model, text, allowed).count("\ufffd")


@clause("O1", with_allowed, black_box=True)
def spans_cover_the_text(target: GivesOffsets, model: Model, text: str, allowed: Allowed) -> None:
    """The byte spans of the tokens MUST tile the bytes of the text, and each character span MUST be that of the characters of which the token holds a byte, so that these cover the text and never go backwards."""
    spans = target.encode_with_offsets(model, text, allowed_special=allowed)
    assert [span.token_id for span in spans] == encode_allowing(target, model, text, allowed)
    ends = [0, *(span.byte_stop for span in spans)]
    assert [span.byte_start for span in spans] == ends[:-1]
    assert ends[-1] == len(utf8(text))
    starts = list(accumulate((len(utf8(character)) for character in text), initial=0))
    for span in spans:
        held = [
            index
            for index, (start, stop) in enumerate(pairwise(starts))
            if start < span.byte_stop and span.byte_start < stop
        ]
        assert (span.char_start, span.char_stop) == (held[0], held[-1] + 1)


@clause("O1", with_allowed, black_box=True)
def tokens_start_in_their_first_character(target: GivesStarts, model: Model, text: str, allowed: Allowed) -> None:
    """The byte spans of the tokens MUST tile the bytes of the text, and each character span MUST be that of the characters of which the token holds a byte, so that these cover the text and never go backwards."""
    ids = encode_allowing(target, model, text, allowed)
    text = with_canonical_names(model, text, allowed)
    ends = list(accumulate(len(utf8(character)) for character in text))
    starts = list(accumulate((len(target.decode_bytes(model, [token_id])) for token_id in ids), initial=0))
    first = [next(index for index, end in enumerate(ends) if start < end) for start in starts[:-1]]
    assert list(target.token_starts(model, ids)) == first
