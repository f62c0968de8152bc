"""The compiled kernels read eight bytes at a time, at and past the end of a text: into its padding, and never beyond.

Such a read is checked and would raise an error, so each answer here shows that none was made.
"""

from __future__ import annotations

from itertools import product

import pytest

from bpe.engine import COMPILED
from bpe.engine.encoding import PortableEncoder
from bpe.engine.pre_split import compile_splitter
from bpe.patterns import NAMED_PATTERNS
from bpe.vocabulary import TokenId, Vocabulary, single_bytes
from tests.pre_split_alphabets import ALPHABETS, named

if COMPILED:
    from bpe.engine.kernels import character_classes, pre_tokens
    from bpe.engine.kernels.encoding import Encoder
    from bpe.engine.kernels.special_tokens import SpecialTokenFinder

pytestmark = pytest.mark.skipif(not COMPILED, reason="the engine is portable: no compiled kernels to test")

#: What a text may end in just before the last run.
BEFORE = ("", " ", "'", "é", "\n", "A", "1")


@pytest.mark.parametrize("name", NAMED_PATTERNS)
def test_the_last_pre_token_may_be_of_any_kind_and_length(name: str) -> None:
    """Past two reads of eight bytes, and past the padding's 32, in each class and each length of UTF-8."""
    split = compile_splitter(named(name))
    for kind, before, length in product((*ALPHABETS[name], "😀"), BEFORE, range(36)):
        text = before + kind * length
        assert pre_tokens.split(text, name) == split(text), text


@pytest.mark.parametrize("name", [*NAMED_PATTERNS, None])
def test_texts_of_every_length_are_encoded_to_their_end(name: str | None) -> None:
    """Slots, arena and queue read pre-tokens whole, so the last one's reads pass the end of the text by the most."""
    tokens = single_bytes() | {TokenId(256): b"ab", TokenId(257): b"abab", TokenId(258): b" ab"}
    vocabulary = Vocabulary(tokens, pattern=None if name is None else named(name), whole_pre_token=True)
    compiled, portable = Encoder(vocabulary, remembered=0, block=7), PortableEncoder(vocabulary)
    for length, before, after in product(range(70), ("", " ", "\n", "é"), ("", "'", "'l", "'v", "ſ", "😀", "\r")):
        text = before + ("ab" * 35)[:length] + after
        expected = portable.encode_ordinary(text)
        assert compiled.encode_ordinary(text) == expected, text
        assert compiled.encode_ordinary(text) == expected, text  # now it is remembered
        assert compiled.decode_bytes(expected) == text.encode()


def test_pieces_of_bytes_that_are_no_text_are_not_looked_into() -> None:
    """Bytes that promise more bytes than there are, the padding's own among them."""
    vocabulary = Vocabulary(single_bytes(), pattern=named("cl100k_base"))
    compiled = Encoder(vocabulary)
    for value, length in product((0xFF, 0xF8, 0xF0, 0xE0, 0xC0, 0x80), range(1, 70)):
        piece = bytes([value]) * length
        assert compiled.encode_piece(piece) == list(piece)
        assert compiled.encode_bytes(b"a" + piece) == [97, *piece]


def test_special_tokens_cut_off_by_the_end_are_none() -> None:
    for token in (b"<|endoftext|>", b"<s>", b"<" * 40, "\U0010ffff".encode() * 9):
        finder = SpecialTokenFinder([token])
        for before, length in product(range(12), range(len(token))):
            text = b"x" * before + token[:length]
            assert not finder.occurs(text + character_classes.PADDING, len(text)), text
        assert finder.occurs(token + character_classes.PADDING, len(token))
