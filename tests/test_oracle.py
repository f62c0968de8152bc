"""The definitions of the proofs, made a program, give what the definition in Python and the engine give.

This is what ties the theorems to the code: Coq knows nothing of Python, so they are compared case by case.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

import bpe
from bpe.byte_order import ByteOrder
from bpe.conformance import BYTES, Model, Training
from bpe.conformance.checking import Plan, check
from bpe.conformance.faults import TargetFault, Unsupported
from bpe.conformance.model_strategies import Models, bare_models, special_texts
from bpe.conformance.pipe import open_pipe
from bpe.conformance.report import latest
from bpe.conformance.strategies import with_piece
from bpe.conformance.vectors import check_vector, read_vectors
from bpe.conversion import recover_merges
from bpe.reference import encoding as reference
from bpe.reference.pre_split import pre_split
from bpe.targets.own_models import to_model
from bpe.vocabulary import Vocabulary
from tests.encodings_folder import encodings_folder, require_encoding
from tests.mutants.merges import RightmostFirst
from tests.targets import ENGINES, REFERENCE
from tools.build_oracle import build_oracle, has_tools
from tools.proved_clauses import FOLDER

pytestmark = pytest.mark.skipif(not has_tools(), reason="left out: coqc or ocamlfind is not installed")

__all__ = ["encodings_folder"]

#: What the program says that it has not.
NOT_DEFINED: Final = ("patterns", "training with special tokens", "offsets where there are aliases")

TIE_BREAKS: Final = ("smallest-pair", "first-seen", "largest-bytes")


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The program as a target, built once."""
    program = build_oracle(FOLDER, tmp_path_factory.mktemp("oracle"))
    running = open_pipe([str(program)], seconds=600)
    yield running
    running.close()


class WithoutPatterns:
    """The program, tried with models that it has: no case is spent on those that it answers `unsupported`."""

    def __init__(self, oracle: Any) -> None:
        self._oracle = oracle

    def __getattr__(self, name: str) -> Any:
        return getattr(self._oracle, name)

    @property
    def models(self) -> Models:
        return special_models()


@st.composite
def special_models(draw: DrawFn) -> Model:
    """Return models without a pattern, with special tokens that have ids of their own, with the shortcut and without."""
    model, texts = draw(bare_models()), draw(special_texts())
    first = max(model.tokens) + 1
    special = {text: first + index for index, text in enumerate(texts)}
    surrogates = draw(st.sampled_from(("strict", "replace")))
    return model.change(special_tokens=special, whole_pre_token=draw(st.booleans()), surrogates=surrogates)


def test_it_answers_every_vector_that_it_can_be_asked(oracle: Any) -> None:
    came, reasons = Counter[str](), set()
    for vector in read_vectors():
        try:
            came[check_vector(oracle, vector)] += 1
        except Unsupported as fault:
            reasons.add(fault.reason)
    assert came["passed"] > 450
    assert reasons == {*NOT_DEFINED}


def test_vocabularies_that_it_cannot_load_are_not_held_against_it(oracle: Any) -> None:
    verdicts = latest(check(oracle, REFERENCE, Plan(clauses={"A"}, max_examples=25)))
    assert {verdict.state for verdict in verdicts} == {"passed"}


def test_the_checker_finds_no_fault_in_it(oracle: Any) -> None:
    verdicts = latest(check(WithoutPatterns(oracle), REFERENCE, Plan(max_examples=25)))
    broken = [f"{verdict.clause} {verdict.name}: {verdict.reason}" for verdict in verdicts if verdict.is_broken]
    assert broken == []
    asked = {verdict.clause for verdict in verdicts if verdict.state == "passed"}
    assert {f"M{number}" for number in range(1, 11)} <= asked
    assert {"B5", "S3", "E1", "E4", "E5", "E9", "D1", "O1", "T1", "T10", "T13", "V4", "A1", "A7"} <= asked


@given(with_piece(bare_models()))
def test_reference_and_engine_merge_to_its_ids(oracle: Any, case: tuple[Model, str]) -> None:
    model, piece = case
    for given_model in (model, model.change(whole_pre_token=True)):
        ids = oracle.encode_ordinary(given_model, piece)
        assert list(REFERENCE.encode_ordinary(given_model, piece)) == ids
        for engine in ENGINES:
            assert list(engine.encode_ordinary(given_model, piece)) == ids


def _train(seed: int) -> Model:
    """Return a small vocabulary, trained on texts of few letters; the profiles take turns."""
    draw = random.Random(seed)
    letters = "ab" if seed % 2 else "abc é😀"
    texts = tuple("".join(draw.choices(letters, k=draw.randint(1, 40))) for _ in range(20))
    order: ByteOrder = "gpt2" if seed % 5 == 0 else "value"
    return REFERENCE.train(Training(texts, merges=30, tie_break=TIE_BREAKS[seed % 3], byte_order=order))


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(100))
def test_a_hundred_texts_under_a_trained_vocabulary(oracle: Any, seed: int) -> None:
    model = _train(seed)
    draw = random.Random(-seed)
    parts = [*model.token_texts, *"abc é😀"]
    for _ in range(100):
        text = "".join(draw.choices(parts, k=draw.randint(0, 30)))
        ids = oracle.encode_ordinary(model, text)
        assert list(REFERENCE.encode_ordinary(model, text)) == ids
        for engine in ENGINES:
            assert list(engine.encode_ordinary(model, text)) == ids


def _texts(vocabulary: Vocabulary, number: int) -> Iterator[str]:
    """Yield texts that make a vocabulary merge: its own tokens, whole and in parts, in any order."""
    draw = random.Random(number)
    tokens = [token.decode("utf-8", "replace") for token in vocabulary.token_bytes.values()]
    for _ in range(number):
        parts = draw.choices(tokens, k=draw.randint(1, 8))
        yield "".join(part[draw.randint(0, 2) :] for part in parts)


@pytest.mark.deep
@pytest.mark.usefixtures("encodings_folder")
@pytest.mark.parametrize("semantics", ["pairs", "ranks"])
def test_a_thousand_texts_under_gpt2(oracle: Any, semantics: str) -> None:
    ranks = require_encoding("gpt2").vocabulary
    vocabulary = recover_merges(ranks) if semantics == "pairs" else ranks
    tokenizer, model = bpe.Tokenizer.from_vocabulary(vocabulary), to_model(vocabulary).bare
    for text in _texts(vocabulary, 1_000):
        pieces = pre_split(text, vocabulary.pattern)
        ids = [token_id for piece in pieces for token_id in oracle.merge(model, piece.encode())]
        assert reference.encode_ordinary(text, vocabulary) == ids
        assert tokenizer.encode_ordinary(text) == ids


def test_a_wrong_tokenizer_differs_from_it(oracle: Any) -> None:
    model = Model(BYTES | {256: b"aa"}, merges=((97, 97, 256),))
    assert oracle.encode_ordinary(model, "aaa") == [256, 97]
    assert list(RightmostFirst().encode_ordinary(model, "aaa")) == [97, 256]


def test_every_request_gets_a_reply(oracle: Any) -> None:
    with pytest.raises(Unsupported, match="sing"):
        oracle.ask({"cmd": "sing"})
    oracle.load(Model(BYTES))
    with pytest.raises(TargetFault, match="errored"):
        oracle.ask({"cmd": "encode_ordinary", "text": 1})
    assert oracle.encode_ordinary(Model(BYTES), "a") == [97]


def test_a_wrong_definition_gives_other_ids(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / "oracle", tmp_path / "oracle", ignore=shutil.ignore_patterns("_build"))
    right = (FOLDER / "Definitions.v").read_text(encoding="utf-8")
    assert "Some (min i j)" in right
    (tmp_path / "Definitions.v").write_text(right.replace("Some (min i j)", "Some (max i j)"), encoding="utf-8")
    program = build_oracle(tmp_path, tmp_path / "build")
    model = Model(BYTES | {256: b"ab", 257: b"bc"}, merges=((97, 98, 256), (98, 99, 257)))
    wrong: Any = open_pipe([str(program)])
    assert wrong.encode_ordinary(model, "abc") == [97, 257]
    assert list(REFERENCE.encode_ordinary(model, "abc")) == [256, 99]
    wrong.close()
