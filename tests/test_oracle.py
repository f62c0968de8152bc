"""The definitions of the proofs, made a program, give what the definition in Python gives.

This is what ties the theorems to the code: Coq knows nothing of Python, so the two are compared case by case.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from bpe.byte_order import byte_order
from bpe.conformance import BYTES, Model, Training
from bpe.conformance.model_strategies import bare_models, special_texts
from bpe.conformance.refusal import Refusal
from bpe.conformance.strategies import id_lists, trainings, with_allowed, with_piece
from tests.targets import REFERENCE
from tools.build_oracle import build_oracle, has_tools
from tools.check_proofs import compile_proofs
from tools.proved_clauses import FOLDER

pytestmark = pytest.mark.skipif(not has_tools(), reason="left out: coqc or ocamlfind is not installed")


class Oracle:
    """The program, as a process that answers."""

    def __init__(self, program: Path) -> None:
        self.process = subprocess.Popen([str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **request: Any) -> dict[str, Any]:
        """Return the reply to one request."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        reply: dict[str, Any] = json.loads(self.process.stdout.readline())
        return reply

    def load(self, model: Model) -> None:
        """Take on a model."""
        tokens = {str(token_id): token.hex() for token_id, token in model.tokens.items()}
        given: dict[str, Any] = {"tokens": tokens, "merges": model.merges or (), "semantics": model.semantics}
        given |= {"special_tokens": dict(model.special_tokens), "whole_pre_token": model.whole_pre_token}
        assert self.ask(cmd="load", model=given) == {"ok": True}

    def close(self) -> None:
        """End the process."""
        self.process.communicate('{"cmd":"stop"}\n')


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    """The program, built once."""
    folder = tmp_path_factory.mktemp("proofs")
    for path in (*FOLDER.glob("*.v"), FOLDER / "_CoqProject"):
        shutil.copy(path, folder)
    shutil.copytree(FOLDER / "oracle", folder / "oracle", ignore=shutil.ignore_patterns("_build"))
    compile_proofs(folder)
    running = Oracle(build_oracle(folder, folder / "build"))
    yield running
    running.close()


@st.composite
def special_models(draw: DrawFn) -> Model:
    """Return models without a pattern, with special tokens that have ids of their own."""
    model, texts = draw(bare_models()), draw(special_texts())
    first = max(model.tokens) + 1
    return model.change(special_tokens={text: first + index for index, text in enumerate(texts)})


@given(with_piece(bare_models()))
def test_a_pre_token_merges_to_the_same_ids(oracle: Oracle, case: tuple[Model, str]) -> None:
    model, piece = case
    for given_model in (model, model.change(whole_pre_token=True)):
        oracle.load(given_model)
        ids = list(REFERENCE.encode_ordinary(given_model, piece))
        assert oracle.ask(cmd="encode", seq=1, bytes=piece.encode().hex()) == {"seq": 1, "ids": ids}


@given(bare_models().flatmap(lambda model: st.tuples(st.just(model), id_lists(model))))
def test_ids_decode_to_the_same_bytes(oracle: Oracle, case: tuple[Model, list[int]]) -> None:
    model, ids = case
    oracle.load(model)
    assert oracle.ask(cmd="decode", ids=ids) == {"bytes": REFERENCE.decode_bytes(model, ids).hex()}


@given(with_allowed(special_models()))
def test_a_text_with_special_tokens_encodes_to_the_same_ids(
    oracle: Oracle, case: tuple[Model, str, frozenset[str]]
) -> None:
    model, text, allowed = case
    oracle.load(model)
    for disallowed in ("all", sorted(model.special_tokens)[:1], []):
        reply = oracle.ask(cmd="encode", text=text, allowed_special=sorted(allowed), disallowed_special=disallowed)
        try:
            ids = REFERENCE.encode(
                model,
                text,
                allowed_special=allowed,
                disallowed_special="all" if disallowed == "all" else set(disallowed),
            )
        except Refusal as refusal:
            message = f"{refusal.details['token']} at index {refusal.details['index']}"
            assert reply == {"rejected": {"kind": "disallowed_special", "message": message}}
        else:
            assert reply == {"ids": list(ids)}


@given(trainings(pattern=st.none()))
def test_training_gives_the_same_merges(oracle: Oracle, training: Training) -> None:
    training = training.change(special_tokens=())
    reply = oracle.ask(
        cmd="train",
        corpus=training.texts,
        vocab_size=256 + training.merges,
        tie_break=training.tie_break,
        min_frequency=training.min_frequency,
        byte_order=list(byte_order(training.byte_order)),
    )
    assert reply == {"merges": [[left, right] for left, right, _ in REFERENCE.train(training).merges or ()]}


def test_every_request_gets_a_reply(oracle: Oracle) -> None:
    oracle.load(Model(BYTES))
    assert oracle.ask(cmd="decode", ids=[999])["rejected"]["kind"] == "unknown_id"
    assert "no such command" in oracle.ask(cmd="sing")["errored"]["message"]
    assert "is expected" in oracle.ask(cmd="encode", text=1)["errored"]["message"]
    assert oracle.ask(cmd="start", protocol=1)["protocol"] == 1


def test_a_wrong_definition_gives_other_ids(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / "oracle", tmp_path / "oracle", ignore=shutil.ignore_patterns("_build"))
    right = (FOLDER / "Definitions.v").read_text(encoding="utf-8")
    assert "Some (min i j)" in right
    (tmp_path / "Definitions.v").write_text(right.replace("Some (min i j)", "Some (max i j)"), encoding="utf-8")
    (tmp_path / "_CoqProject").write_text("-Q . BPE\nDefinitions.v\n")
    compile_proofs(tmp_path)
    model = Model(BYTES | {256: b"ab", 257: b"bc"}, merges=((97, 98, 256), (98, 99, 257)))
    wrong = Oracle(build_oracle(tmp_path, tmp_path / "build"))
    wrong.load(model)
    assert wrong.ask(cmd="encode", text="abc") == {"ids": [97, 257]}
    assert list(REFERENCE.encode_ordinary(model, "abc")) == [256, 99]
    wrong.close()
