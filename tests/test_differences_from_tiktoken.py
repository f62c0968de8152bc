"""Every intended difference from tiktoken, with both behaviours side by side.

`docs/differences-from-tiktoken.md` is the list; the last test here checks that it names these tests and no others.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tiktoken

import bpe
from bpe import errors
from tests.test_tokenizer import ranks

BYTES = {bytes([value]): value for value in range(256)}
ANY = r"(?s:.)+"


def build(kind: Callable[..., Any], *, pat_str: str = ANY, **parts: Any) -> Any:
    """Return a tokenizer of either kind over single bytes."""
    arguments = {"mergeable_ranks": BYTES, "special_tokens": {}} | parts
    return kind("test", pat_str=pat_str, **arguments)


def both(**parts: Any) -> tuple[bpe.Tokenizer, tiktoken.Encoding]:
    """Return our tokenizer and tiktoken's, built from the same parts."""
    return build(bpe.Tokenizer, **parts), build(tiktoken.Encoding, **parts)


def test_uncovered_text() -> None:
    """Tiktoken drops what the pattern does not match; we refuse it (clause P2)."""
    ours, theirs = both(pat_str="[a-z]+")
    assert theirs.decode(theirs.encode("abc DEF ghi")) == "abcghi"
    with pytest.raises(errors.PatternGapError, match="3"):
        ours.encode("abc DEF ghi")


def test_surrogates_have_one_policy() -> None:
    """Two of tiktoken's methods disagree on surrogates; ours do not (clause B4)."""
    ours, theirs = both()
    assert theirs.decode(theirs.encode("\ud800")) == "\ufffd"
    with pytest.raises(UnicodeEncodeError):
        theirs.encode_to_numpy("\ud800")
    assert ours.encode_to_numpy("\ud800").tolist() == ours.encode("\ud800") == theirs.encode("\ud800")
    with pytest.raises(UnicodeEncodeError):
        ours.with_errors("strict").encode("\ud800")


def test_catastrophic_pattern() -> None:
    """A pattern that backtracks without end is stopped with a typed error (clause P8)."""
    tokenizer = build(bpe.Tokenizer, pat_str=r"(?:a|a)*b|c")
    with pytest.raises(errors.PatternTimeoutError):
        tokenizer.encode("a" * 60)


def test_custom_patterns_are_read_by_regex() -> None:
    """The two engines for expressions differ on what `$` means before a newline that ends the text (clause P1)."""
    ours, theirs = both(pat_str=r"[a-z]{2}$|(?s:.)", mergeable_ranks={**BYTES, b"ab": 256})
    assert theirs.encode("ab\n") == [97, 98, 10]
    assert ours.encode("ab\n") == [256, 10]


def test_disallowed_surrogates() -> None:
    """Disallowed texts are looked for before surrogates are repaired in tiktoken, and here afterwards (clause S3)."""
    ours, theirs = both()
    with pytest.raises(ValueError, match="disallowed"):
        theirs.encode("\ud800", disallowed_special={"\ud800"})
    assert ours.encode("\ud800", disallowed_special={"\ud800"}) == list("\ufffd".encode())


def test_overlapping_special_tokens() -> None:
    """The longest special token wins, in whatever order they were registered (clause S2)."""
    for special in ({"<|a|>": 256, "<|a|><|b|>": 257}, {"<|a|><|b|>": 257, "<|a|>": 256}):
        assert build(bpe.Tokenizer, special_tokens=special).encode("<|a|><|b|>", allowed_special="all") == [257]


def test_hidden_special_token() -> None:
    """A token that is not allowed does not hide one that is (clause S2)."""
    ours, theirs = both(special_tokens={"<a>": 256, "<a>b": 257})
    only = {"<a>b"}
    assert 257 not in theirs.encode("<a>b", allowed_special=only, disallowed_special=())
    assert ours.encode("<a>b", allowed_special=only, disallowed_special=()) == [257]


def test_unknown_allowed_special() -> None:
    """Tiktoken ignores an unknown name in allowed_special; we refuse it (clause S9)."""
    ours, theirs = both()
    assert theirs.encode("<x>", allowed_special={"<x>"}) == list(b"<x>")
    with pytest.raises(errors.UnknownSpecialTokenError):
        ours.encode("<x>", allowed_special={"<x>"})


def test_bare_string_of_special_tokens() -> None:
    """A bare string where a set is wanted is refused with what to pass (clause S9)."""
    ours, theirs = both(special_tokens={"<x>": 256})
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever it happens to be
        theirs.encode("a<b", allowed_special="<x>")  # type: ignore[arg-type]
    with pytest.raises(errors.InputTypeError, match="allowed_special"):
        ours.encode("a<b", allowed_special="<x>")


def test_aliases() -> None:
    """Of special tokens with one id, the first is what the id decodes to (clause S8)."""
    special = {"<end>": 256, "<stop>": 256}
    ours, theirs = both(special_tokens=special)
    assert ours.encode("<stop><end>", allowed_special="all") == [256, 256]
    assert ours.decode([256]) == "<end>"
    assert theirs.decode([256]) in special
    with pytest.raises(errors.SpecialTokenConflictError, match="alias"):
        build(bpe.Tokenizer).with_special_tokens(special)


def test_special_id_already_taken() -> None:
    """Tiktoken takes a special id that an ordinary token has, and then loses the text (clause S8)."""
    special = {"<s>": 97}
    theirs = build(tiktoken.Encoding, special_tokens=special)
    assert theirs.decode(theirs.encode("<s>", allowed_special="all")) == "a"
    with pytest.raises(errors.SpecialTokenConflictError, match="97"):
        build(bpe.Tokenizer, special_tokens=special)


def test_empty_special_token() -> None:
    """Tiktoken takes an empty special token; we refuse it (clause S8)."""
    build(tiktoken.Encoding, special_tokens={"": 256})
    with pytest.raises(errors.SpecialTokenConflictError):
        build(bpe.Tokenizer, special_tokens={"": 256})


def test_refusal_names_the_index() -> None:
    """Our refusal carries the token and where it stands (clause S3)."""
    with pytest.raises(errors.DisallowedSpecialTokenError) as refusal:
        build(bpe.Tokenizer, special_tokens={"<x>": 256}).encode("ab<x>")
    assert (refusal.value.token, refusal.value.index) == ("<x>", 2)


def test_missing_eot_token() -> None:
    """Without `<|endoftext|>` both raise a KeyError; ours is typed (clause S9)."""
    ours, theirs = both()
    with pytest.raises(KeyError):
        _ = theirs.eot_token
    with pytest.raises(errors.UnknownSpecialTokenError):
        _ = ours.eot_token


def test_missing_bytes() -> None:
    """Tiktoken panics when it meets a byte without a token; we refuse the vocabulary (clause V1)."""
    ranks_without_b = {b"a": 0}
    theirs = build(tiktoken.Encoding, mergeable_ranks=ranks_without_b)
    with pytest.raises(BaseException) as panic:  # noqa: PT011 - its type is not exported
        theirs.encode("b")
    assert not isinstance(panic.value, Exception)
    with pytest.raises(errors.InvalidVocabularyError, match="255 single bytes"):
        build(bpe.Tokenizer, mergeable_ranks=ranks_without_b)


def test_duplicate_ranks() -> None:
    """Tiktoken panics on two tokens with one rank; we refuse them (clause V2)."""
    duplicate = {**BYTES, b"aa": 97}
    with pytest.raises(BaseException) as panic:  # noqa: PT011 - its type is not exported
        build(tiktoken.Encoding, mergeable_ranks=duplicate)
    assert not isinstance(panic.value, Exception)
    with pytest.raises(errors.InvalidVocabularyError, match="97"):
        build(bpe.Tokenizer, mergeable_ranks=duplicate)


def test_empty_token() -> None:
    """Tiktoken keeps a token without bytes; we leave it out and say so (clause V2)."""
    with_empty = {**BYTES, b"": 256}
    assert build(tiktoken.Encoding, mergeable_ranks=with_empty).decode([256]) == ""
    with pytest.warns(bpe.errors.EmptyTokenWarning, match="256"):
        tokenizer = build(bpe.Tokenizer, mergeable_ranks=with_empty, special_tokens={"<x>": 257})
    assert tokenizer.vocabulary.gaps() == (range(256, 257),)


def test_wrong_size_says_why() -> None:
    """Our AssertionError gives the numbers (clause V3)."""
    with pytest.raises(errors.VocabularySizeError, match=r"300.*256"):
        build(bpe.Tokenizer, explicit_n_vocab=300)
    with pytest.raises(errors.VocabularySizeError):
        build(bpe.Tokenizer, explicit_n_vocab=0)


def test_exceptions_name_id_and_position() -> None:
    """Our refusals of ids carry the id and the position (clause D2)."""
    for wrong in (256, -1, 2**40, "a", 1.5):
        with pytest.raises(errors.BpeError) as refusal:
            build(bpe.Tokenizer).decode([97, wrong])
        assert (refusal.value.token, refusal.value.position) == (wrong, 1)


def test_ranks_out_of_range() -> None:
    """Ranks that no id can be are refused with a ValueError (clause V1)."""
    for rank in (-1, 2**32):
        with pytest.raises(OverflowError):
            build(tiktoken.Encoding, mergeable_ranks={**BYTES, b"aa": rank})
        with pytest.raises(errors.InvalidVocabularyError, match=str(rank)):
            build(bpe.Tokenizer, mergeable_ranks={**BYTES, b"aa": rank})
    for kind in (tiktoken.Encoding, bpe.Tokenizer):
        with pytest.raises(TypeError):
            build(kind, mergeable_ranks={**BYTES, b"aa": "x"})


def test_single_surrogate() -> None:
    """A surrogate is no token: refused by kind of fault (clause B4)."""
    ours, theirs = both()
    with pytest.raises(UnicodeEncodeError):
        theirs.encode_single_token("\ud800")
    with pytest.raises(KeyError):
        ours.encode_single_token("\ud800")
    with pytest.raises(UnicodeEncodeError):
        ours.with_errors("strict").encode_single_token("\ud800")


def test_arrays_can_be_written_to() -> None:
    """The array belongs to the caller (clause E1)."""
    ours, theirs = both()
    assert not theirs.encode_to_numpy("a").flags.writeable
    assert ours.encode_to_numpy("a").flags.writeable


def test_number_of_threads() -> None:
    """Any number of threads is taken, and changes no id; less than one means in line (clause E6)."""
    ours, theirs = both()
    with pytest.raises(ValueError, match="max_workers"):
        theirs.encode_batch(["a"], num_threads=0)
    assert ours.encode_batch(["a"], num_threads=0) == [[97]]


def test_private_names() -> None:
    """Of tiktoken's private names, we have those that its documentation uses."""
    ours, theirs = both()
    for name in ("_pat_str", "_mergeable_ranks", "_special_tokens"):
        assert getattr(ours, name) == getattr(theirs, name)
    for name in ("_encode_bytes", "_encode_single_piece", "_encode_only_native_bpe", "_core_bpe"):
        assert hasattr(theirs, name)
        assert not hasattr(ours, name)


def test_truth_values_are_no_ids() -> None:
    """Tiktoken decodes True as 1; we refuse it (clause D2)."""
    ours, theirs = both()
    assert theirs.decode_bytes([True]) == b"\x01"
    with pytest.raises(errors.TokenIdTypeError):
        ours.decode_bytes([True])


def test_is_special_token_of_no_id() -> None:
    """What is no integer is refused with a TypeError, not an assertion (clause D2)."""
    ours, theirs = both()
    with pytest.raises(AssertionError):
        theirs.is_special_token("x")  # type: ignore[arg-type]
    with pytest.raises(errors.TokenIdTypeError):
        ours.is_special_token("x")  # type: ignore[arg-type]


def test_unknown_error_handler() -> None:
    """A mistyped error handler is refused at once (clause B5)."""
    ours, theirs = both()
    assert theirs.decode([97], errors="nonsense") == "a"
    with pytest.raises(LookupError):
        theirs.decode([255], errors="nonsense")
    with pytest.raises(errors.InputTypeError):
        ours.decode([97], errors="nonsense")


def test_batch_of_one_string() -> None:
    """A string given as a batch is a mistake, and said to be one (clause E6)."""
    ours, theirs = both()
    assert theirs.encode_batch("ab") == [[97], [98]]  # type: ignore[arg-type]
    with pytest.raises(errors.InputTypeError, match="pass"):
        ours.encode_batch("ab")


def test_equality_and_immutability() -> None:
    """Ours are equal by vocabulary, and cannot be changed (clause R5)."""
    assert build(tiktoken.Encoding) != build(tiktoken.Encoding)
    ours = build(bpe.Tokenizer)
    assert ours == build(bpe.Tokenizer)
    with pytest.raises(AttributeError):
        ours.name = "x"


def test_pickles_carry_the_vocabulary() -> None:
    """A pickle needs no registry to come back (clause R4)."""
    ours = bpe.Tokenizer("gpt2", pat_str=ANY, mergeable_ranks=ranks(), special_tokens={})
    assert pickle.loads(pickle.dumps(ours)).token_byte_values() == ours.token_byte_values()


def test_special_tokens_set_is_a_copy() -> None:
    """Changing the set that we return changes nothing."""
    ours = build(bpe.Tokenizer, special_tokens={"<x>": 256})
    ours.special_tokens_set.clear()
    assert ours.special_tokens_set == {"<x>"}


def test_no_encode_with_unstable() -> None:
    """There is no method that is neither sound nor complete."""
    assert not hasattr(bpe.Tokenizer, "encode_with_unstable")


def test_the_page_lists_these_tests() -> None:
    """The page names every test of this module, and no other."""
    page = (Path(__file__).parent.parent / "docs" / "differences-from-tiktoken.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    here = {name for name in globals() if name.startswith("test_")} - {"test_the_page_lists_these_tests"}
    assert named == here
