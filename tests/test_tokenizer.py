"""`Tokenizer` beside the installed tiktoken: every method of both, on the same vocabulary."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiktoken

import bpe
from bpe import errors
from bpe.engine.encoder import Encoder, make_encoder
from bpe.engine.encoding import PortableEncoder
from bpe.patterns import NAMED_PATTERNS
from tests.hazards import hazards
from tests.kernels import small_kernels
from tests.peers import tiktoken_twin

SPECIAL = {"<|endoftext|>": 400, "<|fim|>": 401}
CORPUS = (
    *("the cat sat on the mat, and the dog's bone", "naïve café 😀😀 漢字 漢字", "    x = 10\r\n\r\n    y = 2000\n"),
    (Path(__file__).parent.parent / "docs" / "demo" / "hazards.txt").read_text(encoding="utf-8"),
)
TEXTS = (
    "",
    "the cat",
    "the dog's 2000 bones\r\n\r\n  x",
    "naïve 😀 漢字",
    "a\u0301 \x00 \u2028 \x85 \u3000",
    "<|endoftext",
    "'\u017f 'S I'LL",
    "\U0010ffff\ue000",
)


def ranks() -> dict[bytes, int]:
    """Return a small rank table that was trained on a few lines."""
    return bpe.train(CORPUS, 380, pattern="cl100k_base").mergeable_ranks


@pytest.fixture(scope="module")
def ours() -> bpe.Tokenizer:
    """Our tokenizer, built as `tiktoken.Encoding` is."""
    return bpe.Tokenizer("tiny", pat_str=NAMED_PATTERNS["cl100k_base"], mergeable_ranks=ranks(), special_tokens=SPECIAL)


@pytest.fixture(scope="module")
def theirs(ours: bpe.Tokenizer) -> tiktoken.Encoding:
    """Theirs, of the same vocabulary."""
    return tiktoken_twin(ours)


# --- the same answers ----------------------------------------------------------------------------


@pytest.mark.parametrize("text", TEXTS)
def test_encoding_is_tiktokens(ours: bpe.Tokenizer, theirs: tiktoken.Encoding, text: str) -> None:
    """Every way of encoding gives tiktoken's ids, as a plain list of plain integers."""
    ids = ours.encode(text)
    assert ids == theirs.encode(text)
    assert type(ids) is list
    assert set(map(type, ids)) <= {int}
    assert ours.encode_ordinary(text) == theirs.encode_ordinary(text)
    assert ours.encode_to_numpy(text).tolist() == theirs.encode_to_numpy(text).tolist()
    assert ours.encode_to_numpy(text).dtype == np.uint32


@pytest.mark.parametrize("text", TEXTS)
def test_decoding_is_tiktokens(ours: bpe.Tokenizer, theirs: tiktoken.Encoding, text: str) -> None:
    """Every way of decoding gives tiktoken's text, bytes and offsets."""
    ids = theirs.encode_ordinary(text)
    assert ours.decode(ids) == theirs.decode(ids) == text
    assert ours.decode_bytes(ids) == theirs.decode_bytes(ids)
    assert ours.decode_tokens_bytes(ids) == theirs.decode_tokens_bytes(ids)
    assert ours.decode_with_offsets(ids) == theirs.decode_with_offsets(ids)
    for token_id in ids:
        assert ours.decode_single_token_bytes(token_id) == theirs.decode_single_token_bytes(token_id)


def test_decoding_broken_text_is_tiktokens(ours: bpe.Tokenizer, theirs: tiktoken.Encoding) -> None:
    """Ids that are not UTF-8 together decode as in tiktoken under every error handler."""
    ids = [theirs.encode_single_token(bytes([value])) for value in b"a\xf0\x9f\x98b\xff"]
    assert ours.decode(ids) == theirs.decode(ids) == "a\ufffdb\ufffd"
    for handler in ("ignore", "backslashreplace", "surrogateescape"):
        assert ours.decode(ids, errors=handler) == theirs.decode(ids, errors=handler)
    for tokenizer in (ours, theirs):
        with pytest.raises(UnicodeDecodeError):
            tokenizer.decode(ids, errors="strict")
        with pytest.raises(UnicodeDecodeError):
            tokenizer.decode_with_offsets(ids)


def test_batches_are_tiktokens(ours: bpe.Tokenizer, theirs: tiktoken.Encoding) -> None:
    """A batch is the map, in order, whatever the number of threads."""
    texts = list(TEXTS)
    expected = theirs.encode_batch(texts, num_threads=2)
    assert ours.encode_batch(texts, num_threads=1) == ours.encode_batch(texts, num_threads=3) == expected
    assert ours.encode_ordinary_batch(texts) == theirs.encode_ordinary_batch(texts)
    assert ours.decode_batch(expected) == theirs.decode_batch(expected) == texts
    assert ours.decode_bytes_batch(expected) == theirs.decode_bytes_batch(expected)


def test_special_tokens_are_tiktokens(ours: bpe.Tokenizer, theirs: tiktoken.Encoding) -> None:
    """Allowed, disallowed and exempted special tokens are treated as in tiktoken."""
    text = "the<|endoftext|>cat<|fim|>"
    for tokenizer in (ours, theirs):
        with pytest.raises(ValueError, match=r"endoftext"):
            tokenizer.encode(text)
        with pytest.raises(ValueError, match="fim"):
            tokenizer.encode(text, allowed_special={"<|endoftext|>"})
        with pytest.raises(ValueError, match="cat"):
            tokenizer.encode("the cat", disallowed_special={"cat"})
        with pytest.raises(ValueError, match="fim"):
            tokenizer.encode_batch(["the", text], disallowed_special={"<|fim|>"})
        with pytest.raises(ValueError, match="fim"):
            tokenizer.encode_to_numpy(text, disallowed_special=["<|fim|>"])
    assert ours.encode(text, allowed_special="all") == theirs.encode(text, allowed_special="all")
    assert ours.encode(text, disallowed_special=()) == theirs.encode(text, disallowed_special=())
    one = {"<|fim|>"}
    assert ours.encode(text, allowed_special=one, disallowed_special=()) == theirs.encode(
        text, allowed_special=one, disallowed_special=()
    )
    assert ours.encode(text, allowed_special="all", disallowed_special=()) == theirs.encode(
        text, allowed_special="all", disallowed_special=()
    )


def test_single_tokens_are_tiktokens(ours: bpe.Tokenizer, theirs: tiktoken.Encoding) -> None:
    """A single token is found by text or bytes, special ones included; anything else is a KeyError."""
    for token in ("ing", b"ing", " the", "<|fim|>", b"<|endoftext|>", b"\xff"):
        assert ours.encode_single_token(token) == theirs.encode_single_token(token)
    for token in ("the cat sat", b"\xff\xfe", ""):
        for tokenizer in (ours, theirs):
            with pytest.raises(KeyError):
                tokenizer.encode_single_token(token)


def test_single_special_token_is_found_by_its_own_bytes_only() -> None:
    """A byte that is not UTF-8 is not taken for a special token that happens to be U+FFFD."""
    tokenizer = bpe.train([], 257, special_tokens=["\ufffd"])
    assert tokenizer.encode_single_token("\ufffd") == 256
    assert tokenizer.encode_single_token(b"\xff") == 255
    with pytest.raises(KeyError):
        tokenizer.encode_single_token(b"\xff\xff")


def test_attributes_are_tiktokens(ours: bpe.Tokenizer, theirs: tiktoken.Encoding) -> None:
    """Sizes, special tokens and byte values are tiktoken's."""
    for name in ("n_vocab", "max_token_value", "eot_token", "special_tokens_set"):
        assert getattr(ours, name) == getattr(theirs, name)
    assert ours.name == "tiny"
    assert ours.token_byte_values() == theirs.token_byte_values()
    for token_id in (400, 401, 0, 379, 399, 10**6):
        assert ours.is_special_token(token_id) == theirs.is_special_token(token_id)


def test_extending_as_tiktokens_readme_does(ours: bpe.Tokenizer) -> None:
    """The documented way of extending an encoding, through its underscored attributes, works."""
    extended = bpe.Tokenizer(
        name="tiny_im",
        pat_str=ours._pat_str,
        mergeable_ranks=ours._mergeable_ranks,
        special_tokens={**ours._special_tokens, "<|im_start|>": 402},
    )
    assert extended.encode("<|im_start|>", allowed_special="all") == [402]
    assert extended == ours.with_special_tokens({"<|im_start|>": 402})
    assert "<|im_start|>" not in ours.special_tokens_set


def test_surrogates_are_repaired_as_in_tiktoken(ours: bpe.Tokenizer, theirs: tiktoken.Encoding) -> None:
    """The compatible constructor repairs surrogates: pairs become characters, others U+FFFD."""
    for text in ("\ud83d\ude00", "a\ud800b", "\udc00\ud800", "\ud83d"):
        assert ours.encode(text) == theirs.encode(text)
        assert ours.encode_ordinary(text) == theirs.encode_ordinary(text)
        assert ours.encode_batch([text]) == theirs.encode_batch([text])


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda t: t.decode([10**6]), KeyError),
        (lambda t: t.decode_bytes([390]), KeyError),
        (lambda t: t.decode([-1]), OverflowError),
        (lambda t: t.decode([2**32]), OverflowError),
        (lambda t: t.decode(["a"]), TypeError),
        (lambda t: t.decode([1.0]), TypeError),
        (lambda t: t.decode_single_token_bytes(10**6), KeyError),
        (lambda t: t.decode_single_token_bytes(-1), OverflowError),
        (lambda t: t.decode_tokens_bytes([10**6]), KeyError),
        (lambda t: t.encode(b"bytes"), TypeError),
        (lambda t: t.encode(None), TypeError),
    ],
)
def test_exceptions_are_caught_as_tiktokens(
    ours: bpe.Tokenizer, theirs: tiktoken.Encoding, call: Callable[[Any], object], expected: type[Exception]
) -> None:
    """Where tiktoken raises, an `except` clause written for it catches ours, which is a BpeError besides."""
    for tokenizer in (ours, theirs):
        with pytest.raises(expected):
            call(tokenizer)
    with pytest.raises(errors.BpeError):
        call(ours)


def test_numpy_ids_decode(ours: bpe.Tokenizer, theirs: tiktoken.Encoding) -> None:
    """Arrays of ids, and NumPy integers, decode as in tiktoken."""
    ids = ours.encode_to_numpy("the cat")
    assert ours.decode(ids) == theirs.decode(ids) == "the cat"  # type: ignore[arg-type]
    assert ours.decode_single_token_bytes(ids[0]) == theirs.decode_single_token_bytes(ids[0])


def test_arrays_without_numpy(ours: bpe.Tokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without NumPy, asking for an array says what to install; nothing else needs it."""
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(errors.MissingExtraError, match=r"bpe-spec\[numpy\]"):
        ours.encode_to_numpy("the cat")
    assert ours.decode(ours.encode("the cat")) == "the cat"


SLOW_NUMPY = """
import time
time.sleep(0.3)
uint32 = "uint32"
def array(ids, kind): return ids
frombuffer = array
"""


def test_two_threads_that_ask_for_arrays_first_both_get_them(tmp_path: Path) -> None:
    """While one thread imports NumPy, which takes a while, the other waits for it."""
    (tmp_path / "numpy.py").write_text(SLOW_NUMPY, encoding="utf-8")
    script = """
import sys, threading, bpe
sys.path.insert(0, sys.argv[1])
tokenizer, found = bpe.train([], 256), []
threads = [threading.Thread(target=lambda: found.append(tokenizer.encode_to_numpy("a"))) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(found))
"""
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout == "2\n", done.stderr


def test_saving_over_what_is_no_file(ours: bpe.Tokenizer, tmp_path: Path) -> None:
    """A folder or a device is refused, and stays what it is."""
    with pytest.raises(IsADirectoryError):
        ours.save(tmp_path, format="bpe")
    with pytest.raises(OSError, match="not a regular file"):
        ours.save("/dev/null", format="bpe")
    assert Path("/dev/null").is_char_device()
    assert list(tmp_path.iterdir()) == []


def test_numpy_integers_build_a_tokenizer() -> None:
    """Ranks and special ids may be integers of any type, as in tiktoken."""
    ranks_of_numpy: Any = {token: np.int64(rank) for token, rank in ranks().items()}
    for kind in (bpe.Tokenizer, tiktoken.Encoding):
        tokenizer: Any = kind("t", pat_str=".", mergeable_ranks=ranks_of_numpy, special_tokens={"<x>": np.int64(380)})  # type: ignore[dict-item]
        assert tokenizer.encode("a<x>", allowed_special="all")[-1] == 380


def test_a_batch_reads_its_special_tokens_once(ours: bpe.Tokenizer) -> None:
    """An iterator of special tokens holds for every text of a batch, not for the first alone (clauses S3, E6)."""
    with pytest.raises(errors.DisallowedSpecialTokenError):
        ours.encode_batch(["a", "<|fim|>"], disallowed_special=iter(["<|fim|>"]))  # type: ignore[arg-type]
    allowed: Any = iter(["<|fim|>"])
    assert ours.encode_batch(["a", "<|fim|>"], allowed_special=allowed)[1] == [401]
    with pytest.raises(errors.UnknownSpecialTokenError):
        ours.encode_batch([], allowed_special={"<|nope|>"})


def test_subclasses_stay_subclasses(ours: bpe.Tokenizer) -> None:
    """What a method of a subclass returns is of the subclass; initialising again is refused."""

    class Mine(bpe.Tokenizer):
        __slots__ = ()

    mine = Mine.from_vocabulary(ours.vocabulary)
    assert type(mine.with_special_tokens({"<|new|>": 500})) is Mine
    assert type(mine.with_errors("strict")) is Mine
    with pytest.raises(AttributeError, match="immutable"):
        mine.__init__("again", pat_str=".", mergeable_ranks=ranks(), special_tokens={})  # type: ignore[misc]
    assert mine == ours


@pytest.mark.parametrize(
    "call",
    [
        lambda t: t.encode("a", allowed_special=None),
        lambda t: t.encode("a", allowed_special=[["<x>"]]),
        lambda t: t.encode("a", disallowed_special=5),
        lambda t: t.encode_batch(None),
        lambda t: t.decode(None),
        lambda t: t.decode(5),
        lambda t: t.decode([0], errors=None),
        lambda t: t.decode([0], errors="\0"),
        lambda t: t.decode([t.encode_single_token(b"\xff")], errors="xmlcharrefreplace"),
        lambda t: t.is_within_limit("a", None),
        lambda t: t.with_special_tokens(["<a>"]),
        lambda t: t.with_errors("ignore"),
        lambda t: bpe.Tokenizer("t", pat_str=None, mergeable_ranks=t.mergeable_ranks, special_tokens={}),  # type: ignore[arg-type]
        lambda t: bpe.Tokenizer("t", pat_str=".", mergeable_ranks=list(t.mergeable_ranks), special_tokens={}),  # type: ignore[arg-type]
        lambda _: bpe.Tokenizer("t", pat_str=".", mergeable_ranks={b"a": "x"}, special_tokens={}),  # type: ignore[dict-item]
        lambda _: bpe.train(None, 300),  # type: ignore[arg-type]
        lambda _: bpe.train([], 300, errors="ignore"),  # type: ignore[arg-type]
        lambda _: bpe.train([], 300, special_tokens={"<a>", "<b>"}),  # type: ignore[arg-type]
        lambda _: bpe.Pattern("a", gaps="drop"),  # type: ignore[arg-type]
        lambda t: t.vocabulary.with_changes(pattern="gpt2"),
        lambda t: t.vocabulary.with_changes(merges=[(97, 97, 256)]),
    ],
)
def test_misuse_is_refused_in_the_one_tree(ours: bpe.Tokenizer, call: Callable[[Any], object]) -> None:
    """Arguments of the wrong kind end in a BpeError that says what is wanted."""
    with pytest.raises(errors.BpeError):
        call(ours)


def test_nothing_disallowed_as_in_tiktoken(ours: bpe.Tokenizer, theirs: tiktoken.Encoding) -> None:
    """`None` forbids nothing, like the empty tuple."""
    nothing: Any = None
    assert ours.encode("<|fim|>", disallowed_special=nothing) == theirs.encode("<|fim|>", disallowed_special=nothing)


def test_gaps_are_ranges() -> None:
    """Gaps are reported without walking through them (clause V3)."""
    tokenizer = bpe.train([], 256).with_special_tokens({"<x>": 2**32 - 1, "<y>": 300})
    assert tokenizer.vocabulary.gaps() == (range(256, 300), range(301, 2**32 - 1))


def test_constructor_checks_the_size(ours: bpe.Tokenizer) -> None:
    """`explicit_n_vocab` is checked as tiktoken checks it, with an AssertionError that says more."""
    parts: dict[str, Any] = {"pat_str": ours.pat_str, "mergeable_ranks": ours.mergeable_ranks}
    assert bpe.Tokenizer("t", **parts, special_tokens={"<x>": 380}, explicit_n_vocab=381).n_vocab == 381
    for kind in (bpe.Tokenizer, tiktoken.Encoding):
        with pytest.raises(AssertionError):
            kind("t", **parts, special_tokens=SPECIAL, explicit_n_vocab=402)


# --- more than tiktoken --------------------------------------------------------------------------


def test_offsets_tile_the_text(ours: bpe.Tokenizer) -> None:
    """Byte spans tile; character spans cover every character that a token holds a byte of (clause O1)."""
    text = "naïve 😀<|fim|>漢"
    spans = ours.encode_with_offsets(text, allowed_special="all")
    data = text.encode()
    assert [span.token_id for span in spans] == ours.encode(text, allowed_special="all")
    assert [span.byte_start for span in spans] == [0, *(span.byte_stop for span in spans[:-1])]
    assert spans[-1].byte_stop == len(data)
    for span in spans:
        assert ours.decode_single_token_bytes(span.token_id) == data[span.byte_start : span.byte_stop]
        before = [i for i in range(len(text)) if len(text[: i + 1].encode()) > span.byte_start]
        after = [i for i in range(len(text)) if len(text[:i].encode()) < span.byte_stop]
        assert (span.char_start, span.char_stop) == (before[0], after[-1] + 1)


def test_offsets_of_an_alias_are_those_of_the_text() -> None:
    """A special token that decodes to another text still covers the text that was there (clauses O1, S8)."""
    tokenizer = bpe.train([], 257, special_tokens=["<end>"]).with_special_tokens(
        {"<longer end>": 256}, aliases={"<longer end>": "<end>"}
    )
    assert [tuple(s) for s in tokenizer.encode_with_offsets("<longer end>a", allowed_special="all")] == [
        (256, 0, 12, 0, 12),
        (97, 12, 13, 12, 13),
    ]
    assert tokenizer.decode([256]) == "<end>"


@pytest.mark.parametrize("text", [*TEXTS, "the<|fim|>"])
def test_counting(ours: bpe.Tokenizer, text: str) -> None:
    """`count` and `is_within_limit` say what `encode` would (clause E8)."""
    exact = len(ours.encode(text, disallowed_special=()))
    assert ours.count(text, disallowed_special=()) == exact
    for limit in range(-1, exact + 2):
        assert ours.is_within_limit(text, limit, disallowed_special=()) == (exact <= limit)


def test_counting_refuses_what_encoding_refuses(ours: bpe.Tokenizer) -> None:
    """A disallowed special token is refused even past the limit (clauses S3, E8)."""
    with pytest.raises(errors.DisallowedSpecialTokenError):
        ours.is_within_limit("the cat sat <|fim|>", 1)


LONG_TEXT = " ".join(f"word{number}" for number in range(200_000))


def test_a_limit_is_judged_without_encoding_what_lies_past_it(
    ours: bpe.Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a long text, only the first block is cut into pre-tokens, and only the first few of these are merged."""
    merged: list[bytes] = []
    encode_piece = PortableEncoder.encode_piece

    def counting(self: PortableEncoder, piece: bytes) -> list[bpe.TokenId]:
        merged.append(piece)
        return encode_piece(self, piece)

    monkeypatch.setattr(PortableEncoder, "encode_piece", counting)
    assert PortableEncoder(ours.vocabulary).count(LONG_TEXT, (), (), 100) > 100
    assert len(merged) <= 101


def test_counting_stops_with_the_pre_token_that_passes_the_limit(ours: bpe.Tokenizer) -> None:
    """What counting returns past a limit shows that it went no further."""
    longest = max(len(ours.encode_ordinary(f" word{number}")) for number in range(150))
    assert 100 < make_encoder(ours.vocabulary).count(LONG_TEXT, (), (), 100) <= 100 + longest


@pytest.mark.parametrize("pattern", [*NAMED_PATTERNS, None])
def test_blocks_change_nothing(pattern: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that is cut into pre-tokens block by block has the ids that it has as a whole (clause P9)."""
    tokenizer = bpe.train(CORPUS, 380, pattern=pattern)
    texts = list(hazards(seed=5, count=3000))
    whole = tokenizer.encode_ordinary_batch(texts)
    monkeypatch.setattr("bpe.engine.encoding.BLOCK_LENGTH", 3)
    encoders: list[Encoder] = [PortableEncoder(tokenizer.vocabulary), *small_kernels(tokenizer.vocabulary)]
    for encoder in encoders:
        assert [encoder.encode_ordinary(text) for text in texts] == whole
        assert [encoder.count(text, (), ()) for text in texts] == [len(ids) for ids in whole]


def test_is_canonical(ours: bpe.Tokenizer) -> None:
    """Ids are canonical exactly if their text encodes to them again (clause E5)."""
    ids = ours.encode("the cat")
    assert ours.is_canonical(ids)
    assert not ours.is_canonical([ours.encode_single_token(bytes([value])) for value in b"the"])
    assert not ours.is_canonical([10**6])
    assert not ours.is_canonical([ours.encode_single_token(b"\xff")])
    assert not ours.is_canonical([400])
    assert ours.is_canonical([400], allowed_special="all")


def test_immutable_pickles_copies_compares(ours: bpe.Tokenizer) -> None:
    """A tokenizer cannot be changed; copies are equal, and equal ones have one fingerprint (clauses R5, F4)."""
    with pytest.raises(AttributeError, match="immutable"):
        ours.name = "other"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="immutable"):
        del ours._name
    with pytest.raises(TypeError):
        ours.vocabulary.token_bytes[bpe.TokenId(0)] = b"x"  # type: ignore[index]
    again = pickle.loads(pickle.dumps(ours))
    assert again == ours
    assert hash(again) == hash(ours)
    assert again.fingerprint == ours.fingerprint
    assert again.encode("the cat") == ours.encode("the cat")
    assert copy.copy(ours) is ours
    assert copy.deepcopy(ours) is ours
    other = ours.with_errors("strict")
    assert other != ours
    assert other.fingerprint != ours.fingerprint
    assert ours != "tiny"


def test_threads_agree(ours: bpe.Tokenizer) -> None:
    """Many threads that share a tokenizer get the ids that one gets (clauses E6, R5)."""
    fresh = pickle.loads(pickle.dumps(ours))
    texts = [f"{text} {number}" for number in range(50) for text in TEXTS]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(fresh.encode, texts)) == [ours.encode(text) for text in texts]


def test_memory_is_bounded(ours: bpe.Tokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Endless new words do not grow the memory past its bound, and the ids stay right (clause R3)."""
    monkeypatch.setattr("bpe.engine.encoding.MEMORY_PIECES", 10)
    portable = PortableEncoder(ours.vocabulary)
    for number in range(200):
        text = f"word{number} x{number}"
        assert portable.decode_bytes(portable.encode(text)).decode() == text
    assert len(portable._memory) <= 10


@pytest.mark.parametrize("length", [1, 9, 40])
def test_memory_of_kernels_is_bounded(ours: bpe.Tokenizer, length: int) -> None:
    """A table is emptied when it is full, whatever the words' lengths, and answers rightly before and after (clause R3)."""
    portable = PortableEncoder(ours.vocabulary)
    words = [f" {'x' * length}{number}" for number in range(40_000)]
    expected = [portable.encode_ordinary(word) for word in words]
    for encoder in small_kernels(ours.vocabulary):
        assert [encoder.encode_ordinary(word) for word in words] == expected
        assert [encoder.encode_ordinary(word) for word in words] == expected
        # Slots and arena of at most 2**13 entries, with room for one more entry before either is emptied.
        assert encoder.memory_size() < 2 * 2**13 * 4 * 8 + 2**14


def test_refusals_name_input_and_remedy(ours: bpe.Tokenizer) -> None:
    """Messages name what was wrong, where, and what to do."""
    strict = ours.with_errors("strict")
    with pytest.raises(errors.LoneSurrogateError, match=r"U\+D800 at index 2.*replace.*\[B4\]"):
        strict.encode("ab\ud800")
    for call in (strict.encode_ordinary, strict.count, strict.encode_with_offsets, strict.encode_to_numpy):
        with pytest.raises(errors.LoneSurrogateError):
            call("\ud800")
    with pytest.raises(errors.LoneSurrogateError):
        strict.encode_batch(["fine", "\ud800"])
    with pytest.raises(errors.UnknownSpecialTokenError, match=r"'<\|nope\|>'.*with_special_tokens"):
        ours.encode("x", allowed_special={"<|nope|>"})
    with pytest.raises(errors.DisallowedSpecialTokenError, match=r"'<\|fim\|>' at index 3"):
        ours.encode("the<|fim|>")
    with pytest.raises(errors.UnknownTokenError, match="id 390 at position 1"):
        ours.decode([0, 390])
    with pytest.raises(errors.TokenIdTypeError, match="True at position 0"):
        ours.decode([True])
    with pytest.raises(errors.InputTypeError, match="pass \\[text\\]"):
        ours.encode_batch("the cat")
    with pytest.raises(errors.InputTypeError, match="allowed_special"):
        ours.encode("x", allowed_special="<|fim|>")
    with pytest.raises(errors.InputTypeError, match="no error handler"):
        ours.decode([0], errors="nonsense")
