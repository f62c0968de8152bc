"""Statements that look true and are not, each with its smallest counterexample, which still stands."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bpe.conformance import BYTES, Model, Training
from bpe.conformance.plain_merging import boundaries, merge_alone, merge_everywhere
from bpe.tokenizer import Tokenizer
from tests.encodings_folder import encodings_folder, require_encoding
from tests.engine_target import Engine
from tests.reference_target import Reference
from tests.targets import ENGINE, REFERENCE

__all__ = ["encodings_folder"]

Target = Reference | Engine

A, B, C = b"abc"

#: `aa` is a token.
RUNS = Model(BYTES | {256: b"aa"}, merges=((A, A, 256),))

#: `abc` is a token, and the file has no token from which merging could make it.
UNREACHED = Model(BYTES | {256: b"abc"}, whole_pre_token=True)


@pytest.fixture(params=[REFERENCE, ENGINE], ids=lambda target: target.name)
def target(request: pytest.FixtureRequest) -> Target:
    """Each of the targets in turn."""
    chosen: Target = request.param
    return chosen


def ids(target: Target, model: Model, text: str) -> list[int]:
    """Return the ids of ordinary text."""
    return list(target.encode_ordinary(model, text))


# --- encoding ------------------------------------------------------------------------------------


def test_encoding_is_no_homomorphism(target: Target) -> None:
    """False: encode(a + b) = encode(a) + encode(b)."""
    assert ids(target, RUNS, "a") == [A]
    assert ids(target, RUNS, "aa") == [256] != [A, A]


def test_decoding_and_encoding_again_may_change_ids(target: Target) -> None:
    """False: encode(decode(ids)) = ids."""
    assert ids(target, RUNS, target.decode(RUNS, [A, A])) == [256]


def test_aliases_may_decode_to_other_special_tokens(target: Target) -> None:
    """False where a special token is taken under an alias: encode(decode(encode(x))) = encode(x)."""
    model = Model(BYTES, special_tokens={"<s>": 256, "<s><s>": 256}, aliases={"<s><s>": "<s>"})
    encoded = list(target.encode(model, "<s><s><s>", allowed_special="all"))
    assert encoded == [256, 256]
    assert target.decode(model, encoded) == "<s><s>"
    assert list(target.encode(model, "<s><s>", allowed_special="all")) == [256]


def test_a_longer_text_may_have_fewer_tokens(target: Target) -> None:
    """False: a longer text has at least as many tokens; one more letter can halve the count."""
    model = Model(BYTES | {256: b"bc", 257: b"abc"}, merges=((B, C, 256), (A, 256, 257)))
    assert len(ids(target, model, "ab")) == 2
    assert len(ids(target, model, "abc")) == 1


def test_a_token_may_not_encode_to_itself_because_the_pattern_cuts_it(target: Target) -> None:
    """False: every token, decoded and encoded again, is itself."""
    model = Model(BYTES | {256: b"a "}, merges=((A, ord(" "), 256),), pattern="gpt2", whole_pre_token=True)
    assert ids(target, model.bare, "a ") == [256]
    assert ids(target, model, "a ") == [A, ord(" ")]


def test_a_token_may_not_encode_to_itself_because_nothing_leads_to_it(target: Target) -> None:
    """False: every token, decoded and encoded again, is itself."""
    assert ids(target, UNREACHED.bare, "abc") == [A, B, C]


def test_a_token_alone_may_be_no_text(target: Target) -> None:
    """False: a token alone is valid UTF-8."""
    model = Model(BYTES | {256: b"a\xc3"}, merges=((A, 0xC3, 256),))
    assert ids(target, model, "aé") == [256, 0xA9]
    assert target.decode(model, [256]) == "a\ufffd"


def test_decoding_token_by_token_breaks_characters(target: Target) -> None:
    """False: decoding token by token and joining the strings equals decoding at once."""
    model = Model(BYTES)
    encoded = ids(target, model, "é")
    assert target.decode(model, encoded) == "é"
    assert "".join(target.decode(model, [token_id]) for token_id in encoded) == "\ufffd\ufffd"


def test_the_id_of_a_byte_may_be_another_number(target: Target) -> None:
    """False: the id of byte b is b."""
    trained = target.train(Training((), 0, byte_order="gpt2"))
    assert ids(target, trained, "a") == [64]


def test_n_vocab_is_not_the_number_of_tokens() -> None:
    """False: n_vocab is the number of tokens."""
    ranks = {token: token_id for token_id, token in BYTES.items()} | {b"aa": 300}
    tokenizer = Tokenizer("gap", pat_str="(?s:.+)", mergeable_ranks=ranks, special_tokens={})
    assert len(ranks) == 257
    assert tokenizer.n_vocab == 301


def test_repairing_surrogates_is_no_homomorphism(target: Target) -> None:
    """False under the profile `replace`: bytes(x + y) = bytes(x) + bytes(y)."""
    model = Model(BYTES, surrogates="replace")
    assert target.decode(model, ids(target, model, "\ud83d\ude00")) == "😀"
    halves = ids(target, model, "\ud83d") + ids(target, model, "\ude00")
    assert target.decode(model, halves) == "\ufffd\ufffd"


# --- merging -------------------------------------------------------------------------------------


def test_cutting_a_long_piece_changes_ids(target: Target) -> None:
    """False: cutting a long pre-token at a fixed length keeps the ids."""
    assert ids(target, RUNS, "aaa" + "a") == [256, 256]
    assert ids(target, RUNS, "aaa") + ids(target, RUNS, "a") == [256, A, A]


def test_locality_needs_both_boundaries(target: Target) -> None:
    """False: any stretch of a text encodes to the ids that stand there."""
    assert ids(target, RUNS, "aaa") == [256, A]
    assert ids(target, RUNS, "aaa"[1:]) == [256]


def test_locality_fails_under_the_shortcut(target: Target) -> None:
    """False under the whole-pre-token shortcut: what lies between two boundaries encodes alone to the ids between them."""
    assert ids(target, UNREACHED, "abca") == [A, B, C, A]
    assert boundaries(UNREACHED, [A, B, C, A])[3] == 3
    assert ids(target, UNREACHED, "abc") == [256]


def test_merging_everywhere_needs_one_merge_for_each_token(target: Target) -> None:
    """False without a well-founded vocabulary: applying each merge once, in order, equals looking again after each."""
    # `aaa` is made by the second merge or, late, by the fourth; the third uses it.
    merges = ((A, A, 256), (A, 256, 257), (257, B, 258), (256, A, 257))
    model = Model(BYTES | {256: b"aa", 257: b"aaa", 258: b"aaab"}, merges=merges)
    row: Sequence[int] = list(b"aaab")
    for merge in merges:
        row = merge_everywhere(row, merge)
    assert row == [257, B]
    assert ids(target, model, "aaab") == [258]


def test_pairs_and_ranks_differ_where_a_token_is_not_reached(target: Target) -> None:
    """False without a canonical vocabulary: pair semantics equals rank semantics."""
    merges = ((A, B, 256), (B, C, 257), (A, 257, 258))
    model = Model(BYTES | {256: b"ab", 257: b"bc", 258: b"abc"}, merges=merges)
    assert ids(target, model, "abc") == [256, C]
    assert ids(target, model.change(merges=None), "abc") == [258]


def test_pairs_and_ranks_differ_where_a_token_is_made_in_two_ways(target: Target) -> None:
    """False: every token encoding to itself is enough for pair semantics to equal rank semantics."""
    # `aaa` is made of `a` and `aa` early, of `aa` and `a` late; under ranks it has the one rank of its id.
    merges = ((A, A, 256), (A, 256, 257), (B, 256, 258), (256, A, 257))
    model = Model(BYTES | {256: b"aa", 257: b"aaa", 258: b"baa"}, merges=merges)
    for semantics in (model, model.change(merges=None)):
        assert all(merge_alone(semantics, token) == [token_id] for token_id, token in model.tokens.items())
    assert ids(target, model, "baaa") == [258, A]
    assert ids(target, model.change(merges=None), "baaa") == [B, 257]


def test_a_merge_into_one_of_its_parts_can_leave_its_pair_behind() -> None:
    """False where the result is a part: after a merge no occurrence of the pair remains."""
    assert list(REFERENCE.apply_merge([1, 2, 2], (1, 2, 1))) == [1, 2]


# --- pre-split -----------------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", ["gpt2", "cl100k_base", "cl100k_original", "o200k_base", "qwen2"])
def test_boundaries_depend_on_what_follows(target: Target, pattern: str) -> None:
    """False: appended text leaves all pieces but the last as they are; two can change, and a boundary can vanish."""
    assert target.pre_split(pattern, "  ") == ["  "]
    assert target.pre_split(pattern, "  a") == [" ", " a"]
    before, after = ("a 'l", "a 'll") if pattern == "gpt2" else ("'r", "'re")
    assert target.pre_split(pattern, after)[: len(target.pre_split(pattern, before))] != target.pre_split(
        pattern, before
    )


def test_cl100k_has_two_forms(target: Target) -> None:
    """False: the pattern of cl100k as first published cuts as the one of today does."""
    assert target.pre_split("cl100k_original", "x\n  ") == ["x", "\n", "  "]
    assert target.pre_split("cl100k_base", "x\n  ") == ["x", "\n  "]


# --- training ------------------------------------------------------------------------------------


def test_training_by_first_appearance_depends_on_the_order_of_texts(target: Target) -> None:
    """False under `first-seen`: training depends on the multiset of pre-tokens alone."""
    training = Training(("ab", "ba"), 1, tie_break="first-seen")
    assert target.train(training).merges == ((A, B, 256),)
    assert target.train(training.change(texts=("ba", "ab"))).merges == ((B, A, 256),)


def test_overlapping_counts_choose_pairs_that_merge_less_often(target: Target) -> None:
    """False: training takes the pair that merges most often; of the places counted in a run, only half can merge."""
    # `aa` stands in three places, of which two merge; `bc` in two, which both do, and it would have merged as often.
    trained = target.train(Training(("aaaa", "bcbc"), 1))
    assert trained.merges == ((A, A, 256),)


# --- real vocabularies ---------------------------------------------------------------------------


@pytest.mark.usefixtures("encodings_folder")
def test_bytes_are_numbered_otherwise_in_gpt2() -> None:
    """False: the id of byte b is b."""
    assert require_encoding("gpt2").encode("a") == [64]


@pytest.mark.usefixtures("encodings_folder")
def test_ids_of_cl100k_have_gaps() -> None:
    """False: n_vocab is the number of tokens."""
    vocabulary = require_encoding("cl100k_base").vocabulary
    assert vocabulary.n_vocab == 100_277
    assert len(vocabulary.token_bytes) + len(vocabulary.special_tokens) == 100_261


@pytest.mark.usefixtures("encodings_folder")
def test_twelve_tokens_of_o200k_are_cut_by_its_own_pattern() -> None:
    """False: every token, decoded and encoded again, is itself."""
    tokenizer = require_encoding("o200k_base")
    assert tokenizer.decode([24091]) == "\r\n//"
    assert tokenizer.encode("\r\n//") == [370, 393]


@pytest.mark.usefixtures("encodings_folder")
def test_locality_fails_in_llama3() -> None:
    """False under the whole-pre-token shortcut: what lies between two boundaries encodes alone to the ids between them."""
    tokenizer = require_encoding("llama3")
    longer = tokenizer.encode(" việc的")
    assert tokenizer.decode(longer[:3]) == " việc"
    assert tokenizer.encode(" việc") == [100769] != longer[:3]
