"""Every small vocabulary over two letters, and every short text: nothing is drawn, nothing is left out.

Different tokens have different bytes (V2) and a merge's result is its parts' bytes joined (V4), so a merge is named by the bytes of its two parts.
Its result is a new token, or, where these bytes are a token already, that one: such a token has several merges.
Two tokens of equal bytes no vocabulary may have, so there are none here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations, product
from typing import Final

from bpe.conformance import Model
from bpe.conformance.model import BYTES

#: A merge, as the bytes of its two parts.
Split = tuple[bytes, bytes]

LETTERS: Final = (b"a", b"b")

#: The first merges that stand for all: exchanging the letters turns a list that begins with `bb` or `ba` into one that begins with `aa` or `ab`.
# Merging looks letters up, and compares ids with ids and ranks with ranks; that a letter is `a` or `b` it never sees.
# So what holds of a list and a text holds of both with their letters exchanged.
FIRST_UP_TO_EXCHANGE: Final = ((b"a", b"a"), (b"a", b"b"))
EVERY_FIRST: Final = tuple((left, right) for left in LETTERS for right in LETTERS)


def short_pieces(longest: int) -> list[bytes]:
    """Return every text over the two letters up to a length, the empty one first."""
    return [bytes(letters) for length in range(longest + 1) for letters in product(b"ab", repeat=length)]


def lists_of_merges(most: int, begun: tuple[Split, ...] = ()) -> Iterator[tuple[Split, ...]]:
    """Yield every list of up to so many merges that begins as given; each comes after the list that it lengthens by one."""
    yield begun
    if len(begun) < most:
        for left, right in product(tokens_of(begun), repeat=2):
            if (left, right) not in begun:
                yield from lists_of_merges(most, (*begun, (left, right)))


def tokens_of(splits: tuple[Split, ...]) -> tuple[bytes, ...]:
    """Return the tokens that merges have to do with: the letters, and what is made, in order."""
    return tuple(dict.fromkeys((*LETTERS, *(left + right for left, right in splits))))


def model_of(splits: tuple[Split, ...]) -> Model:
    """Return the model that has these merges, with ids that rise with the ranks."""
    made = tokens_of(splits)[len(LETTERS) :]
    ids = {token: value for value, token in BYTES.items()} | {token: 256 + index for index, token in enumerate(made)}
    return Model(
        {token_id: token for token, token_id in ids.items()},
        tuple((ids[left], ids[right], ids[left + right]) for left, right in splits),
    )


def ranked_models(most: int, longest: int) -> Iterator[Model]:
    """Yield every model of rank semantics with up to so many tokens of two to so many letters, in every order of ranks."""
    words = [word for word in short_pieces(longest) if len(word) > 1]
    for size in range(most + 1):
        for tokens in permutations(words, size):
            yield Model(BYTES | {256 + index: token for index, token in enumerate(tokens)})
