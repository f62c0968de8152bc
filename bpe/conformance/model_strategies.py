"""Strategies for models: every kind of well-formed vocabulary, small enough to read, rich enough to be got wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from bpe.conformance.hazards import SPECIAL_FAMILIES
from bpe.conformance.model import BYTES, REVERSED_BYTES, SPREAD_BYTES, IdMerge, Model
from bpe.conformance.plain_merging import merge_alone
from bpe.patterns import NAMED_PATTERNS

Models = SearchStrategy[Model]
T = TypeVar("T")

#: Few letters, so that pairs meet often; in some a letter is several bytes.
ALPHABETS: Final = ("ab", "abc", "aé", "a b", "a1\n", "ab<|>", "😀😃")

#: Patterns that have no name and cover every text.
CUSTOM_PATTERNS: Final = (r"\S+|\s+", r"(?s:.)", r"(?s:..?)", r"[ab]+|[^ab]", r"a|[^a]+", r"\p{L}+|\P{L}")

_LONGEST_TOKEN: Final = 12


def lists_of(
    elements: SearchStrategy[T], *, usual: int, max_size: int, unique: bool = False
) -> SearchStrategy[list[T]]:
    """Return lists of any size up to the greatest, half of them of a usual size at least.

    Without that half, most lists are so short that little can go wrong; without the other, nothing shrinks to them.
    """
    return st.sampled_from((0, usual)).flatmap(
        lambda least: st.lists(elements, min_size=least, max_size=max_size, unique=unique)
    )


def numberings() -> SearchStrategy[Mapping[int, bytes]]:
    """Return the ways to number the single bytes."""
    return st.sampled_from((BYTES, REVERSED_BYTES, SPREAD_BYTES))


def free_ids(numbering: Mapping[int, bytes]) -> Iterator[int]:
    """Yield the ids that a numbering leaves, in order: gaps between the bytes first.

    >>> next(free_ids(BYTES)), next(free_ids(SPREAD_BYTES))
    (256, 0)
    """
    return (token_id for token_id in range(10**6) if token_id not in numbering)


def _letters(alphabet: str) -> list[bytes]:
    return [bytes([value]) for value in dict.fromkeys(alphabet.encode())]


def _picks() -> SearchStrategy[list[tuple[int, int]]]:
    """Return lists of pairs of numbers, each of which picks a token."""
    return lists_of(st.tuples(st.integers(0, 5), st.integers(0, 5)), usual=4, max_size=10)


def _pick(parts: Sequence[bytes], number: int) -> bytes:
    """Return a part: the even numbers count from the first letter on, the odd ones from the newest token back."""
    index = number // 2 if number % 2 == 0 else -1 - number // 2
    return parts[index % len(parts)]


@st.composite
def chained_models(draw: DrawFn) -> Model:
    """Return bare models whose merges build on each other, with ids in any order; some tokens are never reached."""
    numbering, parts = draw(numberings()), _letters(draw(st.sampled_from(ALPHABETS)))
    splits: list[tuple[bytes, bytes]] = []
    for first, second in draw(_picks()):
        left, right = _pick(parts, first), _pick(parts, second)
        if len(left + right) <= _LONGEST_TOKEN and left + right not in parts:
            parts.append(left + right)
            splits.append((left, right))
    return _model_of_splits(numbering, splits, reverse_ids=draw(st.booleans()))


@st.composite
def tangled_models(draw: DrawFn) -> Model:
    """Return bare models in which tokens are made in every way there is, each way of a rank of its own."""
    letters = _letters(draw(st.sampled_from(ALPHABETS[:3])))[:2]
    word = st.lists(st.sampled_from(letters), min_size=3, max_size=4).map(b"".join)
    words = draw(st.lists(word, min_size=1, max_size=2))
    tokens = {w[i:j] for w in words for i in range(len(w)) for j in range(i + 1, len(w) + 1)}
    ways = draw(st.permutations(sorted((t[:cut], t[cut:]) for t in tokens for cut in range(1, len(t)))))
    made = {token for token in tokens if len(token) == 1}
    splits: list[tuple[bytes, bytes]] = []
    while (ready := next((way for way in ways if way not in splits and made.issuperset(way)), None)) is not None:
        splits.append(ready)
        made.add(b"".join(ready))
    return _model_of_splits(draw(numberings()), splits, reverse_ids=draw(st.booleans()))


def _model_of_splits(numbering: Mapping[int, bytes], splits: list[tuple[bytes, bytes]], *, reverse_ids: bool) -> Model:
    """Return the model whose merges join these parts, in this order; each part is a byte or joined before."""
    made = list(dict.fromkeys(left + right for left, right in splits))
    free = list(islice(free_ids(numbering), len(made)))
    tokens = {**numbering, **dict(zip(reversed(free) if reverse_ids else free, made, strict=True))}
    ids = {token: token_id for token_id, token in tokens.items()}
    return Model(tokens, tuple((ids[left], ids[right], ids[left + right]) for left, right in splits))


def pair_models() -> Models:
    """Return bare models with any well-formed list of merges."""
    return chained_models() | tangled_models()


@st.composite
def canonical_models(draw: DrawFn) -> Model:
    """Return bare models with merges in which every token encodes to itself, and ids rise with the ranks."""
    numbering, parts = draw(numberings()), _letters(draw(st.sampled_from(ALPHABETS)))
    model = Model(numbering, ())
    free = free_ids(numbering)
    for first, second in draw(_picks()):
        left, right = _pick(parts, first), _pick(parts, second)
        joined, pair = left + right, [model.ids[left], model.ids[right]]
        # A token stays canonical exactly if the merges before its own leave its two parts.
        if len(joined) <= _LONGEST_TOKEN and joined not in model.ids and merge_alone(model, joined) == pair:
            parts.append(joined)
            merge: IdMerge = (pair[0], pair[1], next(free))
            model = Model({**model.tokens, merge[2]: joined}, (*(model.merges or ()), merge))
    return model


@st.composite
def rank_models(draw: DrawFn) -> Model:
    """Return bare models without merges, whose ranks are in no order: parts above wholes, tokens never reached."""
    numbering, letters = draw(numberings()), _letters(draw(st.sampled_from(ALPHABETS)))
    token = st.lists(st.sampled_from(letters), min_size=2, max_size=5).map(b"".join)
    tokens = draw(lists_of(token, usual=4, max_size=8, unique=True))
    return Model({**numbering, **dict(zip(free_ids(numbering), tokens, strict=False))})


def ranks_of_canonical_models() -> Models:
    """Return canonical models with their merges left out."""
    return canonical_models().map(lambda model: model.change(merges=None))


def bare_models() -> Models:
    """Return models in which merging alone decides, of every kind."""
    either = st.booleans().flatmap(lambda ranks: ranks_of_canonical_models() if ranks else canonical_models())
    return pair_models() | rank_models() | either


@st.composite
def models(draw: DrawFn) -> Model:
    """Return well-formed models of every kind, with patterns, special tokens, aliases and profiles."""
    model = draw(bare_models())
    specials = draw(special_texts())
    aliased = draw(st.integers(0, 3)) == 3
    first, step = max(model.tokens) + draw(st.integers(1, 3)), draw(st.integers(1, 2))
    aliases = {specials[1]: specials[0]} if aliased and len(specials) > 1 else {}
    return model.change(
        pattern=draw(st.none() | patterns()),
        special_tokens={text: first + (0 if text in aliases else index * step) for index, text in enumerate(specials)},
        aliases=aliases,
        whole_pre_token=draw(st.booleans()),
        surrogates=draw(st.sampled_from(("strict", "replace"))),
    )


def special_texts(max_size: int = 5) -> SearchStrategy[list[str]]:
    """Return special tokens of one family, so that they get in each other's way."""
    families = st.sampled_from(SPECIAL_FAMILIES)
    return families.flatmap(lambda family: lists_of(st.sampled_from(family), usual=2, max_size=max_size, unique=True))


def named_patterns() -> SearchStrategy[str]:
    """Return the names of the named patterns."""
    return st.sampled_from(tuple(NAMED_PATTERNS))


def patterns() -> SearchStrategy[str]:
    """Return named patterns, and others that cover every text."""
    return named_patterns() | st.sampled_from(CUSTOM_PATTERNS)
