"""Making a case that fails simpler still, in the terms in which people read it.

Hypothesis makes a case smaller in the terms in which it was drawn: a text as a few parts, a vocabulary as a few choices.
What is left depends on where it began: a token that plays no part, a text of three tokens where two would do.
Here values are changed directly, one step at a time: a token, a special token or a letter left out, a letter replaced by `a`, a setting by the usual one.

A step can lead out of what a property is about.
So whoever asks must see that the case still says something; see `bpe.conformance.attempts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from bpe.conformance.clauses import Case
from bpe.conformance.model import BYTES, Model, Training

#: The simplest characters of one, two and four bytes, the simplest first.
_LETTERS: Final = "abé😀"

#: What each letter, token and so on adds to the size of a case.
THING: Final = 100

#: In longer texts letters are not taken one by one: nobody reads them, and it would take long.
_READABLE: Final = 100

#: Models that are made to be read have fewer tokens.
_MOST_TOKENS: Final = 400

_USUAL: Final[dict[type, tuple[tuple[str, Any], ...]]] = {
    Model: (("pattern", None), ("gaps", "refuse"), ("whole_pre_token", False), ("surrogates", "strict")),
    Training: (
        ("pattern", None),
        ("special_tokens", ()),
        ("tie_break", "smallest-pair"),
        ("min_frequency", 1),
        ("byte_order", "value"),
    ),
}


def simplify(case: Case, fails: Callable[[Case], bool], kept: Sequence[bool] = ()) -> Case:
    """Return a case that still fails, while no case that is simpler by one step does; values that are to be kept are.

    >>> simplify(("the cat sat", 9), lambda case: case[0].count("at") > 1 and case[1] > 3)
    ('atat', 4)
    """
    tried = {repr(case)}
    while True:
        for candidate in simpler_cases(case, kept):
            shown = repr(candidate)
            if shown not in tried:
                tried.add(shown)
                if fails(candidate):
                    case = candidate
                    break
        else:
            return case


def simpler_cases(case: Case, kept: Sequence[bool] = ()) -> Iterator[Case]:
    """Yield the cases that are simpler by one step, the greater steps first; each is less in `size_of`.

    >>> list(simpler_cases(("b", True)))
    [('', True), ('a', True)]
    """
    for place, value in enumerate(case):
        if isinstance(value, Model) and is_readable(value) and not any(kept[place : place + 1]):
            for text in value.special_tokens:
                # What a call allows has to be there.
                others = [other - {text} if isinstance(other, frozenset) else other for other in case]
                for model in _without_special(value, text):
                    yield (*others[:place], model, *others[place + 1 :])
    for place, value in enumerate(case):
        if not any(kept[place : place + 1]):
            for simpler in _simpler(value):
                yield (*case[:place], simpler, *case[place + 1 :])


def size_of(value: Any) -> int:  # noqa: PLR0911 - one line for each kind of value
    """Return how much there is to read in a value, or in a case: `THING` for each letter, token, special token and so on, and a little for what is unusual in it.

    >>> size_of("aa") < size_of("ab") < size_of("aaa")
    True
    """
    if isinstance(value, str):
        return sum(THING + _place_of(character) for character in value)
    if isinstance(value, bytes):
        return size_of(value.decode("latin-1"))
    if isinstance(value, Model):
        longer = [token for token in value.tokens.values() if len(token) > 1]
        unlike = (value.tokens != BYTES) + (value.merges is None) if not longer else 0
        named = [*longer, *(value.merges or ()), *value.special_tokens, *value.aliases]
        return THING * (len(named) + sum(map(len, named))) + unlike + _unusual(value)
    if isinstance(value, Training):
        return size_of([*value.texts]) + value.merges + _unusual(value)
    if isinstance(value, list | frozenset):
        return sum(THING + size_of(each) for each in value)
    if isinstance(value, tuple):
        return sum(map(size_of, value))
    return max(value, 0) if isinstance(value, int) else 0


def is_readable(model: Model) -> bool:
    """Tell whether a model is one to be read; any other is a real vocabulary, which stays what it is.

    >>> is_readable(Model(BYTES)), is_readable(Model({number: bytes(2) for number in range(9_999)}))
    (True, False)
    """
    return len(model.tokens) <= _MOST_TOKENS


def _place_of(character: str) -> int:
    return _LETTERS.index(character) if character in _LETTERS else len(_LETTERS)


def _unusual(value: Any) -> int:
    return sum(getattr(value, name) != usual for name, usual in _USUAL[type(value)])


def _simpler(value: Any) -> Iterator[Any]:  # noqa: PLR0911 - one line for each kind of value
    if isinstance(value, str):
        return _simpler_texts(value)
    if isinstance(value, bytes):
        simpler = _simpler_texts(value.decode("latin-1"))
        return (text.encode("latin-1") for text in simpler if max(text, default="") <= "\xff")
    if isinstance(value, Model):
        return _simpler_models(value)
    if isinstance(value, Training):
        return _simpler_trainings(value)
    if isinstance(value, frozenset):
        return (value - {*sorted(value)[left_out]} for left_out in _stretches(len(value)))
    if isinstance(value, list):
        return (list(each) for each in _simpler_rows(tuple(value)))
    if type(value) is tuple:  # of a number of values that means something
        return _with_one_simpler(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return iter(
            sorted({0, *(value - (value >> shift) for shift in range(1, value.bit_length()))}) if value > 0 else ()
        )
    return iter(())


# --- texts and rows ------------------------------------------------------------------------------


def _stretches(size: int) -> Iterator[slice]:
    """Yield the stretches to leave out of something of a size, the longer ones first."""
    length = size
    while length > (0 if size <= _READABLE else size // 8):
        yield from (slice(start, start + length) for start in range(0, size, length))
        length //= 2


def _simpler_texts(text: str) -> Iterator[str]:
    for left_out in _stretches(len(text)):
        yield text[: left_out.start] + text[left_out.stop :]
    if len(text) <= _READABLE:
        for index, character in enumerate(text):
            for letter in _LETTERS[: _place_of(character)]:
                yield text[:index] + letter + text[index + 1 :]


def _simpler_rows(row: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    for left_out in _stretches(len(row)):
        yield row[: left_out.start] + row[left_out.stop :]
    if len(row) <= _READABLE:
        yield from _with_one_simpler(row)


def _with_one_simpler(row: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    for place, value in enumerate(row):
        for simpler in _simpler(value):
            yield (*row[:place], simpler, *row[place + 1 :])


# --- vocabularies and trainings ------------------------------------------------------------------


def _simpler_trainings(training: Training) -> Iterator[Training]:
    yield from _more_usual(training)
    for texts in _simpler_rows(training.texts):
        yield training.change(texts=texts)
    for merges in _simpler(training.merges):
        yield training.change(merges=merges)


def _simpler_models(model: Model) -> Iterator[Model]:
    if not is_readable(model):
        return
    longer = {token_id for token_id, token in model.tokens.items() if len(token) > 1}
    yield from _more_usual(model)
    if not longer:
        if model.merges is None:
            yield model.change(merges=())
        if model.tokens != BYTES:
            yield _numbered_by_value(model)
    merges = model.merges or ()
    for token_id in sorted(longer, reverse=True):
        if not _is_part(model, token_id):
            yield from _renumbered_or_not(_without_token(model, token_id), token_id)
    results = [merge[2] for merge in merges]
    for index in reversed(range(len(merges))):
        if results[index] in results[:index]:  # the first may be what others are made of
            yield model.change(merges=merges[:index] + merges[index + 1 :])


def _is_part(model: Model, token_id: int) -> bool:
    """Tell whether another token may be made of a token."""
    if model.merges is None:
        token = model.tokens[token_id]
        return any(token in other for number, other in model.tokens.items() if number != token_id)
    return any(token_id in merge[:2] for merge in model.merges if merge[2] != token_id)


def _more_usual(value: Any) -> Iterator[Any]:
    for name, usual in _USUAL[type(value)]:
        if getattr(value, name) != usual:
            yield value.change(**{name: usual})


def _without_special(model: Model, text: str) -> Iterator[Model]:
    token_id = model.special_tokens[text]
    special_tokens = {other: number for other, number in model.special_tokens.items() if other != text}
    aliases = {alias: other for alias, other in model.aliases.items() if text not in (alias, other)}
    yield from _renumbered_or_not(model.change(special_tokens=special_tokens, aliases=aliases), token_id)


def _without_token(model: Model, token_id: int) -> Model:
    tokens = {other: token for other, token in model.tokens.items() if other != token_id}
    merges = None if model.merges is None else tuple(merge for merge in model.merges if merge[2] != token_id)
    return model.change(tokens=tokens, merges=merges)


def _renumbered_or_not(model: Model, gone: int) -> Iterator[Model]:
    """Yield a model with the ids from the gone one on moved down, where another has not taken it, and as it is."""
    if gone not in model.all_ids and any(token_id > gone for token_id in model.all_ids):
        yield _with_ids(model, {token_id: token_id - (token_id > gone) for token_id in model.all_ids})
    yield model


def _numbered_by_value(model: Model) -> Model:
    """Return a model of single bytes with the usual numbers, and its special tokens behind them."""
    special = sorted(set(model.special_tokens.values()))
    numbers = {token_id: token[0] for token_id, token in model.tokens.items()}
    return _with_ids(
        model, numbers | {token_id: 256 + index for index, token_id in enumerate(special) if token_id not in numbers}
    )


def _with_ids(model: Model, numbers: dict[int, int]) -> Model:
    def moved(ids: Iterable[int]) -> tuple[int, ...]:
        return tuple(numbers.get(token_id, token_id) for token_id in ids)

    tokens = sorted((numbers[token_id], token) for token_id, token in model.tokens.items())
    merges: Any = None if model.merges is None else tuple(moved(merge) for merge in model.merges)
    special = {text: numbers[token_id] for text, token_id in model.special_tokens.items()}
    return model.change(tokens=dict(tokens), merges=merges, special_tokens=special)
