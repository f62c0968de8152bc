"""Strategies for small vocabularies of every shape that a file may have to hold."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st

from bpe.byte_order import ByteOrder, byte_order
from bpe.patterns import NAMED_PATTERNS, Pattern
from bpe.reference.merges import apply_merge
from bpe.vocabulary import MAX_TOKEN_ID, Merge, TokenId, Vocabulary, single_bytes

#: Bytes that files treat differently: letters, quotes, escapes, spaces, line ends, parts of UTF-8, and those of `<|…|>`.
_BYTES = b'ab\\x"<|> \t\n\r\x00\x7f\x85\xa0\xc3\xa9\xe2\x80\xae\xff='
_SPECIAL_TEXTS = (
    "<|end|>", "<|pad|>", "<s>", "</s>", "a", "ab", "a b", " x", "\n", "\r\n", "\u2028", "\u202e", "é", "🙂", "Ġt",
    "<|a\nb|>", "\\x41", '"', "<|é|>", "\x00", "\ufeff",
)  # fmt: skip

patterns = st.one_of(
    st.none(),
    st.sampled_from([Pattern(source) for source in NAMED_PATTERNS.values()]),
    st.builds(
        Pattern,
        st.sampled_from(["", r"\w+|\W+", " a", "a ", "a|\n", "é+|.", "(?s:.)", "\ud800", "\r", "\\"]),
        st.sampled_from(["refuse", "isolate"]),
    ),
)
pieces = st.lists(st.sampled_from([bytes([value]) for value in _BYTES]), min_size=1, max_size=8).map(b"".join)


_any_text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=4)


@st.composite
def byte_numberings(draw: st.DrawFn) -> dict[TokenId, bytes]:
    """Draw the ids of the 256 bytes: by value, in GPT-2's order, or any others."""
    order: ByteOrder | None = draw(st.sampled_from(["value", "gpt2", None]))
    if order is not None:
        return single_bytes(byte_order(order))
    start = draw(st.sampled_from([0, 1, 1000, MAX_TOKEN_ID - 2000]))
    return {
        TokenId(start + 2 * index): token for index, token in single_bytes(draw(st.permutations(range(256)))).items()
    }


@st.composite
def merge_lists(draw: st.DrawFn) -> Vocabulary:
    """Draw a vocabulary of pair semantics in which any two tokens may merge; some tokens no merge makes."""
    token_bytes = draw(byte_numberings())
    ids = {token: token_id for token_id, token in token_bytes.items()}
    merges: dict[tuple[TokenId, TokenId], Merge] = {}
    made = [bytes([value]) for value in _BYTES]
    in_order = draw(st.booleans())
    for _ in range(draw(st.integers(0, 8))):
        left, right = draw(st.sampled_from(made)), draw(st.sampled_from(made))
        following = TokenId(max(token_bytes) + 1)
        token_id = ids.setdefault(left + right, following if in_order else _free_id(draw, token_bytes))
        token_bytes[token_id] = left + right
        made.append(left + right)
        merges.setdefault((ids[left], ids[right]), Merge(ids[left], ids[right], token_id))
    for token in draw(st.lists(st.one_of(pieces, st.just(b"<|end|>")), max_size=2)):
        token_bytes[ids.setdefault(token, _free_id(draw, token_bytes))] = token
    return _complete(draw, Vocabulary(token_bytes, tuple(merges.values())))


@st.composite
def rank_tables(draw: st.DrawFn) -> Vocabulary:
    """Draw a vocabulary of rank semantics with any tokens at all."""
    token_bytes = draw(byte_numberings())
    known = set(token_bytes.values())
    for token in draw(st.lists(pieces.filter(lambda piece: len(piece) > 1), max_size=8, unique=True)):
        if token not in known:
            token_bytes[_free_id(draw, token_bytes)] = token
    return _complete(draw, Vocabulary(token_bytes))


@st.composite
def canonical_merges(draw: st.DrawFn) -> Vocabulary:
    """Draw what training might give: each merge takes a pair that stands somewhere in the corpus by then."""
    token_bytes = single_bytes(byte_order(draw(st.sampled_from(["value", "gpt2"]))))
    ids = {token: token_id for token_id, token in token_bytes.items()}
    corpus = [[ids[bytes([value])] for value in piece] for piece in draw(st.lists(pieces, max_size=6))]
    merges: list[Merge] = []
    for _ in range(draw(st.integers(0, 8))):
        pairs = sorted({pair for row in corpus for pair in pairwise(row)})
        if not pairs:
            break
        left, right = draw(st.sampled_from(pairs))
        merge = Merge(left, right, TokenId(len(token_bytes)))
        token_bytes[merge.result] = token_bytes[left] + token_bytes[right]
        merges.append(merge)
        corpus = [apply_merge(row, merge) for row in corpus]
    return Vocabulary(token_bytes, tuple(merges))


@st.composite
def completed(draw: st.DrawFn, vocabulary: Vocabulary) -> Vocabulary:
    """Draw pattern, special tokens, aliases and profiles for a vocabulary."""
    return _complete(draw, vocabulary)


vocabularies = st.one_of(merge_lists(), rank_tables(), canonical_merges().flatmap(completed))


def _free_id(draw: st.DrawFn, taken: dict[TokenId, bytes]) -> TokenId:
    """Return the id after the greatest, or one anywhere."""
    following = max(taken) + 1
    # A few ids at the end stay free, so that there always is one after the greatest.
    chosen = draw(st.one_of(st.just(following), st.integers(0, MAX_TOKEN_ID - 100)))
    return TokenId(chosen if chosen not in taken else following)


def _complete(draw: st.DrawFn, vocabulary: Vocabulary) -> Vocabulary:
    texts = draw(st.lists(st.one_of(st.sampled_from(_SPECIAL_TEXTS), _any_text), max_size=3, unique=True))
    taken = dict(vocabulary.token_bytes)
    special_tokens: dict[str, TokenId] = {}
    for text in texts:
        special_tokens[text] = _free_id(draw, taken)
        taken[special_tokens[text]] = b""
    aliases: dict[str, str] = {}
    if special_tokens and "<|alias|>" not in special_tokens and draw(st.booleans()):
        aliases["<|alias|>"] = texts[0]
        special_tokens["<|alias|>"] = special_tokens[texts[0]]
    return vocabulary.with_changes(
        pattern=draw(patterns),
        special_tokens=special_tokens,
        aliases=aliases,
        whole_pre_token=draw(st.booleans()),
        errors=draw(st.sampled_from(["strict", "replace"])),
    )
