"""What the definition says when it refuses: the words, which name the input and the remedy, and the fields of the error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from bpe.engine.encoding import PortableEncoder
from bpe.errors import (
    BpeError,
    DisallowedSpecialTokenError,
    InputTypeError,
    InvalidPatternError,
    InvalidUtf8Error,
    InvalidVocabularyError,
    LoneSurrogateError,
    PatternGapError,
    TokenIdRangeError,
    TokenIdTypeError,
    UnknownSpecialTokenError,
    UnknownTokenError,
)
from bpe.patterns import Pattern
from bpe.reference.encoding import as_token_id, decode, decode_bytes, encode, encode_bytes, encode_ordinary
from bpe.reference.pre_split import compile_source, pre_split, write_out
from bpe.reference.special_tokens import refuse_disallowed, resolve_special
from bpe.reference.utf8 import bytes_to_text, scalar_text
from bpe.tokenizer import Tokenizer
from bpe.vocabulary import Merge, TokenId, Vocabulary, single_bytes

BYTES = Vocabulary(single_bytes(), special_tokens={"<s>": TokenId(256)})

SHIFTED = Vocabulary({TokenId(value + 1): bytes([value]) for value in range(256)})


@dataclass(frozen=True)
class Refusal:
    """A call, and what it must raise: the class, the words without the clause behind them, and the fields."""

    call: Callable[[], object]
    kind: type[BpeError]
    words: str
    fields: dict[str, Any] = field(default_factory=dict)


REFUSALS = {
    "text that is bytes": Refusal(
        lambda: scalar_text(b"a"),  # type: ignore[arg-type]
        InputTypeError,
        "text must be a str, not bytes: decode bytes, or use encode_bytes",
    ),
    "a surrogate": Refusal(
        lambda: encode("ab\udc80", BYTES),
        LoneSurrogateError,
        'surrogate U+DC80 at index 2: remove it, or choose errors="replace"',
        {"text": "ab\udc80", "index": 2},
    ),
    "a surrogate in ordinary text": Refusal(
        lambda: encode_ordinary("\ud800", BYTES),
        LoneSurrogateError,
        'surrogate U+D800 at index 0: remove it, or choose errors="replace"',
        {"text": "\ud800", "index": 0},
    ),
    "an unknown handler": Refusal(
        lambda: bytes_to_text(b"a", errors="repair"),
        InputTypeError,
        'no error handler is named \'repair\': "replace" and "strict" always are',
    ),
    "a handler that is no name": Refusal(
        lambda: bytes_to_text(b"a", errors=1),  # type: ignore[arg-type]
        InputTypeError,
        'no error handler is named 1: "replace" and "strict" always are',
    ),
    "a handler for encoding only": Refusal(
        lambda: bytes_to_text(b"\xff", errors="xmlcharrefreplace"),
        InputTypeError,
        "the error handler 'xmlcharrefreplace' is for encoding only "
        "(don't know how to handle UnicodeDecodeError in error callback)",
    ),
    "a byte that no text has": Refusal(
        lambda: decode([97, 195, 97], BYTES, errors="strict"),
        InvalidUtf8Error,
        "byte 0xc3 at offset 1 is not UTF-8 (invalid continuation byte): "
        'decode with errors="replace", or use decode_bytes',
        {"data": b"a\xc3a", "offset": 1, "stop": 2, "cause": "invalid continuation byte"},
    ),
    "bytes that are a text": Refusal(
        lambda: encode_bytes("a", BYTES),  # type: ignore[arg-type]
        InputTypeError,
        "data must be bytes, not str: encode text with encode",
    ),
    "an unknown id": Refusal(
        lambda: decode_bytes([97, 300], BYTES),
        UnknownTokenError,
        "id 300 at position 1 is not in the vocabulary (n_vocab is 257)",
        {"token": 300, "position": 1},
    ),
    "the least id": Refusal(
        lambda: decode_bytes([0], SHIFTED),
        UnknownTokenError,
        "id 0 at position 0 is not in the vocabulary (n_vocab is 257)",
        {"token": 0, "position": 0},
    ),
    "the greatest id": Refusal(
        lambda: decode_bytes([2**32 - 1], BYTES),
        UnknownTokenError,
        "id 4294967295 at position 0 is not in the vocabulary (n_vocab is 257)",
        {"token": 2**32 - 1, "position": 0},
    ),
    "an id that is none": Refusal(
        lambda: decode_bytes([2**32], BYTES),
        TokenIdRangeError,
        "id 4294967296 at position 0 is not in the vocabulary (n_vocab is 257)",
        {"token": 2**32, "position": 0},
    ),
    "an id below zero": Refusal(
        lambda: decode_bytes([-1], BYTES),
        TokenIdRangeError,
        "id -1 at position 0 is not in the vocabulary (n_vocab is 257)",
        {"token": -1, "position": 0},
    ),
    "an id that is a text": Refusal(
        lambda: decode_bytes([97, "a"], BYTES),  # type: ignore[list-item]
        TokenIdTypeError,
        "'a' at position 1 is str, not an integer id",
        {"token": "a", "position": 1},
    ),
    "an id that is a truth value": Refusal(
        lambda: as_token_id(True),
        TokenIdTypeError,
        "True at position 0 is bool, not an integer id",
        {"token": True, "position": 0},
    ),
    "a disallowed token": Refusal(
        lambda: refuse_disallowed("a<s>", ["<s>"]),
        DisallowedSpecialTokenError,
        "disallowed special token '<s>' at index 1: allow it with allowed_special={'<s>'}, "
        "exempt it with disallowed_special=(tokenizer.special_tokens_set - {'<s>'}), "
        "or take all special tokens as ordinary text with disallowed_special=()",
        {"token": "<s>", "index": 1},
    ),
    "an allowed token that is not known": Refusal(
        lambda: resolve_special({"<s>"}, ["<s>", "<u>", "<t>"], "all"),
        UnknownSpecialTokenError,
        "this tokenizer has no special token '<t>': add it with with_special_tokens, or do not allow it",
        {"token": "<t>"},
    ),
    "allowed tokens that are one string": Refusal(
        lambda: resolve_special({"<s>"}, "<s>", "all"),
        InputTypeError,
        "allowed_special must be \"all\" or a collection of texts, not the string '<s>'",
    ),
    "disallowed tokens that are one string": Refusal(
        lambda: resolve_special({"<s>"}, "all", "<s>"),
        InputTypeError,
        "disallowed_special must be \"all\" or a collection of texts, not the string '<s>'",
    ),
    "allowed tokens that are a number": Refusal(
        lambda: resolve_special({"<s>"}, 1, "all"),  # type: ignore[arg-type]
        InputTypeError,
        "allowed_special must be \"all\" or a collection of texts ('int' object is not iterable)",
    ),
    "a disallowed token that is no text": Refusal(
        lambda: resolve_special({"<s>"}, (), [b"<s>"]),  # type: ignore[list-item]
        InputTypeError,
        "disallowed_special holds b'<s>', which is not a non-empty text",
    ),
    "a disallowed token that is empty": Refusal(
        lambda: resolve_special({"<s>"}, (), [""]),
        InputTypeError,
        "disallowed_special holds '', which is not a non-empty text",
    ),
    "a pattern that leaves text out": Refusal(
        lambda: pre_split("aa" + "b" * 30 + "a", Pattern("a+")),
        PatternGapError,
        "the pattern 'a+' leaves characters 2 to 32 uncovered ('bbbbbbbbbbbbbbbbbbbb'): "
        "add an alternative that matches them, or give gaps='isolate'",
        {"pattern": "a+", "start": 2, "stop": 32},
    ),
    "a pattern that leaves the end out": Refusal(
        lambda: pre_split("ab", Pattern("a+")),
        PatternGapError,
        "the pattern 'a+' leaves characters 1 to 2 uncovered ('b'): "
        "add an alternative that matches them, or give gaps='isolate'",
        {"pattern": "a+", "start": 1, "stop": 2},
    ),
    "a pattern that is no expression": Refusal(
        lambda: write_out("(b"),
        InvalidPatternError,
        "the pattern '(b' is no regular expression: missing ) at position 2",
        {"pattern": "(b"},
    ),
    "a pattern that speaks of another": Refusal(
        lambda: compile_source("(b", "named"),
        InvalidPatternError,
        "the pattern 'named' is no regular expression: missing ) at position 2",
        {"pattern": "named"},
    ),
    "a pattern that is nested too deeply": Refusal(
        lambda: write_out("(" * 20_000 + ")" * 20_000),
        InvalidPatternError,
        f"the pattern {'(' * 20_000 + ')' * 20_000!r} is no regular expression: nested too deeply",
        {"pattern": "(" * 20_000 + ")" * 20_000},
    ),
    "a pattern that searches backwards": Refusal(
        lambda: write_out("(?r)a"),
        InvalidPatternError,
        "the pattern '(?r)a' searches backwards: leave out the flag r",
        {"pattern": "(?r)a"},
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals(name: str) -> None:
    refusal = REFUSALS[name]
    with pytest.raises(refusal.kind) as caught:
        refusal.call()
    assert type(caught.value) is refusal.kind
    assert caught.value.message == refusal.words
    assert caught.value.fields == refusal.fields


def test_the_reason_of_a_pattern_is_kept() -> None:
    with pytest.raises(InvalidPatternError) as caught:
        write_out("(b")
    assert str(caught.value.__cause__) == "missing ) at position 2"


@pytest.mark.parametrize("name", ["an unknown handler", "a byte that no text has", "allowed tokens that are a number"])
def test_what_the_words_repeat_is_not_shown_again(name: str) -> None:
    with pytest.raises(BpeError) as caught:
        REFUSALS[name].call()
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("token_id", [1 << 20000, -(10**5000)], ids=["positive", "negative"])
def test_ids_of_thousands_of_digits_are_named_by_their_length(token_id: int) -> None:
    """The interpreter refuses to write such numbers out."""
    vocabulary = Vocabulary(single_bytes())
    for refuse in (
        decode_bytes,
        PortableEncoder(vocabulary).decode_bytes,
        Tokenizer.from_vocabulary(vocabulary).decode,
    ):
        arguments = ([97, token_id], vocabulary) if refuse is decode_bytes else ([97, token_id],)
        with pytest.raises(TokenIdRangeError, match=r"an integer of about [56]0[0-9]{2} digits at position 1"):
            refuse(*arguments)
    assert not Tokenizer.from_vocabulary(vocabulary).is_canonical([token_id])
    with pytest.raises(InvalidVocabularyError, match="digits"):
        Vocabulary(single_bytes() | {TokenId(token_id): b"ab"})
    with pytest.raises(InvalidVocabularyError, match=r"a Merge of integers too long to show|digits"):
        Vocabulary(single_bytes(), merges=(Merge(TokenId(token_id), TokenId(1), TokenId(2)),))


@pytest.mark.parametrize("value", [1, 0, None, "yes"])
def test_whether_whole_pre_tokens_count_is_true_or_false(value: Any) -> None:
    with pytest.raises(InvalidVocabularyError, match="give True or False"):
        Vocabulary(single_bytes(), whole_pre_token=value)


@pytest.mark.parametrize(
    "call",
    [
        lambda: Vocabulary(None),  # type: ignore[arg-type]
        lambda: Vocabulary(single_bytes(), merges=5),  # type: ignore[arg-type]
        lambda: Vocabulary(single_bytes(), special_tokens=["a"]),  # type: ignore[arg-type]
        lambda: Vocabulary(single_bytes(), aliases=None),  # type: ignore[arg-type]
        lambda: Vocabulary(single_bytes(), special_tokens={"a": TokenId(256)}, aliases={"a": []}),  # type: ignore[dict-item]
        lambda: Tokenizer.from_vocabulary(None),  # type: ignore[arg-type]
        lambda: Tokenizer.from_vocabulary(Vocabulary(single_bytes())).is_canonical(None),  # type: ignore[arg-type]
        lambda: Tokenizer.from_vocabulary(Vocabulary(single_bytes())).decode_batch(None),  # type: ignore[arg-type]
        lambda: Tokenizer.from_vocabulary(Vocabulary(single_bytes())).decode_bytes_batch(7),  # type: ignore[arg-type]
    ],
)
def test_arguments_of_the_wrong_type_are_refused_by_name(call: Callable[[], object]) -> None:
    with pytest.raises(BpeError):
        call()
