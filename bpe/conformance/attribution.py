"""Which stage a difference from the reference comes from: special tokens, pre-split, merging, decoding.

A tokenizer shows ids alone, so the stage is found by asking for less: the ordinary text alone, each pre-token alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from bpe.conformance.hazards import FRAMES
from bpe.conformance.model import Model
from bpe.conformance.plain_merging import merge_alone, scan
from bpe.conformance.plain_text import first_fault, first_surrogate
from bpe.conformance.refusal import Refusal
from bpe.conformance.strategies import repeat
from bpe.unicode_classes import general_category, is_white_space

Reason = tuple[str, str]

#: Where a longer pre-token is cut is not looked for: each place would be merged in the plainest way.
_LONGEST_SEARCHED: Final = 100


def attribute(target: Any, reference: Any, case: Sequence[Any]) -> Reason | None:
    """Return the clause of the stage that first departs from the reference, and what shows it.

    `case` is a model, and a text with a set of allowed special tokens, what a long text repeats, or a range of tokens.
    """
    model, texts, allowed = _read(case)
    try:
        found = (_attribute(target, reference, model, text, allowed) for text in texts)
        return next((reason for reason in found if reason is not None), None)
    except Exception:  # noqa: BLE001 - asked for less, the target may fail in a way of its own
        return None


def _read(case: Sequence[Any]) -> tuple[Model, Sequence[str], frozenset[str]]:
    """Return the model, the texts and the allowed special tokens of a case."""
    match case:
        case [Model() as model, str() as text, frozenset() as allowed]:
            return model, (text,), allowed
        case [Model() as model, str() as unit, int() as length]:
            return model, (repeat(unit, length),), frozenset()
        case [Model() as model, str() as characters]:
            return model, [frame.format(character) for character in characters for frame in FRAMES], frozenset()
        case [Model() as model, int() as start, int() as stop]:
            tokens = tuple(model.tokens.values())[start:stop]
            return model, [token.decode() for token in tokens if first_fault(token) is None], frozenset()
    return Model({}), (), frozenset()


def _attribute(target: Any, reference: Any, model: Model, text: str, allowed: frozenset[str]) -> Reason | None:
    if first_surrogate(text) is not None:
        return "B4", "the text has a surrogate"
    for special, part in scan(text, allowed):
        if not special and (found := _in_ordinary_text(target, reference, model, part)):
            return found
    if _differ(target, reference, model, text, allowed):
        return (
            "S2",
            "each stretch of ordinary text gives the right ids by itself, so the special tokens are found otherwise",
        )
    return _in_decoding(target, reference, model, text)


def _differ(target: Any, reference: Any, model: Model, text: str, allowed: frozenset[str]) -> bool:
    def outcome(encoder: Any) -> list[int] | None:
        try:
            return list(encoder.encode(model, text, allowed_special=allowed, disallowed_special=()))
        except Refusal:
            return None

    return outcome(target) != outcome(reference)


def _in_ordinary_text(target: Any, reference: Any, model: Model, text: str) -> Reason | None:
    """Return what differs in a text without special tokens."""
    if list(target.encode_ordinary(model, text)) == list(reference.encode_ordinary(model, text)):
        return None
    pieces = [text] if model.pattern is None else list(reference.pre_split(model.pattern, text, gaps=model.gaps))
    for piece in pieces:
        ids = list(target.encode_ordinary(model, piece))
        if ids != list(reference.encode_ordinary(model, piece)):
            return _in_one_pre_token(model, piece, ids)
    return "P6", f"each of the pre-tokens {pieces!r} gives the right ids by itself, so the text is cut otherwise"


def _in_one_pre_token(model: Model, piece: str, ids: list[int]) -> Reason:
    data = piece.encode()
    if b"".join(model.tokens.get(token_id, b"") for token_id in ids) != data:
        return "E1", f"the ids of {piece!r} are not those of its bytes"
    if data in model.ids and model.whole_pre_token and ids == merge_alone(model, data):
        return "M7", f"{piece!r} is a token as a whole, and is merged instead"
    if data in model.ids and not model.whole_pre_token and ids == [model.ids[data]]:
        return "M7", f"{piece!r} becomes a token that merging does not give"
    if len(piece) > _LONGEST_SEARCHED:
        return "M3", f"the pre-token {piece[:20]!r}…, of {len(piece)} characters, is merged in another order, or cut"
    for cut in range(1, len(piece)):
        left, right = (_encode(model, part.encode()) for part in (piece[:cut], piece[cut:]))
        if ids == [*left, *right] and _may_be_cut(piece[cut - 1], piece[cut]):
            return "P6", f"the pre-token {piece!r} is cut into {piece[:cut]!r} and {piece[cut:]!r}"
    return "M3", f"the pre-token {piece!r} is merged in another order"


def _may_be_cut(left: str, right: str) -> bool:
    """Tell whether a pattern may cut between two characters: of different kinds, or numbers, which are counted."""
    kinds = [_kind(character) for character in (left, right)]
    return kinds[0] != kinds[1] or kinds[0] == "N"


def _kind(character: str) -> str:
    category = general_category(ord(character))
    if is_white_space(ord(character)):
        return "line break" if character in "\r\n" else "white space"
    return category if category[0] == "L" else category[0]


def _encode(model: Model, data: bytes) -> list[int]:
    if model.whole_pre_token and data in model.ids:
        return [model.ids[data]]
    return merge_alone(model, data)


def _in_decoding(target: Any, reference: Any, model: Model, text: str) -> Reason | None:
    ids = list(reference.encode_ordinary(model, text))
    if target.decode_bytes(model, ids) != reference.decode_bytes(model, ids):
        return "D1", "the ids are right, and decode otherwise"
    return None
