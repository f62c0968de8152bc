"""Encoding and decoding: the stages, one after the other.

text → special-token spans → pre-tokens → bytes → merges → ids, and ids → bytes → text.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from operator import index
from typing import Literal

from bpe.errors import (
    InputTypeError,
    PatternGapError,
    TokenIdRangeError,
    TokenIdTypeError,
    UnknownTokenError,
    shown,
)
from bpe.reference.merges import merge_piece
from bpe.reference.pre_split import pre_split
from bpe.reference.special_tokens import refuse_disallowed, resolve_special, split_special_tokens
from bpe.reference.utf8 import bytes_to_text, scalar_text, split_well_formed, text_to_bytes
from bpe.vocabulary import MAX_TOKEN_ID, TokenId, Vocabulary

SpecialTokens = Literal["all"] | Collection[str]


def encode(
    text: str,
    vocabulary: Vocabulary,
    *,
    allowed_special: SpecialTokens = frozenset(),
    disallowed_special: SpecialTokens = "all",
) -> list[TokenId]:
    """Return the token ids of a text.

    Clauses: B4, S1, S2, S3, S4, S9, E1, E3.

    1. Repair or refuse surrogates.
    2. Refuse the text if a disallowed special token occurs in it.
    3. Split at the allowed special tokens; each yields its id.
    4. Encode what lies between as ordinary text.

    Raises `LoneSurrogateError`, `DisallowedSpecialTokenError`, `UnknownSpecialTokenError`.

    >>> from bpe.vocabulary import single_bytes
    >>> v = Vocabulary(single_bytes() | {256: b"aa"}, special_tokens={"<|end|>": 257})
    >>> encode("aaa<|end|>", v, allowed_special="all")
    [256, 97, 257]
    """
    text = scalar_text(text, vocabulary.errors)
    allowed, disallowed = resolve_special(vocabulary.special_tokens.keys(), allowed_special, disallowed_special)
    refuse_disallowed(text, disallowed)
    ids: list[TokenId] = []
    for span in split_special_tokens(text, allowed):
        if span.is_special:
            ids.append(vocabulary.special_tokens[span.text])
        else:
            ids += encode_scalar_text(span.text, vocabulary)
    return ids


def encode_ordinary(text: str, vocabulary: Vocabulary) -> list[TokenId]:
    """Return the token ids of a text in which nothing is special.

    Clauses: S5, P7, E1, E3.

    >>> from bpe.vocabulary import single_bytes
    >>> encode_ordinary("aaa", Vocabulary(single_bytes() | {256: b"aa"}))
    [256, 97]
    """
    return encode_scalar_text(scalar_text(text, vocabulary.errors), vocabulary)


def encode_scalar_text(text: str, vocabulary: Vocabulary) -> list[TokenId]:
    """Return the concatenated ids of the pre-tokens of scalar text.

    Clauses: P7.

    >>> from bpe.vocabulary import single_bytes
    >>> encode_scalar_text("é", Vocabulary(single_bytes()))
    [195, 169]
    """
    pieces = pre_split(text, vocabulary.pattern)
    return [token_id for piece in pieces for token_id in encode_piece(text_to_bytes(piece), vocabulary)]


def encode_piece(piece: bytes, vocabulary: Vocabulary) -> list[TokenId]:
    """Return the ids of one pre-token: the token that it is as a whole, where the profile says so, else by merging.

    Clauses: M7.

    >>> from bpe.vocabulary import single_bytes
    >>> v = Vocabulary(single_bytes() | {256: b"aab"})  # merging cannot reach aab
    >>> encode_piece(b"aab", v), encode_piece(b"aab", v.with_changes(whole_pre_token=True))
    ([97, 97, 98], [256])
    """
    if vocabulary.whole_pre_token and piece in vocabulary.token_ids:
        return [vocabulary.token_ids[piece]]
    return merge_piece(piece, vocabulary)


def encode_bytes(data: bytes, vocabulary: Vocabulary) -> list[TokenId]:
    r"""Return the ids of any bytes, UTF-8 or not, as ordinary text.

    Clauses: E2.
    Maximal well-formed stretches are encoded as text; each maximal run of other bytes is one pre-token.

    >>> from bpe.vocabulary import single_bytes
    >>> encode_bytes(b"aa\xff", Vocabulary(single_bytes() | {256: b"aa"}))
    [256, 255]
    """
    if not isinstance(data, bytes):
        raise InputTypeError(f"data must be bytes, not {type(data).__name__}: encode text with encode")
    ids: list[TokenId] = []
    for well_formed, stretch in split_well_formed(data):
        if well_formed:
            ids += encode_scalar_text(stretch.decode("utf-8"), vocabulary)
        else:
            ids += encode_piece(stretch, vocabulary)
    return ids


def decode_bytes(ids: Sequence[int], vocabulary: Vocabulary) -> bytes:
    """Return the concatenated bytes of the ids.

    Clauses: D1, D2.
    Raises `UnknownTokenError`, `TokenIdRangeError`, `TokenIdTypeError`, with the id and its position.

    >>> from bpe.vocabulary import single_bytes
    >>> decode_bytes([97, 256], Vocabulary(single_bytes() | {256: b"aa"}))
    b'aaa'
    """
    return b"".join(token_to_bytes(token_id, vocabulary, position) for position, token_id in enumerate(ids))


def decode(ids: Sequence[int], vocabulary: Vocabulary, errors: str = "replace") -> str:
    """Return the text of the ids.

    Clauses: B5, D2, D3.

    >>> from bpe.vocabulary import single_bytes
    >>> decode([195, 169], Vocabulary(single_bytes()))
    'é'
    """
    return bytes_to_text(decode_bytes(ids, vocabulary), errors)


def token_to_bytes(token_id: int, vocabulary: Vocabulary, position: int = 0) -> bytes:
    """Return the bytes of one id, ordinary or special.

    Clauses: D2, S8.

    >>> from bpe.vocabulary import single_bytes
    >>> token_to_bytes(300, Vocabulary(single_bytes()))
    Traceback (most recent call last):
    bpe.errors.UnknownTokenError: id 300 at position 0 is not in the vocabulary (n_vocab is 256) [D2]
    """
    number = as_token_id(token_id, position)
    if number in vocabulary.token_bytes:
        return vocabulary.token_bytes[number]
    if number in vocabulary.special_texts:
        return text_to_bytes(vocabulary.special_texts[number])
    kind = UnknownTokenError if 0 <= number <= MAX_TOKEN_ID else TokenIdRangeError
    raise kind(
        f"id {shown(number)} at position {position} is not in the vocabulary (n_vocab is {vocabulary.n_vocab})",
        token=number,
        position=position,
    )


def as_token_id(value: object, position: int = 0) -> TokenId:
    """Return an integer of any type (NumPy's, for one) as a token id.

    Clauses: D2.
    Raises `TokenIdTypeError`, also for `True` and `False`: a truth value among ids is a mistake.

    >>> as_token_id(3)
    3
    """
    if not isinstance(value, bool):
        with suppress(TypeError):
            return TokenId(index(value))  # type: ignore[arg-type]
    raise TokenIdTypeError(
        f"{value!r} at position {position} is {type(value).__name__}, not an integer id",
        token=value,
        position=position,
    )


def is_canonical(ids: Sequence[int], vocabulary: Vocabulary, *, allowed_special: SpecialTokens = frozenset()) -> bool:
    """Tell whether the ids decode to text whose encoding, with the same allowance, is the ids.

    Clauses: E5.
    Ids that are not in the vocabulary, or whose text the pattern refuses, are never canonical.

    >>> from bpe.vocabulary import single_bytes
    >>> v = Vocabulary(single_bytes() | {256: b"aa"})
    >>> is_canonical([256, 97], v), is_canonical([97, 97, 97], v), is_canonical([195], v)
    (True, False, False)
    """
    try:
        text = decode(ids, vocabulary, errors="strict")
        return encode(text, vocabulary, allowed_special=allowed_special, disallowed_special=()) == list(ids)
    except (UnknownTokenError, TokenIdTypeError, UnicodeDecodeError, PatternGapError):
        return False
