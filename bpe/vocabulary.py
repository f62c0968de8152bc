"""The data that everything else works on: tokens, merges, pattern, special tokens.

A `Vocabulary` is immutable, and well formed or not there at all: its constructor refuses what the specification forbids and names the token at fault.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, NewType, get_args

from bpe.errors import InvalidVocabularyError, SpecialTokenConflictError, shown
from bpe.patterns import Pattern

TokenId = NewType("TokenId", int)
Rank = NewType("Rank", int)
Pair = tuple[TokenId, TokenId]
SurrogateProfile = Literal["strict", "replace"]

#: Ids fit 32 bits without sign, as in tiktoken and in every array that holds them.
MAX_TOKEN_ID: Final = 2**32 - 1


class Merge(NamedTuple):
    """An ordered pair of token ids and the id that it makes."""

    left: TokenId
    right: TokenId
    result: TokenId

    @property
    def pair(self) -> Pair:
        """The two parts, in order."""
        return self.left, self.right


@dataclass(frozen=True)
class Vocabulary:
    """All that decides a tokenizer's behaviour, and nothing else.

    Clauses: V1, V2, V3, V4, S8.
    Raises `InvalidVocabularyError` and `SpecialTokenConflictError`.

    `merges` in rank order means *pair semantics*: the merge of least index that applies anywhere comes first.
    `merges=None` means *rank semantics*: any two neighbours whose joined bytes are a token may merge, and the least id comes first.
    On a canonical vocabulary the two agree (M6).

    >>> from bpe.vocabulary import Merge, Vocabulary, single_bytes
    >>> v = Vocabulary(single_bytes() | {256: b"aa"}, merges=(Merge(97, 97, 256),))
    >>> v.token_ids[b"aa"], v.n_vocab, v.gaps()
    (256, 257, ())
    """

    #: Each ordinary token's bytes, by id.
    token_bytes: Mapping[TokenId, bytes]
    #: The merges in rank order, or `None` for rank semantics.
    merges: tuple[Merge, ...] | None = None
    #: How ordinary text is cut into pre-tokens; `None` keeps it whole.
    pattern: Pattern | None = None
    #: Each special token's id, by text.
    special_tokens: Mapping[str, TokenId] = field(default_factory=dict)
    #: Special tokens that share an id with another: alias text → canonical text.
    aliases: Mapping[str, str] = field(default_factory=dict)
    #: Whether a pre-token that is a token as a whole becomes that token without merging (M7).
    whole_pre_token: bool = False
    #: Surrogates are refused (`strict`) or repaired (`replace`) (B4).
    errors: SurrogateProfile = "strict"

    def __post_init__(self) -> None:
        _check_types(self)
        object.__setattr__(self, "token_bytes", MappingProxyType(_in_order(self.token_bytes)))
        object.__setattr__(self, "special_tokens", MappingProxyType(dict(self.special_tokens)))
        object.__setattr__(self, "aliases", MappingProxyType(dict(self.aliases)))
        if self.merges is not None:
            object.__setattr__(self, "merges", tuple(self.merges))
        _check_profiles(self)
        _check_tokens(self)
        _check_merges(self)
        _check_special_tokens(self)

    @cached_property
    def token_ids(self) -> Mapping[bytes, TokenId]:
        """Each ordinary token's id, by bytes: the inverse of `token_bytes`."""
        return MappingProxyType({token: token_id for token_id, token in self.token_bytes.items()})

    @cached_property
    def special_texts(self) -> Mapping[TokenId, str]:
        """Each special token's canonical text, by id."""
        return MappingProxyType(
            {token_id: text for text, token_id in self.special_tokens.items() if text not in self.aliases}
        )

    @cached_property
    def max_token_id(self) -> TokenId:
        """The greatest id in use, special tokens included."""
        ordinary = max(self.token_bytes)
        return max(ordinary, *self.special_tokens.values()) if self.special_tokens else ordinary

    @property
    def n_vocab(self) -> int:
        """One more than the greatest id: the rows that an embedding table needs; gaps count."""
        return self.max_token_id + 1

    def gaps(self) -> tuple[range, ...]:
        """Return the ids below `n_vocab` that no token has, as ranges in order (clause V3)."""
        used = sorted(self.token_bytes.keys() | self.special_texts.keys())
        before = (TokenId(-1), *used)
        return tuple(range(left + 1, right) for left, right in zip(before, used, strict=False) if right > left + 1)

    @cached_property
    def fingerprint(self) -> str:
        """The sha256 of all that decides behaviour, as hexadecimal digits (clause F4)."""
        import json  # noqa: PLC0415 - loading needs none of it

        text = json.dumps(_content(self), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("ascii")).hexdigest()

    def with_changes(self, **changes: Any) -> Vocabulary:
        """Return a vocabulary with other values in the named fields."""
        return replace(self, **changes)

    def __hash__(self) -> int:
        return hash((len(self.token_bytes), self.pattern, frozenset(self.special_tokens.items())))

    def __reduce__(self) -> tuple[Any, ...]:
        # Read-only views do not pickle; their contents do.
        values = (dict(self.token_bytes), self.merges, self.pattern, dict(self.special_tokens), dict(self.aliases))
        return Vocabulary, (*values, self.whole_pre_token, self.errors)

    def __repr__(self) -> str:
        semantics = "ranks" if self.merges is None else f"{len(self.merges)} merges"
        return f"<Vocabulary of {len(self.token_bytes)} tokens, {semantics}, {len(self.special_tokens)} special>"


def trained_vocabulary(
    merges: tuple[Merge, ...],
    tokens: Iterable[bytes],
    order: Iterable[int],
    *,
    pattern: Pattern | None,
    special_tokens: Iterable[str],
    errors: SurrogateProfile,
) -> Vocabulary:
    """Return the vocabulary of what a trainer made: the single bytes in their order, the merges' results, the special tokens.

    Clauses: V1, V2, V4, T6, T7.
    Equals what the constructor gives, which would look at each token and each merge; of a trainer's these are sound (T6, T7), and this takes them as they are.
    Raises `InvalidVocabularyError` and `SpecialTokenConflictError`.

    >>> trained_vocabulary((), [], range(256), pattern=None, special_tokens=["<end>"], errors="strict").n_vocab
    257
    """
    token_bytes = single_bytes(order)
    # `TokenId` would be called once a token here, and changes nothing.
    ids: Any = range(256, 256 + len(merges))
    token_bytes.update(zip(ids, tokens, strict=True))
    special = {text: TokenId(len(token_bytes) + index) for index, text in enumerate(special_tokens)}
    vocabulary = object.__new__(Vocabulary)
    vocabulary.__dict__.update(
        token_bytes=MappingProxyType(token_bytes),
        merges=merges,
        pattern=pattern,
        special_tokens=MappingProxyType(special),
        aliases=MappingProxyType({}),
        whole_pre_token=False,
        errors=errors,
    )
    _check_profiles(vocabulary)
    _check_special_tokens(vocabulary)
    return vocabulary


def single_bytes(order: Iterable[int] = range(256)) -> dict[TokenId, bytes]:
    """Return the 256 single-byte tokens, numbered in the given order of byte values.

    Clauses: V1.

    >>> single_bytes()[97]
    b'a'
    >>> from bpe.byte_order import byte_order
    >>> single_bytes(byte_order("gpt2"))[64]
    b'a'
    """
    return {TokenId(index): bytes([value]) for index, value in enumerate(order)}


def _check_types(vocabulary: Vocabulary) -> None:
    for name in ("token_bytes", "special_tokens", "aliases"):
        value = getattr(vocabulary, name)
        if not isinstance(value, Mapping):
            raise InvalidVocabularyError(f"{name} is {type(value).__name__}: give a mapping, such as a dict")
    merges: object = vocabulary.merges
    if not isinstance(merges, Iterable | None):
        raise InvalidVocabularyError(f"merges is {type(merges).__name__}: give a tuple of Merge, or None")


def _in_order(token_bytes: Mapping[TokenId, bytes]) -> dict[TokenId, bytes]:
    """Return a copy in the order of ids; nearly always they come in order."""
    try:
        ids = sorted(token_bytes.keys())
    except TypeError as fault:
        raise InvalidVocabularyError(f"token ids must be integers ({fault})") from None
    if ids == list(token_bytes.keys()):
        return dict(token_bytes)
    return {token_id: token_bytes[token_id] for token_id in ids}


def _check_profiles(vocabulary: Vocabulary) -> None:
    pattern: Any = vocabulary.pattern
    if not isinstance(pattern, Pattern | None):
        raise InvalidVocabularyError(f"pattern is {pattern!r}: give resolve_pattern({pattern!r}), or None")
    if vocabulary.errors not in get_args(SurrogateProfile):
        raise InvalidVocabularyError(f"errors is {vocabulary.errors!r}: give 'strict' or 'replace'")
    # Not merely true or false: equal vocabularies must have equal fingerprints, and files hold nothing else.
    if type(vocabulary.whole_pre_token) is not bool:
        raise InvalidVocabularyError(f"whole_pre_token is {vocabulary.whole_pre_token!r}: give True or False")


def _check_tokens(vocabulary: Vocabulary) -> None:
    present = _sound_tokens(vocabulary.token_bytes)
    if present is None:
        _refuse_tokens(vocabulary)
        return
    missing = [value for value in range(256) if bytes([value]) not in present]
    if missing:
        listed = ", ".join(f"0x{value:02x}" for value in missing[:8]) + (", …" if len(missing) > 8 else "")
        raise InvalidVocabularyError(f"{len(missing)} single bytes have no token ({listed}): every byte needs an id")


def _sound_tokens(token_bytes: Mapping[Any, Any]) -> set[bytes] | None:
    """Return the tokens if ids are integers in range and tokens distinct bytes, at the speed of the interpreter's own loops."""
    ids, tokens = list(token_bytes), token_bytes.values()
    if not (set(map(type, ids)) <= {int} and set(map(type, tokens)) <= {bytes}):
        return None
    # They are in order: the first is the least.
    if ids and not 0 <= ids[0] <= ids[-1] <= MAX_TOKEN_ID:
        return None
    present = set(tokens)
    return present if len(present) == len(tokens) and b"" not in present else None


def _refuse_tokens(vocabulary: Vocabulary) -> None:
    """Raise the error that names the first token at fault."""
    seen: dict[bytes, int] = {}
    items: Mapping[Any, Any] = vocabulary.token_bytes
    for token_id, token in items.items():
        if type(token_id) is not int or not 0 <= token_id <= MAX_TOKEN_ID:
            raise InvalidVocabularyError(f"token id {shown(token_id)} is not an integer from 0 to {MAX_TOKEN_ID}")
        if type(token) is not bytes:
            raise InvalidVocabularyError(f"token {token_id} is {type(token).__name__}, not bytes")
        if not token:
            raise InvalidVocabularyError(f"token {token_id} is empty: leave it out, or load with empty_tokens='drop'")
        if token in seen:
            raise InvalidVocabularyError(f"tokens {seen[token]} and {token_id} have the same bytes {token!r}")
        seen[token] = token_id


def _check_merges(vocabulary: Vocabulary) -> None:
    if vocabulary.merges is None:
        return
    token_bytes = vocabulary.token_bytes
    made = {token_id for token_id, token in token_bytes.items() if len(token) == 1}
    pairs: set[Pair] = set()
    merges: tuple[Any, ...] = vocabulary.merges
    for rank, merge in enumerate(merges):
        if not isinstance(merge, Merge) or not type(merge[0]) is type(merge[1]) is type(merge[2]) is int:
            raise InvalidVocabularyError(f"merge {rank} is {shown(merge)}, not a Merge of three integer ids")
        left, right, result = merge
        if left not in made or right not in made:
            token_id = right if left in made else left
            raise InvalidVocabularyError(f"merge {rank} uses id {shown(token_id)}, which no earlier merge makes")
        if token_bytes.get(result) != token_bytes[left] + token_bytes[right]:
            raise InvalidVocabularyError(
                f"merge {rank} joins {token_bytes[left]!r} and {token_bytes[right]!r}, "
                f"but its result {shown(result)} is {token_bytes.get(result)!r}"
            )
        if (left, right) in pairs:
            raise InvalidVocabularyError(f"merge {rank} repeats the pair {merge.pair} of an earlier merge")
        pairs.add((left, right))
        made.add(result)


def _check_special_tokens(vocabulary: Vocabulary) -> None:
    canonical: dict[int, str] = {}
    for text, token_id in vocabulary.special_tokens.items():
        _check_special_token(vocabulary, text, token_id)
        if text in vocabulary.aliases:
            continue
        if token_id in canonical:
            raise SpecialTokenConflictError(
                f"special tokens {canonical[token_id]!r} and {text!r} both have the id {token_id}: "
                f"give them different ids, or declare one an alias, e.g. aliases={{{text!r}: {canonical[token_id]!r}}}",
                token=text,
            )
        canonical[token_id] = text
    for alias, text in vocabulary.aliases.items():
        target = vocabulary.special_tokens.get(text) if type(text) is str else None
        if target is None or text in vocabulary.aliases or vocabulary.special_tokens.get(alias) != target:
            raise SpecialTokenConflictError(
                f"{alias!r} cannot be an alias of {text!r}: both must be special tokens with one id, the second no alias",
                token=alias,
            )


def _check_special_token(vocabulary: Vocabulary, text: str, token_id: TokenId) -> None:
    if type(text) is not str or not text:
        raise SpecialTokenConflictError(f"special token {text!r} is not a non-empty text", token=text)
    if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        raise SpecialTokenConflictError(f"special token {text!r} holds a surrogate, which no text has", token=text)
    if type(token_id) is not int or not 0 <= token_id <= MAX_TOKEN_ID:
        raise SpecialTokenConflictError(
            f"special token {text!r} has the id {shown(token_id)}, which is not an integer from 0 to {MAX_TOKEN_ID}",
            token=text,
        )
    if token_id in vocabulary.token_bytes:
        raise SpecialTokenConflictError(
            f"special token {text!r} has the id {token_id} of the ordinary token "
            f"{vocabulary.token_bytes[token_id]!r}: give it another id, e.g. {vocabulary.n_vocab}",
            token=text,
        )


def _content(vocabulary: Vocabulary) -> dict[str, Any]:
    """Return what the fingerprint covers, as plain JSON values."""
    pattern = vocabulary.pattern
    merges = vocabulary.merges
    return {
        "tokens": [[token_id, token.hex()] for token_id, token in vocabulary.token_bytes.items()],
        "merges": None if merges is None else [[m.left, m.right, m.result] for m in merges],
        "pattern": None if pattern is None else [pattern.source, pattern.gaps, pattern.unicode_version],
        "special_tokens": sorted(vocabulary.special_tokens.items()),
        "aliases": sorted(vocabulary.aliases.items()),
        "whole_pre_token": vocabulary.whole_pre_token,
        "errors": vocabulary.errors,
    }
