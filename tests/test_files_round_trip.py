"""F1, F3, F4: what is saved is loaded, or refused before anything is written; the same vocabulary gives the same bytes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpe.conversion import forget_merges, recover_merges
from bpe.errors import CannotExpressError
from bpe.files import FORMATS, load_vocabulary, save_vocabulary
from bpe.reference.merges import merge_piece
from bpe.vocabulary import Vocabulary
from tests.vocabularies import canonical_merges, completed, pieces, rank_tables, vocabularies

READABLE = [name for name, each in FORMATS.items() if each.read is not None]
FOREIGN = [name for name in READABLE if name != "bpe"]
FILE_NAMES = {
    "bpe": "x.bpe.json", "tiktoken": "x.tiktoken", "gpt2": "vocab.bpe", "gpt2-merges": "merges", "minbpe": "x.model"
}  # fmt: skip


def what_is_omitted(vocabulary: Vocabulary, name: str) -> dict[str, Any]:
    said = {field: getattr(vocabulary, field) for field in FORMATS[name].omits}
    return said | {"semantics": "ranks" if vocabulary.merges is None else "pairs"}


def load_back(vocabulary: Vocabulary, name: str) -> Vocabulary:
    """Return what loading gives after saving; nothing must be left behind where saving is refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE_NAMES[name]
        try:
            save_vocabulary(vocabulary, path, format=name)
        except CannotExpressError:
            assert not list(Path(folder).iterdir())
            raise
        return load_vocabulary(path, format=name, **what_is_omitted(vocabulary, name))


@pytest.mark.parametrize("name", READABLE)
@given(data=st.data())
def test_loading_what_was_saved_gives_an_equal_vocabulary(name: str, data: st.DataObject) -> None:
    """load(save(v), what the format omits) equals v; else saving is refused, and the refusal names what would be lost."""
    vocabulary = data.draw(vocabularies)
    try:
        loaded = load_back(vocabulary, name)
    except CannotExpressError:
        return
    assert loaded == vocabulary
    assert loaded.fingerprint == vocabulary.fingerprint


@given(vocabulary=vocabularies)
def test_our_format_holds_every_vocabulary_whose_pattern_is_text(vocabulary: Vocabulary) -> None:
    """Our format refuses nothing but a pattern with a surrogate, and asks for nothing on loading."""
    if vocabulary.pattern is not None and "\ud800" in vocabulary.pattern.source:
        vocabulary = vocabulary.with_changes(pattern=None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.bpe.json"
        save_vocabulary(vocabulary, path)
        assert load_vocabulary(path) == vocabulary


@given(ranks=rank_tables())
def test_a_rank_file_holds_every_vocabulary_of_tiktokens_kind(ranks: Vocabulary) -> None:
    """Rank semantics with the whole-pre-token shortcut is never refused."""
    vocabulary = ranks.with_changes(whole_pre_token=True)
    assert load_back(vocabulary, "tiktoken") == vocabulary


@pytest.mark.parametrize("name", FOREIGN)
@given(trained=canonical_merges())
def test_what_training_gives_can_be_saved_in_the_formats_of_others(name: str, trained: Vocabulary) -> None:
    """A canonical vocabulary with consecutive ids fits every format that numbers the bytes as it does."""
    order = {"minbpe": "value", "gpt2-merges": "gpt2"}.get(name)
    first_id = {"value": 97, "gpt2": 64}
    if order is None or trained.token_ids[b"a"] == first_id[order]:
        assert load_back(trained, name) == trained


@pytest.mark.parametrize("name", FOREIGN)
@given(trained=canonical_merges(), data=st.data())
def test_conversion_keeps_the_ids(name: str, trained: Vocabulary, data: st.DataObject) -> None:
    """F3: through any format and either semantics, every piece gets the same ids."""
    try:
        loaded = load_back(trained, name)
    except CannotExpressError:
        return
    for piece in data.draw(st.lists(pieces, max_size=4)):
        ids = merge_piece(piece, trained)
        assert merge_piece(piece, loaded) == merge_piece(piece, forget_merges(loaded)) == ids


@pytest.mark.parametrize("name", list(FORMATS))
@given(data=st.data())
def test_the_same_vocabulary_gives_the_same_bytes(name: str, data: st.DataObject) -> None:
    """F4: whatever the order in which tokens and special tokens were given."""
    vocabulary = data.draw(vocabularies)
    turned = vocabulary.with_changes(
        token_bytes=dict(reversed(list(vocabulary.token_bytes.items()))),
        special_tokens=dict(reversed(list(vocabulary.special_tokens.items()))),
        aliases=dict(reversed(list(vocabulary.aliases.items()))),
    )
    write = FORMATS[name].write
    try:
        first = write(vocabulary, Path("x"))
    except CannotExpressError:
        with pytest.raises(CannotExpressError):
            write(turned, Path("x"))
    else:
        assert turned == vocabulary
        assert write(turned, Path("x")) == first


@given(trained=canonical_merges().flatmap(completed))
def test_recovered_merges_are_the_forgotten_ones(trained: Vocabulary) -> None:
    """Recovering merges from ranks is the inverse of forgetting them, on what training gives."""
    trained = trained.with_changes(whole_pre_token=False)
    ranks = forget_merges(trained)
    assert ranks.merges is None
    assert ranks.whole_pre_token
    assert recover_merges(ranks) == trained
    assert forget_merges(recover_merges(ranks)) == ranks


@given(vocabulary=vocabularies, data=st.data())
def test_forgetting_merges_is_refused_or_keeps_the_ids(vocabulary: Vocabulary, data: st.DataObject) -> None:
    """M6, F3: where merges are forgotten at all, ranks alone give the same ids."""
    try:
        ranks = forget_merges(vocabulary)
    except CannotExpressError:
        return
    for piece in data.draw(st.lists(pieces, max_size=4)):
        assert merge_piece(piece, ranks) == merge_piece(piece, vocabulary)
