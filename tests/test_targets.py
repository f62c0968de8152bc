"""Other people's tokenizers as targets; those that are not installed are left out, and named."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from bpe.conformance import AdapterFault, Plan, Unsupported, Verdict, check, run_conformance
from bpe.conformance.model import BYTES, Model, Training
from bpe.conformance.report import latest
from bpe.patterns import NAMED_PATTERNS
from bpe.targets import KINDS, open_target
from bpe.targets.special_shapes import AllOrNothing
from bpe.targets.tokenizer_json import read_tokenizer_json, write_tokenizer_json
from tests.encodings_folder import encodings_folder, require_encoding

__all__ = ["encodings_folder"]

PROJECT = Path(__file__).resolve().parents[1]
REFERENCE = open_target("bpe:any")

#: Small, with ties, a space inside a token, and a special token.
SMALL = Model(
    BYTES | {256: b"aa", 257: b" a", 258: b"aab"},
    ((97, 97, 256), (32, 97, 257), (256, 98, 258)),
    "cl100k_original",
    "isolate",
    {"<s>": 259},
)

#: What Hugging Face's libraries do: they refuse a surrogate without its index, and leave unknown ids out.
HUGGING_FACE = {"surrogates_are_refused_or_repaired", "what_is_no_id_is_refused"}

PEERS = {
    "bpe-openai": "bpe_openai",
    "rs-bpe": "rs_bpe",
    "quicktok": "quicktok",
    "gigatoken": "gigatoken",
    "iree-tokenizer": "iree.tokenizer",
    "tokie": "tokie",
    "splintr": "splintr",
    "fastokens": "fastokens",
    "kitoken": "kitoken",
    "wordchipper": "wordchipper",
}


def broken(target: Any, **plan: Any) -> dict[str, Verdict]:
    """Return the verdicts against a target."""
    verdicts = latest(check(target, REFERENCE, Plan(**plan)))
    assert any(verdict.state == "passed" for verdict in verdicts)
    return {verdict.name: verdict for verdict in verdicts if verdict.is_broken}


def write_small(folder: Path) -> Path:
    """Write the small model as a tokenizer.json."""
    path = folder / "tokenizer.json"
    path.write_text(write_tokenizer_json(SMALL, NAMED_PATTERNS["cl100k_original"]), encoding="utf-8")
    return path


# --- tokenizer.json ------------------------------------------------------------------------------


def test_what_is_byte_level_bpe_alone_is_read(tmp_path: Path) -> None:
    assert read_tokenizer_json(write_small(tmp_path).read_text(encoding="utf-8")) == SMALL


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"normalizer": null', '"normalizer": {"type": "NFC"}'),
        ('"add_prefix_space": false', '"add_prefix_space": true'),
        ('"Isolated"', '"Removed"'),
        ('"lstrip": false', '"lstrip": true'),
        ('"byte_fallback": false', '"byte_fallback": true'),
        ('"type": "BPE"', '"type": "WordPiece"'),
        ('"special": true', '"special": false'),
    ],
)
def test_what_does_more_is_not_read(tmp_path: Path, before: str, after: str) -> None:
    text = write_small(tmp_path).read_text(encoding="utf-8")
    assert before in text
    assert read_tokenizer_json(text.replace(before, after)) is None


# --- Hugging Face --------------------------------------------------------------------------------


def test_hugging_face_keeps_what_it_promises(tmp_path: Path) -> None:
    target = open_target(f"tokenizers:{write_small(tmp_path)}")
    assert target.knows_vocabulary
    assert target.implementation["name"] == "tokenizers"
    assert set(broken(target, max_examples=40)) <= HUGGING_FACE


@pytest.mark.usefixtures("encodings_folder")
def test_hugging_face_has_the_ids_of_gpt2(tmp_path: Path) -> None:
    from bpe.targets.peers import _tokenizer_json

    (tmp_path / "tokenizer.json").write_text(_tokenizer_json(require_encoding("gpt2")), encoding="utf-8")
    assert broken(open_target(f"tokenizers:{tmp_path}"), clauses={"E", "D3", "S"}, max_examples=25) == {}


def test_all_or_no_special_tokens(tmp_path: Path) -> None:
    target = open_target(f"tokenizers:{write_small(tmp_path)}")
    model = target.model
    assert target.encode(model, "aa<s>", allowed_special="all", disallowed_special=()) == [256, 259]
    assert target.encode_ordinary(model, "aa<s>") == [256, 60, 115, 62]
    with pytest.raises(Unsupported):
        target.encode(model, "aa<s>")
    with pytest.raises(Unsupported):
        target.encode(model, "a", allowed_special={"<t>"}, disallowed_special=())
    assert target.encode(model, "aa") == [256]


def test_files_that_are_none_are_the_adapters_fault(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    for name in (f"tokenizers:{tmp_path}", "tokenizers:no/such/file", "rustbpe:file"):
        with pytest.raises(AdapterFault):
            open_target(name)


def test_transformers_reads_a_folder(tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="left out: transformers is not installed (the extra peers)")
    write_small(tmp_path)
    settings = '{"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<s>"}'
    (tmp_path / "tokenizer_config.json").write_text(settings, encoding="utf-8")
    target = open_target(f"transformers:{tmp_path}")
    assert target.knows_vocabulary
    assert set(broken(target, max_examples=15)) <= HUGGING_FACE
    with pytest.raises(AdapterFault, match="nothing is fetched"):
        open_target("transformers:openai-community/gpt2")


def test_sentencepiece_is_no_byte_level_bpe(tmp_path: Path) -> None:
    library = pytest.importorskip("sentencepiece", reason="left out: sentencepiece is not installed (the extra peers)")
    (tmp_path / "corpus.txt").write_text("the cat sat on the mat\n" * 20, encoding="utf-8")
    prefix = str(tmp_path / "m")
    library.SentencePieceTrainer.train(
        input=str(tmp_path / "corpus.txt"), model_prefix=prefix, vocab_size=24, model_type="bpe", minloglevel=2
    )
    assert "decoding_gives_back_the_text" in broken(open_target(f"sentencepiece:{prefix}.model"), max_examples=20)


# --- rustbpe -------------------------------------------------------------------------------------


def test_rustbpe_trains_as_defined() -> None:
    target = open_target("rustbpe:any")
    for texts in (("aaabdaaabac",), ("the cat", "the hat", "a😀a"), ("",)):
        for pattern in (None, "gpt2", "cl100k_base"):
            training = Training(texts, 5, pattern)
            trained = target.train(training)
            assert trained == REFERENCE.train(training)
            text = texts[0] + "a the"
            assert target.encode_ordinary(trained, text) == REFERENCE.encode_ordinary(trained, text)
    with pytest.raises(Unsupported):
        target.train(Training(("a",), 1, tie_break="first-seen"))
    with pytest.raises(Unsupported):
        target.encode(SMALL, "a")


# --- the fast ones -------------------------------------------------------------------------------


def test_every_kind_opens_a_function_that_is_there() -> None:
    from bpe.targets import peers

    for module, function, _ in KINDS.values():
        assert not module.endswith("peers") or callable(getattr(peers, function))


@pytest.mark.usefixtures("encodings_folder")
@pytest.mark.parametrize("kind", PEERS)
def test_peer_answers(kind: str) -> None:
    pytest.importorskip(PEERS[kind], reason=f"left out: {kind} is not installed (the extra peers)")
    ours = require_encoding("cl100k_base")
    target = open_target(f"{kind}:cl100k_base")
    text = "Hello, tokenizers! 12345\n"
    assert list(target.encode_ordinary(target.model, text)) == ours.encode(text)
    assert target.decode_bytes(target.model, ours.encode(text)) == text.encode()
    assert target.implementation["version"]
    with pytest.raises(AdapterFault):
        open_target(f"{kind}:no_such_encoding")


def test_shapes_say_what_they_cannot_do() -> None:
    class Takes(AllOrNothing):
        special = frozenset({"<s>", "<t>"})

        def everything(self, text: str) -> list[int]:
            return [len(text)]

    shape = Takes()
    assert shape.encode("<s>", allowed_special="all") == [3]
    assert shape.encode("a", allowed_special={"<s>"}) == [1]
    for arguments in ({}, {"allowed_special": {"<t>"}}, {"disallowed_special": "all"}):
        with pytest.raises(Unsupported):
            shape.encode("<s>", **arguments)
    with pytest.raises(Unsupported):
        shape.encode("<s><t>", allowed_special={"<t>"})


# --- adapters ------------------------------------------------------------------------------------


def test_the_python_template_conforms() -> None:
    path = PROJECT / "adapters" / "python" / "template.py"
    assert len(path.read_text(encoding="utf-8").splitlines()) < 40
    target = open_target(f"exec:{sys.executable} {path}")
    try:
        run_conformance(target, clauses=["A1", "B1", "B4", "E1", "R2"], max_examples=8)
    finally:
        target.close()


def test_the_adapter_of_the_specification_conforms(tmp_path: Path) -> None:
    """The page's own program, in front of the plainest tokenizer."""
    page = (PROJECT / "spec" / "10-adapter.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    plain = "class Plain:\n    encode = lambda self, text: list(text.encode())\n    decode_bytes = lambda self, ids: bytes(ids)\n"
    path = tmp_path / "adapter.py"
    path.write_text(f"{code}\n{plain}\nserve(Plain())\n", encoding="utf-8")
    target = open_target(f"exec:{sys.executable} {path}")
    try:
        run_conformance(target, clauses=["A1", "A7", "B1", "B4", "E1", "R2", "R5"], max_examples=8)
        assert target.restarts == 0
    finally:
        target.close()


@pytest.mark.usefixtures("encodings_folder")
@pytest.mark.parametrize("name", ["gpt-tokenizer", "js-tiktoken"])
def test_node_adapter(name: str) -> None:
    folder = PROJECT / "adapters" / "node"
    assert len((folder / f"{name}.mjs").read_text(encoding="utf-8").splitlines()) < 60
    if shutil.which("node") is None or not (folder / "node_modules" / name).is_dir():
        pytest.skip(f"left out: node or npm's {name} is not here: npm install --prefix adapters/node")
    target = open_target(f"exec:node {folder / name}.mjs cl100k_base")
    target.model, target.knows_vocabulary = open_target("bpe:cl100k_base").model.change(surrogates="replace"), True
    try:
        found = broken(target, clauses={"A1", "A3", "B", "P", "ids_are_those_of_the_definition", "E1"}, max_examples=8)
        assert not {"bytes_are_utf8", "bytes_concatenate", "surrogates_are_refused_or_repaired"} & set(found), found
    finally:
        target.close()
