"""The smallest cases that there are, in order of size: where one of them fails, the first is found, whatever a search began with.

A case that cannot be made simpler by one step can still be larger than another, to which no step leads.
So in the end cases of a few letters, at most two merges and at most two special tokens are tried that have the form and the settings of the one found, up to a number.
Vocabularies among them are canonical, which is the narrowest that any property asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product
from typing import Any, Final, NamedTuple

from bpe.conformance.clauses import Case
from bpe.conformance.model import BYTES, REVERSED_BYTES, Model, Training
from bpe.conformance.plain_merging import merge_alone
from bpe.conformance.simplifying import is_readable, size_of

#: No more cases than this are tried.
MOST: Final = 2_000

_LETTERS: Final = "ab "
#: Special tokens, in the order of their ids: none, one, one that begins with another, before and behind it.
_SPECIAL: Final = ((), ("a",), ("a", "aa"), ("aa", "a"), ("a", "ab"))
#: Not canonical, and only tried where the model found is not: another merge of a token than lower ranks leave, ids that fall, parts that do not make up the whole.
_IRREGULAR: Final = (
    Model(BYTES | {256: b"aa", 257: b"aaa"}, ((97, 97, 256), (97, 256, 257))),
    Model(BYTES | {257: b"aa", 256: b"aaa"}, ((97, 97, 257), (97, 257, 256))),
    Model(BYTES | {256: b"ab"}, ((98, 97, 256),)),
)
#: More special tokens than this, of a vocabulary that is kept, make no tiny texts.
_MOST_SPECIAL: Final = 3
_CHUNKS: Final = (b"a", b"\x80", b"\xc3", b"\xff")


def first_tiny_case(case: Case, fails: Callable[[Case], bool], kept: Sequence[bool] = ()) -> Case:
    """Return the smallest case of a few letters that fails, if it is smaller than the one given, or else that one.

    >>> first_tiny_case(("the cat sat",), lambda case: len(case[0]) > 1)
    ('aa',)
    """
    return next(filter(fails, tiny_cases(case, kept)), case)


def tiny_cases(case: Case, kept: Sequence[bool] = ()) -> Iterator[Case]:
    """Yield the cases of a few letters that have the form of a case and come before it, the smallest first.

    >>> [text for (text,) in tiny_cases(("é",))]
    ['', 'a', 'b']
    """
    heads = (place for place, value in enumerate(case) if isinstance(value, Model | Training))
    place = next(heads, None)
    found: list[_Sized] = []
    most = sum(map(size_of, case))
    for head in _heads_like(case, place, kept):
        rows = [
            [head] if index == place else [value] if any(kept[index : index + 1]) else _values_like(value, head)
            for index, value in enumerate(case)
        ]
        found += _cases_of([[_sized(value) for value in row] for row in rows], most)
    last = _Sized(most, tuple(map(repr, case)), case)
    for sized in sorted((each for each in found if each[:2] < last[:2]), key=_order)[:MOST]:
        yield sized.value


def _heads_like(case: Case, place: int | None, kept: Sequence[bool]) -> Iterator[Any]:
    """Yield the first model or training of a case, on which the other values depend, and tiny ones; `None` where there is none."""
    if place is None:
        yield None
    elif any(kept[place : place + 1]):
        yield case[place]
    elif isinstance(case[place], Model):
        yield from _models_like(case[place])
    else:
        yield from _values_like(case[place], None)


class _Sized(NamedTuple):
    """A value or a case, how large it is, and how it is written, which decides among equals."""

    size: int
    written: Any
    value: Any


def _sized(value: Any) -> _Sized:
    return _Sized(size_of(value), repr(value), value)


def _order(each: _Sized) -> tuple[int, Any]:
    return each.size, each.written


def _cases_of(rows: list[list[_Sized]], most: int) -> Iterator[_Sized]:
    """Yield the cases of a value from each row that are not larger than `most`."""
    if not rows:
        yield _Sized(0, (), ())
        return
    for first in rows[0]:
        if first.size <= most:
            for rest in _cases_of(rows[1:], most - first.size):
                yield _Sized(first.size + rest.size, (first.written, *rest.written), (first.value, *rest.value))


def _models_like(model: Model) -> Iterator[Model]:
    """Yield a model, and tiny ones with its settings."""
    yield model
    if not is_readable(model) or model.aliases:
        return
    # With special tokens there are enough cases without two merges.
    vocabularies = _canonical()[:2] if model.special_tokens else _canonical()
    for (tokens, merges), special in product(vocabularies, _SPECIAL[: 1 if not model.special_tokens else None]):
        count = len(tokens)
        yield model.change(
            tokens=tokens,
            merges=None if model.merges is None and count > len(BYTES) else merges,
            special_tokens={text: count + number for number, text in enumerate(special)},
        )
    yield model.change(tokens=BYTES, merges=(), special_tokens={}, surrogates="replace")
    if model.merges and not _is_canonical(model):
        for each in _IRREGULAR:
            yield model.change(tokens=each.tokens, merges=each.merges, special_tokens={})


@cache
def _canonical() -> tuple[tuple[dict[int, bytes], tuple[tuple[int, int, int], ...]], ...]:
    """Return the canonical vocabularies of up to two merges of two letters, those that exchanging the letters makes of others left out."""
    words = [bytes(letters) for size in (2, 3, 4) for letters in product(b"ab", repeat=size)]
    lists = [(), *((word,) for word in (*words, b"a ", b" a")), *product(words, repeat=2)]
    made = []
    for tokens in lists:
        model: Model | None = Model(BYTES, merges=())
        for token in tokens:
            model = _with_token(model, token) if model is not None else None
        if model is not None and b"".join(tokens)[:1] != b"b":
            made.append((dict(model.tokens), model.merges or ()))
    return tuple(made)


def _is_canonical(model: Model) -> bool:
    """Tell whether each token, in the order of ids, has two parts left by the ones before it, and these are the merges."""
    made: Model | None = Model({number: token for number, token in model.tokens.items() if len(token) == 1}, merges=())
    for token_id, token in sorted(model.tokens.items()):
        if made is not None and len(token) > 1:
            made = _with_token(made, token, token_id)
    return made is not None and made.merges == model.merges


def _with_token(model: Model, token: bytes, token_id: int | None = None) -> Model | None:
    """Return a canonical model with one token more, or `None` where lower ranks do not leave two parts of it."""
    parts = merge_alone(model, token)
    if len(parts) != 2:
        return None
    number = len(model.tokens) if token_id is None else token_id
    return model.change(
        tokens={**model.tokens, number: token}, merges=(*(model.merges or ()), (parts[0], parts[1], number))
    )


def _values_like(value: Any, head: Model | Training | None) -> list[Any]:
    """Return the tiny values of a kind, and the value itself."""
    return [value, *(tiny for tiny in _tiny(value, head) if tiny != value)]


def _tiny(value: Any, head: Model | Training | None) -> list[Any]:  # noqa: PLR0911 - one line for each kind of value
    special = sorted(head.special_tokens, key=len)[:_MOST_SPECIAL] if isinstance(head, Model) else []
    if isinstance(value, Model):
        return [Model(BYTES, ()), Model(REVERSED_BYTES, ())]
    if isinstance(value, str):
        some = _texts((*special, "a", " "), 2) if special else _texts(tuple(_LETTERS), 3) + _texts(tuple("ab"), 4)[15:]
        return [*dict.fromkeys((*some, "é", "😀"))]
    if isinstance(value, bytes):
        return [b"".join(chunks) for size in range(3) for chunks in product(_CHUNKS, repeat=size)]
    if isinstance(value, frozenset):
        return [frozenset(special[:count]) for count in range(len(special) + 1)]
    if isinstance(value, list):
        return _lists(value, head)
    if isinstance(value, Training):
        return _trainings(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return [0, 1, 2]
    return []


def _lists(value: list[Any], head: Model | Training | None) -> list[Any]:
    if isinstance(head, Training):
        return [[*head.texts], [*reversed(head.texts)]]
    first = value[0] if value else None
    if isinstance(first, str):
        return [[*texts] for size in range(3) for texts in product(("", "a", "b", "aa"), repeat=size)]
    if isinstance(first, list):
        return [[[text] for text in texts] for size in range(3) for texts in product(("a", "b", "aa"), repeat=size)]
    if isinstance(first, int) and isinstance(head, Model):
        known = [0, 97, 128, *(token_id for token_id, token in head.tokens.items() if len(token) > 1)]
        return [[*ids] for size in range(5) for ids in product(known[: 6 - size], repeat=size)]
    return []


def _texts(parts: Sequence[str], most: int) -> list[str]:
    return ["".join(each) for size in range(most + 1) for each in product(parts, repeat=size)]


def _trainings(training: Training) -> list[Training]:
    texts: list[tuple[str, ...]] = [(text,) for text in _texts(tuple(_LETTERS), 3) + _texts(tuple("ab"), 5)[15:]]
    texts += product(("a", "b", "aa", "ab", "aaa"), repeat=2)
    return [
        training.change(texts=each, merges=merges, pattern=pattern, special_tokens=())
        for each in texts
        for merges in range(3)
        for pattern in {None, training.pattern}
    ]
