"""Finding special tokens on the engine: the definition's spans, for every small set of tokens and every short text."""

from __future__ import annotations

from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st

from bpe.engine.special_tokens import refuse_disallowed, split_special_tokens
from bpe.errors import DisallowedSpecialTokenError
from bpe.reference import special_tokens as reference

LETTERS = "<a|"
TEXTS = ["".join(letters) for size in range(7) for letters in product(LETTERS, repeat=size)]
#: Prefixes of each other, overlapping themselves and each other, with one beginning and with several.
TOKENS = ("<", "<a", "<a|", "<|", "a<", "aa", "aaa", "|a|", "<<a")


def test_spans_are_those_of_the_definition_for_every_short_text() -> None:
    for size in (1, 2, 3):
        for tokens in combinations(TOKENS, size):
            for text in TEXTS:
                assert split_special_tokens(text, tokens) == reference.split_special_tokens(text, tokens), tokens


@given(
    st.lists(st.text(st.sampled_from("<|ab]^-\\\n😀"), min_size=1, max_size=4), min_size=1, max_size=12, unique=True),
    st.text(st.sampled_from("<|ab]^-\\\n😀"), max_size=30),
)
def test_characters_that_mean_something_in_expressions_are_plain(tokens: list[str], text: str) -> None:
    """Up to twelve tokens, which may begin in more ways than are told apart by the expression."""
    assert split_special_tokens(text, tokens) == reference.split_special_tokens(text, tokens)
    assert _refused(refuse_disallowed, text, tokens) == _refused(reference.refuse_disallowed, text, tokens)


def test_tokens_with_one_beginning_each_are_found() -> None:
    """A hundred ways to begin: the expression is a set of characters."""
    tokens = [chr(0x4E00 + n) * 2 for n in range(100)]
    text = "".join(tokens) + "\u4e00a" + "".join(reversed(tokens))
    assert split_special_tokens(text, tokens) == reference.split_special_tokens(text, tokens)


def _refused(refuse: object, text: str, tokens: list[str]) -> object:
    assert callable(refuse)
    try:
        refuse(text, tokens)
    except DisallowedSpecialTokenError as fault:
        return fault.token, fault.index
    return None
