"""Chapter S: special tokens are found before anything else, and only where they are allowed."""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from bpe.conformance.clauses import clause
from bpe.conformance.model import Model
from bpe.conformance.model_strategies import Models, models
from bpe.conformance.plain_merging import occurrences, scan
from bpe.conformance.protocol import AddsSpecialTokens, Encodes, Loads
from bpe.conformance.refusal import refusal_of
from bpe.conformance.strategies import texts, with_allowed, with_special_tokens

Allowed = frozenset[str]


@st.composite
def _with_special_text(draw: DrawFn, given: Models) -> tuple[Model, str, Allowed]:
    """Return a model that has special tokens, a text, and a set of special tokens to allow; some get in each other's way."""
    model, text, allowed = draw(with_allowed(with_special_tokens(given)))
    outer = draw(st.sampled_from(("", *_nested(model))))
    if outer:
        # One stands inside another: the outer one alone is allowed, all are, or all but the outer one, which hides nothing.
        every = frozenset(model.special_tokens)
        return model, outer + text, draw(st.sampled_from((frozenset({outer}), every, every - {outer})))
    return model, text, allowed


def _nested(model: Model) -> list[str]:
    """Return the special tokens that hold another."""
    tokens = model.special_tokens
    return [outer for outer in tokens if any(inner in outer for inner in tokens if inner != outer)]


@st.composite
def _with_roles(draw: DrawFn, given: Models) -> tuple[Model, str, Allowed, Allowed | None]:
    """Return a model, a text, allowed tokens, and the disallowed ones, `None` standing for the default."""
    model, text, allowed = draw(_with_special_text(given))
    others = sorted(set(model.special_tokens) - allowed)
    some = st.frozensets(st.sampled_from(others)) if others else st.just(frozenset[str]())
    return model, text, allowed, draw(st.none() | some)


@st.composite
def _with_one_special(draw: DrawFn, given: Models) -> tuple[Model, str]:
    model = draw(with_special_tokens(given))
    return model, draw(st.sampled_from(tuple(model.special_tokens)))


@st.composite
def _with_joint(draw: DrawFn, given: Models) -> tuple[Model, tuple[str, str, str], Allowed]:
    """Return a model, a text with a special token and a text behind it, and special tokens with that one among them."""
    model, before, allowed = draw(_with_special_text(given))
    token = draw(st.sampled_from(tuple(model.special_tokens)))
    return model, (before, token, draw(texts(model))), allowed | {token}


def _encode_allowing(target: Encodes, model: Model, text: str, allowed: Allowed) -> list[int]:
    return list(target.encode(model, text, allowed_special=allowed, disallowed_special=()))


@clause("S1", _with_special_text, black_box=True)
def splitting_loses_nothing(target: Encodes, model: Model, text: str, allowed: Allowed) -> None:
    """The special tokens that are taken and the ordinary text between them MUST concatenate to the text."""
    canonical = "".join(model.aliases.get(part, part) if special else part for special, part in scan(text, allowed))
    assert target.decode_bytes(model, _encode_allowing(target, model, text, allowed)) == canonical.encode()


@clause("S2", _with_special_text, black_box=True)
def scan_takes_leftmost_then_longest(target: Encodes, model: Model, text: str, allowed: Allowed) -> None:
    """The scan MUST take, at the least position from where it stands at which an allowed token occurs, the longest that occurs there, and go on behind it, whatever the order of registration and whatever tokens are not allowed."""
    expected: list[int] = []
    for special, part in scan(text, allowed):
        expected += [model.special_tokens[part]] if special else target.encode_ordinary(model, part)
    assert _encode_allowing(target, model, text, allowed) == expected


@clause("S2", with_special_tokens(models()).flatmap(lambda model: with_allowed(st.just(model))))
def order_of_registration_plays_no_part(target: Loads, model: Model, text: str, allowed: Allowed) -> None:
    """The scan MUST take, at the least position from where it stands at which an allowed token occurs, the longest that occurs there, and go on behind it, whatever the order of registration and whatever tokens are not allowed."""
    reordered = model.change(special_tokens=dict(reversed([*model.special_tokens.items()])))
    expected = _encode_allowing(target, model, text, allowed)
    assert _encode_allowing(target, reordered, text, allowed) == expected


@clause("S3", _with_roles, black_box=True)
def disallowed_tokens_are_refused(
    target: Encodes, model: Model, text: str, allowed: Allowed, disallowed: Allowed | None
) -> None:
    """A text in which a disallowed special token occurs anywhere MUST be refused, naming the leftmost and then the longest with its index; every special token that is not allowed is disallowed by default, and one in neither set is ordinary text."""
    forbidden = set(model.special_tokens) - allowed if disallowed is None else disallowed
    found = occurrences(text, forbidden)
    given = "all" if disallowed is None else disallowed
    refusal = refusal_of(lambda: target.encode(model, text, allowed_special=allowed, disallowed_special=given))
    if found:
        index, token = found[0]
        assert refusal is not None, f"the disallowed {token!r} at {index} is passed over"
        assert refusal.names(index), f"the refusal does not name the index {index}: {refusal}"
        assert refusal.names(token), f"the refusal does not name the token {token!r}: {refusal}"
    else:
        assert refusal is None, f"nothing in the text is disallowed, yet it is refused: {refusal}"
        ids = list(target.encode(model, text, allowed_special=allowed, disallowed_special=given))
        assert ids == _encode_allowing(target, model, text, allowed)


@clause("S4", _with_one_special, black_box=True)
def special_token_yields_its_id(target: Encodes, model: Model, token: str) -> None:
    """Each special token that the scan takes MUST yield exactly its id."""
    expected = [model.special_tokens[token]]
    assert list(target.encode(model, token, allowed_special={token}, disallowed_special=())) == expected


@clause("S5", _with_special_text, black_box=True)
def ordinary_text_yields_no_special_id(target: Encodes, model: Model, text: str, _: Allowed) -> None:
    """Encoding ordinary text MUST NOT yield the id of a special token, whatever the text."""
    ids = target.encode_ordinary(model, text)
    assert not set(ids) & set(model.special_tokens.values())
    assert list(target.encode(model, text, disallowed_special=())) == list(ids)


@clause("S6", _with_one_special, black_box=True)
def fragments_are_ordinary_text(target: Encodes, model: Model, token: str) -> None:
    """A proper prefix or suffix of a special token that contains no special token MUST be ordinary text, unless a call forbids it."""
    assume(token in model.special_tokens)
    for cut in range(1, len(token)):
        for fragment in (token[:cut], token[cut:]):
            if not occurrences(fragment, model.special_tokens):
                ordinary = list(target.encode_ordinary(model, fragment))
                assert list(target.encode(model, fragment, allowed_special="all")) == ordinary
                assert list(target.encode(model, fragment)) == ordinary


@clause("S7", _with_joint, black_box=True)
def special_tokens_part_the_text(target: Encodes, model: Model, parts: tuple[str, str, str], allowed: Allowed) -> None:
    """Where no occurrence of an allowed special token straddles either end of one, a text that is not refused MUST encode to what stands before that one, its id, and what stands after it."""
    before, token, after = parts
    joints = (len(before), len(before) + len(token))
    for index, other in occurrences(before + token + after, allowed):
        assume(not any(index < joint < index + len(other) for joint in joints))
    parted = [
        *_encode_allowing(target, model, before, allowed),
        model.special_tokens[token],
        *_encode_allowing(target, model, after, allowed),
    ]
    assert _encode_allowing(target, model, before + token + after, allowed) == parted


def _conflicting() -> SearchStrategy[tuple[Model]]:
    """Return models that would be well formed but for their special tokens."""

    def empty(model: Model) -> Model:
        return model.change(special_tokens={**model.special_tokens, "": max(model.all_ids) + 1})

    def taken(model: Model) -> Model:
        return model.change(special_tokens={**model.special_tokens, "<taken>": max(model.tokens)})

    def shared(model: Model) -> Model:
        last = max(model.all_ids) + 1
        return model.change(special_tokens={**model.special_tokens, "<one>": last, "<two>": last})

    faults = st.sampled_from((empty, taken, shared))
    return st.tuples(st.builds(lambda model, spoil: spoil(model), models(), faults))


@clause("S8", _conflicting())
def conflicting_special_tokens_are_refused(target: Loads, model: Model) -> None:
    """An empty special token, one text with two ids, an id that an ordinary token has, and one id for two texts of which none is declared an alias MUST be refused at construction."""
    assert refusal_of(lambda: target.load(model)) is not None, f"{model.special_tokens} is accepted"


@clause("S8", st.tuples(with_special_tokens(models())))
def a_second_id_for_a_text_is_refused(target: AddsSpecialTokens, model: Model) -> None:
    """An empty special token, one text with two ids, an id that an ordinary token has, and one id for two texts of which none is declared an alias MUST be refused at construction."""
    assert refusal_of(lambda: target.add_special_tokens(model, model.special_tokens)) is None
    other = {next(iter(model.special_tokens)): max(model.all_ids) + 1}
    assert refusal_of(lambda: target.add_special_tokens(model, other)) is not None


@clause("S8", st.tuples(models()))
def well_formed_models_are_accepted(target: Loads, model: Model) -> None:
    """An empty special token, one text with two ids, an id that an ordinary token has, and one id for two texts of which none is declared an alias MUST be refused at construction."""
    target.load(model)
    for alias, canonical in model.aliases.items():
        ids = target.encode(model, alias, allowed_special={alias}, disallowed_special=())
        assert target.decode_bytes(model, ids) == canonical.encode()


@clause("S9", _with_special_text, black_box=True)
def allowing_an_unknown_token_is_refused(target: Encodes, model: Model, text: str, allowed: Allowed) -> None:
    """Allowing a special token that the tokenizer does not have MUST be refused, naming it."""
    refusal = refusal_of(
        lambda: target.encode(model, text, allowed_special=allowed | {"<unknown>"}, disallowed_special=())
    )
    assert refusal is not None, "an unknown special token is allowed without a word"
    assert refusal.names("<unknown>"), f"the refusal does not name '<unknown>': {refusal}"
