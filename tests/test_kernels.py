"""The compiled kernels beside the portable engine and the definition, where sampling would be too little."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from itertools import pairwise, product
from typing import Any

import pytest

from bpe.engine import COMPILED
from bpe.engine import safe_cuts as portable_cuts
from bpe.engine.encoding import PortableEncoder
from bpe.engine.pre_split import compile_splitter
from bpe.errors import BpeError
from bpe.patterns import NAMED_PATTERNS, Pattern
from bpe.unicode_classes import general_category, is_white_space
from bpe.vocabulary import Merge, SurrogateProfile, TokenId, Vocabulary, single_bytes
from tests.pre_split_alphabets import ALPHABETS, KINDS, SMALL_ALPHABETS, named, short_texts

if COMPILED:
    from bpe.engine.compiled_training import start_training
    from bpe.engine.encoder import make_encoder
    from bpe.engine.kernels import (
        character_classes,
        pair_ranks,
        pair_table,
        pre_token_table,
        pre_tokens,
        safe_cuts,
        training,
    )
    from bpe.engine.kernels.encoding import Encoder
    from bpe.engine.kernels.left_to_right import tables_of
    from bpe.engine.kernels.pair_queue import PairQueue
    from bpe.engine.kernels.pair_statistics import PairStatistics
    from bpe.engine.kernels.pair_table import PairTable
    from bpe.engine.kernels.special_tokens import SpecialTokenFinder

pytestmark = pytest.mark.skipif(not COMPILED, reason="the engine is portable: no compiled kernels to test")

every_named_pattern = pytest.mark.parametrize("name", NAMED_PATTERNS)


# --- the pre-split -------------------------------------------------------------------------------


@every_named_pattern
def test_scanners_cut_every_short_text_as_the_pattern_does(name: str) -> None:
    split = compile_splitter(named(name))
    for text in (*short_texts(KINDS, 4), *short_texts(ALPHABETS[name], 3)):
        assert pre_tokens.split(text, name) == split(text), text


@pytest.mark.deep
@every_named_pattern
@pytest.mark.parametrize("first", KINDS)
def test_scanners_cut_every_text_of_six(name: str, first: str) -> None:
    split = compile_splitter(named(name))
    for rest in product(KINDS, repeat=5):
        text = first + "".join(rest)
        assert pre_tokens.split(text, name) == split(text), text


@every_named_pattern
def test_scanners_see_where_words_of_any_length_end(name: str) -> None:
    """Words are read eight bytes at a time: their ends fall on every byte of two such reads, and of a third."""
    split = compile_splitter(named(name))
    for capitals, small in product(range(4), range(20)):
        word = "A" * capitals + "b" * small
        for before, after in product(
            ("", " ", "'", "\n", "  ", "é"), ("", " ", "'s", "'", "1", "é", "B", "\u0301", "😀", "\n")
        ):
            text = before + word + after
            assert pre_tokens.split(text, name) == split(text), text
    for capitals in range(4, 20):
        text = " " + "A" * capitals + "b" * 3 + "AB"
        assert pre_tokens.split(text, name) == split(text), text


@every_named_pattern
def test_cuts_are_those_of_the_portable_engine(name: str) -> None:
    for text in (*short_texts(SMALL_ALPHABETS[name], 4), *short_texts(KINDS, 3)):
        for start, stop in ((1, len(text)), (2, len(text) - 1)):
            expected = portable_cuts.last_safe_cut(text, named(name), start=start, stop=stop)
            assert safe_cuts.last_safe_cut(text, name, start, stop) == expected, (text, start, stop)


def test_each_code_point_has_the_pinned_class() -> None:
    """What the scanners look at is that, for all of Unicode (clause P6)."""
    of = {"Lu": 2, "Lt": 2, "Ll": 4, "Lm": 8, "Lo": 8, "M": 16, "N": 32}
    for code_point in range(0x110000):
        if 0xD800 <= code_point < 0xE000:
            continue
        category = general_category(code_point)
        expected = of.get(category, of.get(category[0], 1))
        if is_white_space(code_point):
            expected = 128 if chr(code_point) in "\r\n" else 64
        assert character_classes.class_of_character(chr(code_point)) == expected, hex(code_point)


@pytest.mark.deep
@every_named_pattern
def test_scanners_cut_beside_every_code_point_as_the_pattern_does(name: str) -> None:
    split = compile_splitter(named(name))
    for start in range(0, 0x110000, 0x1000):
        characters = [chr(code) for code in range(start, start + 0x1000) if not 0xD800 <= code < 0xE000]
        text = "\r".join(f"{c}\ra{c}a\r1{c}1\r {c} \r'{c}\r!{c}!" for c in characters)
        assert pre_tokens.split(text, name) == split(text), hex(start)


# --- merging -------------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [200, 2**20])
def test_as_full_as_it_may_be_a_table_of_pairs_knows_each_pair_and_no_other(most: int) -> None:
    """Pairs of the least and of the greatest numbers: what the filter lets pass, and what slots next to each other hold."""
    rng = random.Random(most)
    for size in (256, 1024, 8192):
        count = size * 4 // 5
        assert pair_ranks.slots_for(count) == size
        pairs = list({(most - 1 - rng.randrange(200), rng.randrange(most)): None for _ in range(4 * count)})
        entered, absent = pairs[:count], pairs[count:]
        assert len(entered) == count < len(pairs)
        entries = pair_ranks.empty_entries(size)
        ranks = [2**20 - 1 - place for place in range(count)]
        for (left, right), rank in zip(entered, ranks, strict=True):
            pair_ranks.insert_rank(entries, size - 1, left, right, rank)
        found = [pair_ranks.find_rank(entries, size - 1, *pair) for pair in pairs]
        assert found == [*ranks, *[pair_ranks.NONE] * len(absent)]


def _random_vocabulary(rng: random.Random, *, by_ranks: bool) -> Vocabulary:
    """Return tokens over two letters, made by random merges or, by ranks, of any bytes."""
    tokens = single_bytes()
    merges: list[Merge] = []
    parts = [TokenId(97), TokenId(98)]
    while len(tokens) < 256 + rng.randrange(1, 12):
        left, right = rng.choice(parts), rng.choice(parts)
        token = tokens[left] + tokens[right]
        if by_ranks:
            token = bytes(rng.choices(b"ab", k=rng.randrange(2, 7)))
        if token in tokens.values():
            continue
        new = TokenId(len(tokens))
        tokens[new] = token
        merges.append(Merge(left, right, new))
        parts.append(new)
    return Vocabulary(tokens, merges=None if by_ranks else tuple(merges), whole_pre_token=rng.random() < 0.5)


@pytest.mark.parametrize("by_ranks", [False, True])
def test_pieces_of_every_length_merge_as_by_the_portable_engine(by_ranks: bool) -> None:
    """Slots, arena, rows merged by looking, by a queue and from left to right: lengths on both sides of every border."""
    rng = random.Random(by_ranks)
    for _ in range(60):
        vocabulary = _random_vocabulary(rng, by_ranks=by_ranks)
        compiled, portable = Encoder(vocabulary), PortableEncoder(vocabulary)
        at_once = Encoder(vocabulary, worthwhile=0)
        for length in (*range(1, 70), 255, 256, 257, 1000):
            piece = bytes(rng.choices(b"ab", k=length)) if rng.random() < 0.8 else b"a" * length
            expected = portable.encode_piece(piece)
            assert compiled.encode_piece(piece) == expected, (vocabulary, piece)
            assert compiled.encode_piece(piece) == expected, (vocabulary, piece)  # now it is remembered
            assert at_once.encode_piece(piece) == expected, (vocabulary, piece)


def test_very_long_pieces_merge_from_left_to_right_as_by_the_portable_engine() -> None:
    """Rows of random letters, of words that are nearly tokens, and of one token over and over, under vocabularies that are canonical."""
    rng = random.Random(0)
    canonical = 0
    while canonical < 40:
        vocabulary = _random_vocabulary(rng, by_ranks=False)
        tables = tables_of(PairTable(vocabulary))
        if tables is None:
            continue
        canonical += 1
        portable, ids = PortableEncoder(vocabulary), [*vocabulary.token_bytes]
        words = [token for token in vocabulary.token_bytes.values() if len(token) > 1]
        pieces = [
            bytes(rng.choices(b"ab", k=300)),
            b"".join(rng.choice(words)[: rng.randrange(1, 9)] for _ in range(100)),
            rng.choice(words) * 50 + b"a",
        ]
        for piece in pieces:
            numbers = tables.merge_piece(piece)
            assert numbers is not None
            assert [ids[number] for number in numbers] == portable.encode_piece(piece), (vocabulary, piece)


def test_going_from_left_to_right_takes_few_steps_or_is_given_up() -> None:
    """Tokens that nearly begin everywhere are walked through at every byte, or refused one after the other: a queue takes over (clause R1)."""
    nearly = {TokenId(255 + length): b"a" * length + b"b" for length in range(1, 101)}
    refused = {TokenId(256): b"za", TokenId(257): b"ab"}
    refused |= {TokenId(256 + length): b"a" + b"b" * length for length in range(2, 400)}
    refused |= {TokenId(700): b"yz"}
    for longer, hard in ((nearly, b"a" * 1000), (refused, b"yza" + b"b" * 399)):
        vocabulary = Vocabulary(single_bytes() | longer)
        tables = tables_of(PairTable(vocabulary))
        assert tables is not None
        assert tables.merge_piece(hard) is None
        compiled, portable = Encoder(vocabulary, worthwhile=0), PortableEncoder(vocabulary)
        for piece in (hard, hard + b"b", (b"a" * 99 + b"b") * 9, hard * 3):
            assert compiled.encode_piece(piece) == portable.encode_piece(piece)


@pytest.mark.parametrize("last_id", [257, 2**31])
def test_arrays_of_any_length_have_the_ids_of_lists(last_id: int) -> None:
    """On both sides of the length from which a row is not copied before it becomes an array; with gaps between ids, and without."""
    encoder = Encoder(Vocabulary(single_bytes() | {TokenId(256): b"ab", TokenId(last_id): b"abc"}))
    for length in (0, 1, 63, 64, 65, 200):
        text = "b" * (length - 1) + "abc" if length else ""
        ids = memoryview(encoder.encode_to_array(text, (), "all")).cast("I").tolist()
        assert ids == encoder.encode(text) == [98] * (length - 1) + [last_id] * min(length, 1)


def test_ids_need_not_be_dense() -> None:
    """Gaps, ids of 2**31 and more: lists and arrays have the ids themselves."""
    numpy = pytest.importorskip("numpy")
    tokens = single_bytes() | {TokenId(300): b"ab", TokenId(2**32 - 1): b"abc"}
    encoder = Encoder(Vocabulary(tokens))
    assert encoder.encode("abcab") == [2**32 - 1, 300]
    array = numpy.frombuffer(encoder.encode_to_array("abcab", (), "all"), numpy.uint32)
    assert array.tolist() == [2**32 - 1, 300]
    assert encoder.decode_bytes([2**32 - 1, 300]) == b"abcab"


# --- special tokens ------------------------------------------------------------------------------


def test_a_special_token_is_found_wherever_it_stands() -> None:
    tokens = [b"<|a|>", b"<|ab|>", b"<s>", b"<|x"]
    others = [b"<|", b"<|a|", b"<s", b"x", b"<" * 9, b"\xff", b""]
    finders = [SpecialTokenFinder(tokens), SpecialTokenFinder([*tokens, b"!"])]
    for before, token, after in product(range(20), (*tokens, *others), (b"", b"|>", b"<")):
        text = b"y" * before + token + after
        for finder, known in zip(finders, (tokens, [*tokens, b"!"]), strict=True):
            assert finder.occurs(text + character_classes.PADDING, len(text)) == any(t in text for t in known), text


# --- interrupts ----------------------------------------------------------------------------------

_LONG = """
import signal
import bpe
from bpe.vocabulary import Vocabulary, single_bytes
from bpe.engine.encoder import make_encoder
from bpe.patterns import resolve_pattern
encoder = make_encoder(Vocabulary(single_bytes() | TOKENS, pattern=resolve_pattern("gpt2")))
text = TEXT
# A shell starts what runs in the background with the signal ignored, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
print("begun", flush=True)
encoder.count(text, (), ())
print("done", flush=True)
"""


_DOUBLES = '{256: b"aa", 257: b"aaaa"}'
_NO_MERGE = '{256: b"aa", 257: b"aaaa", 258: b"ccc"}'  # `ccc` has no two parts, so a queue merges
_NEARLY = '{255 + length: b"a" * length + b"b" for length in range(1, 29)}'  # walked through at every byte


@pytest.mark.parametrize(
    ("text", "tokens"),
    [('" word" * 40_000_000', _DOUBLES), ('"a" * 15_000_000', _NO_MERGE), ('"a" * 15_000_000', _NEARLY)],
    ids=["many blocks", "one pre-token, by a queue", "one pre-token, from left to right"],
)
def test_an_interrupt_is_heard_during_a_call(text: str, tokens: str) -> None:
    """A call that takes seconds is left by Ctrl-C, between blocks and within a long pre-token."""
    program = [sys.executable, "-c", _LONG.replace("TEXT", text).replace("TOKENS", tokens)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        time.sleep(0.2)  # so that the call has begun, too
        process.send_signal(signal.SIGINT)
        said, complained = process.communicate()
    assert said == ""
    assert "KeyboardInterrupt" in complained


@pytest.mark.parametrize("errors", ["strict", "replace"])
@pytest.mark.parametrize("pattern", ["[ab\ufffd]+", r"[^\ud800-\udfff]", "a|😀"])
def test_surrogates_are_seen_to_before_a_pattern_is(pattern: str, errors: SurrogateProfile) -> None:
    """Custom patterns that leave out surrogates: every call answers, or refuses, as the portable engine does (clauses B4, E9)."""
    vocabulary = Vocabulary(
        single_bytes(), pattern=Pattern(pattern), special_tokens={"<b>": TokenId(256)}, errors=errors
    )
    compiled, portable = Encoder(vocabulary), PortableEncoder(vocabulary)
    texts = ["".join(letters) for size in range(4) for letters in product("a\ud83d\ude00b", repeat=size)]
    for text in (*texts, "a<b>\ud800"):
        for method in ("encode", "encode_to_array", "count", "encode_with_offsets"):
            ours, theirs = getattr(compiled, method), getattr(portable, method)
            assert _outcome(ours, text, (), ()) == _outcome(theirs, text, (), ()), (method, text)
            assert _outcome(ours, text, "all", ()) == _outcome(theirs, text, "all", ()), (method, text)
        assert _outcome(compiled.encode_ordinary, text) == _outcome(portable.encode_ordinary, text), text


def _outcome(call: Callable[..., Any], *arguments: Any) -> object:
    """Return what a call gives, an array as a list, or which refusal it ends in."""
    try:
        given = call(*arguments)
    except BpeError as fault:
        return type(fault), str(fault)
    return memoryview(given).cast("I").tolist() if isinstance(given, bytearray) else given


def test_what_lies_past_a_limit_is_not_read() -> None:
    """Whether a text of 16 MB has more than ten tokens is told with the memory of a block of it (clause E8)."""
    encoder = Encoder(Vocabulary(single_bytes(), pattern=named("gpt2")))
    text = " word" * 3_000_000
    tracemalloc.start()
    try:
        assert encoder.count(text, (), (), 10) > 10
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 4_000_000


def test_the_queue_of_the_trainer_grows_by_half() -> None:
    queue = PairQueue(0, PairStatistics())
    sizes = set()
    for number in range(20_000):
        queue.push(number, 0, number)
        sizes.add(len(queue.entries))
    ordered = sorted(sizes)
    assert len(ordered) > 5
    assert all(later * 2 == earlier * 3 for earlier, later in pairwise(ordered))


def test_signals_are_let_in_while_the_trainer_is_made_and_merges(monkeypatch: pytest.MonkeyPatch) -> None:
    """One pre-token of millions of letters: filling the row, counting, listing and one merge each hear a signal."""
    heard = []
    monkeypatch.setattr(training, "let_signals_in", lambda: heard.append(1))
    trainer = start_training({"ab" * 2_200_000: 1}, 1, "smallest-pair", 1, "value")
    assert trainer is not None
    assert len(heard) == 1 + 4 + 4
    assert trainer.advance(1)
    assert len(heard) == 1 + 4 + 4 + 3


def test_signals_are_let_in_while_pairs_are_entered(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = []
    monkeypatch.setattr(pair_table, "let_signals_in", lambda: heard.append(1))
    PairTable(Vocabulary(single_bytes() | {TokenId(256): b"ab", TokenId(257): b"ccc"}))  # `ccc` has no two parts
    assert len(heard) == 258


# --- hostile input -------------------------------------------------------------------------------


def test_words_made_to_collide_are_answered_rightly() -> None:
    """More words than a search looks at, all of one slot: some are merged each time, and none wrongly (clause R2)."""
    vocabulary = Vocabulary(single_bytes() | {TokenId(256): b"ab", TokenId(257): b"ba"}, pattern=named("gpt2"))
    words = ["".join(letters) for letters in product("abcd", repeat=8)]
    by_slot: dict[int, list[str]] = {}
    for word in words:
        slot = pre_token_table.hash_of(int.from_bytes(word.encode(), "little"), 8 << 56) & 0xFFF
        by_slot.setdefault(slot, []).append(word)
    colliding = max(by_slot.values(), key=len)
    assert len(colliding) > int(pre_token_table.PROBES) + 8
    compiled, portable = Encoder(vocabulary), PortableEncoder(vocabulary)
    for word in colliding * 3:
        assert compiled.encode_ordinary(word) == portable.encode_ordinary(word)


def test_pairs_made_to_collide_are_left_to_the_portable_engine() -> None:
    """Thousands of merges whose slots lie side by side are noticed while they are entered (clause R1)."""
    colliding = [
        (left, right)
        for left, right in product(range(256), repeat=2)
        if (pair_ranks._mix(left, right) >> 16) & 4095 < 180
    ][:3_000]
    assert len(colliding) > 2_500
    tokens = single_bytes() | {TokenId(256 + n): bytes(pair) for n, pair in enumerate(colliding)}
    merges = tuple(Merge(TokenId(a), TokenId(b), TokenId(256 + n)) for n, (a, b) in enumerate(colliding))
    vocabulary = Vocabulary(tokens, merges)
    with pytest.raises(pair_table.CollidingPairsError):
        Encoder(vocabulary)
    encoder = make_encoder(vocabulary)
    assert isinstance(encoder, PortableEncoder)
    assert encoder.decode_bytes(encoder.encode_bytes(bytes(range(256)))) == bytes(range(256))


def test_a_token_that_begins_everywhere_is_searched_for_by_itself() -> None:
    """Walks along a trie would take the length of the text times that of the token (clause R1)."""
    finder = SpecialTokenFinder([b"a" * 5_000 + b"b", b"aac"])
    text = b"a" * 200_000
    for end, holds in ((b"", False), (b"b", True), (b"c", True), (b"d", False)):
        assert finder.occurs(text + end + character_classes.PADDING, len(text + end)) == holds


# --- decoding ------------------------------------------------------------------------------------


def test_tokens_of_every_length_are_put_together() -> None:
    """Tokens end and begin on every byte of a word, short ones and long ones, in every order of three."""
    tokens = single_bytes()
    for length in range(2, 27):
        tokens[TokenId(len(tokens))] = bytes(0x80 + index for index in range(length))
    compiled = Encoder(Vocabulary(tokens))
    some = [TokenId(255), *(TokenId(256 + length - 2) for length in (2, 3, 6, 7, 8, 9, 15, 16, 17, 24, 25, 26))]
    for ids in product(some, repeat=3):
        assert compiled.decode_bytes(ids) == b"".join(tokens[each] for each in ids)
    every = [TokenId(256 + index) for index in range(25)] * 3
    assert compiled.decode_bytes(every) == b"".join(tokens[each] for each in every)


@pytest.mark.parametrize("bad", [281, -1, 2**31, 2**63, 2**64, -(2**70), True, 1.0, "a", None])
def test_what_is_no_id_is_refused_as_by_the_portable_engine(bad: object) -> None:
    vocabulary = Vocabulary(single_bytes() | {TokenId(300): b"ab"})
    with pytest.raises(BpeError) as expected:
        PortableEncoder(vocabulary).decode_bytes([97, bad])  # type: ignore[list-item]
    with pytest.raises(type(expected.value)) as raised:
        Encoder(vocabulary).decode_bytes([97, bad])  # type: ignore[list-item]
    assert str(raised.value) == str(expected.value)
