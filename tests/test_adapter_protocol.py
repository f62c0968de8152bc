"""The adapter protocol: its schema, and what the checker does with adapters that fail."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from bpe.conformance import BYTES, AdapterFault, Model, Refusal, TargetFault, Unsupported, open_pipe
from bpe.conformance.pipe_messages import OPERATIONS
from bpe.conformance.protocol import SpecialTokens
from bpe.conformance.serving import exchange
from bpe.conformance.specification import specification_folder
from tests.targets import ENGINE

SCHEMA = json.loads((specification_folder() / "adapter.schema.json").read_text(encoding="utf-8"))
REQUEST = Draft202012Validator({**SCHEMA, "oneOf": [{"$ref": "#/$defs/request"}]})
REPLY = Draft202012Validator({**SCHEMA, "oneOf": [{"$ref": "#/$defs/greeting"}, {"$ref": "#/$defs/reply"}]})

_TRAINING = {
    "texts": ["aaabdaaabac"],
    "merges": 3,
    "pattern": None,
    "special_tokens": [],
    "tie_break": "first-seen",
    "min_frequency": 1,
    "byte_order": "value",
}

#: A request for each operation that needs no file.
REQUESTS: dict[str, dict[str, Any]] = {
    "encode": {"text": "aaa<s>", "allowed_special": "all", "disallowed_special": []},
    "encode_ordinary": {"text": {"code_points": [97, 0xD800]}},
    "encode_bytes": {"bytes": "61ff"},
    "encode_batch": {"texts": ["a", "😀"], "allowed_special": [], "workers": 2},
    "encode_together": {"texts": ["a", {"code_points": [0xD800]}]},
    "encode_copied": {"text": "a", "allowed_special": [], "way": "pickle"},
    "decode": {"ids": [97, -1, None, 97.5, "97", {"bytes": "61"}]},
    "decode_text": {"ids": [97, 256], "errors": "strict"},
    "count": {"text": "aaa", "allowed_special": []},
    "is_within_limit": {"text": "aaa", "limit": 1, "allowed_special": []},
    "is_canonical": {"ids": [97, 97], "allowed_special": []},
    "offsets": {"text": "é", "allowed_special": []},
    "token_starts": {"ids": [195, 169]},
    "gaps": {},
    "add_special_tokens": {"special_tokens": [["<t>", 400]]},
    "merge": {"bytes": "616161"},
    "pre_split": {"pattern": "gpt2", "text": "a b", "gaps": "refuse"},
    "pre_split_within": {"pattern": "a|b", "text": "ab", "seconds": 1.5},
    "safe_cuts": {"pattern": "gpt2", "text": "a b"},
    "train": _TRAINING,
    "pair_statistics": _TRAINING,
    "count_pre_tokens": {"texts": ["a b"], "pattern": "gpt2"},
    "add_counts": {"first": [["a", 1]], "second": [["a", 2]]},
    "convert": {},
    "fingerprint": {},
    "open_encoding": {"name": "gpt2", "content": {"bytes": "00"}},
}

_MODEL = {"bytes": "value", "tokens": [[256, "6161"]], "merges": [[97, 97, 256]], "special_tokens": [["<s>", 300]]}


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_every_operation_is_in_the_schema() -> None:
    commands = {each["properties"]["cmd"]["const"] for each in SCHEMA["$defs"]["request"]["oneOf"]}
    assert commands == {*OPERATIONS, "start", "stop", "load", "model"}


@pytest.mark.parametrize("command", sorted(REQUESTS))
def test_requests_and_replies_are_those_of_the_schema(command: str) -> None:
    requests: list[dict[str, Any]] = [
        {"cmd": "start", "protocol": 1},
        {"cmd": "load", "seq": 1, "model": _MODEL},
        {"cmd": command, "seq": 2, **REQUESTS[command]},
    ]
    for request in requests:
        REQUEST.validate(request)
    replies = [json.loads(line) for line in exchange(ENGINE, [json.dumps(request) for request in requests])]
    assert len(replies) == 3
    for reply in replies:
        REPLY.validate(reply)
    assert "errored" not in replies[-1], replies[-1]
    assert "unsupported" not in replies[-1], replies[-1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"seq": 1},
        {"seq": 1, "ids": ["97"]},
        {"seq": 1, "bytes": "6A"},
        {"ids": [97]},
        {"seq": 1, "rejected": {}},
        {"seq": 1, "tokens": []},
        {"protocol": 2, "implementation": {"name": "x"}, "operations": ["encode", "decode"]},
        {"protocol": 1, "implementation": {"name": "x"}, "operations": ["encode"]},
    ],
    ids=json.dumps,
)
def test_the_schema_refuses_other_replies(wrong: dict[str, Any]) -> None:
    assert not REPLY.is_valid(wrong)


# --- the serving end ---------------------------------------------------------------------------


class _SpeechlessError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


class _Counts:
    """Counts in a number that JSON does not hold, and fails without a message."""

    def count(self, _model: Model | None, text: str, *, allowed_special: SpecialTokens) -> object:
        if text or allowed_special:
            raise _SpeechlessError
        return np.int64(0)


def test_what_json_cannot_hold_and_what_says_nothing_are_errors_of_the_target() -> None:
    count = {"cmd": "count", "allowed_special": []}
    requests = [{**count, "text": "", "seq": 1}, {**count, "text": "a", "seq": 2}, {"seq": 3}, {"cmd": "stop"}]
    replies = [json.loads(line) for line in exchange(_Counts(), list(map(json.dumps, requests)))]
    assert [reply["seq"] for reply in replies] == [1, 2, 3]
    said = [reply["errored"]["message"] for reply in replies]
    assert said[0].startswith("TypeError: Object of type int64")
    assert said[1:] == ["_SpeechlessError", "KeyError: 'cmd'"]


# --- adapters that fail --------------------------------------------------------------------------

_ADAPTER = """
import json, os, sys, time
HELLO = {"protocol": 1, "implementation": {"name": "odd"}, "operations": ["encode", "decode"]}
for line in sys.stdin:
    request = json.loads(line)
    reply = {"seq": request.get("seq")}
    text = request.get("text")
    if request["cmd"] == "start":
        reply = HELLO
    elif request["cmd"] == "stop":
        break
    elif text == "crash":
        sys.stderr.write("out of luck")
        sys.stderr.flush()
        os._exit(134)
    elif text == "hang":
        time.sleep(60)
    elif text == "nonsense":
        print("progress: 10%", flush=True)
        continue
    elif text == "chatty":
        print("progress: 20%", flush=True)
        reply["ids"] = []
    elif text == "late":
        print(json.dumps({"seq": -5, "ids": []}), flush=True)
        reply["ids"] = []
    elif text == "shapeless":
        reply["rejected"] = "no"
    elif text == "deep":
        print("[" * 100_000, flush=True)
        continue
    elif text == "flood":
        for _ in range(1100):
            sys.stdout.write("x" * 65536)
        sys.stdout.flush()
        time.sleep(60)
    elif text == "chatter":
        sys.stdout.write("x\\n" * 5000)
        sys.stdout.flush()
        time.sleep(60)
    elif text == "loud":
        for _ in range(1000):
            sys.stderr.write("y" * 65536)
        sys.stderr.write("the end")
        sys.stderr.flush()
        os._exit(1)
    elif text == "last":
        print(json.dumps(reply | {"ids": []}), flush=True)
        break
    elif text == "other":
        reply = {"seq": -5, "ids": []}
    elif text == "words":
        reply["ids"] = ["a"]
    elif text == "no":
        reply["rejected"] = {"message": "no", "details": {"index": 3}}
    elif text == "cannot":
        reply["unsupported"] = {"reason": "cannot"}
    elif text == "oops":
        reply["errored"] = {"message": "IndexError"}
    elif request["cmd"] == "encode":
        reply["ids"] = list(text.encode())
    else:
        reply["bytes"] = bytes(request["ids"]).hex()
    print(json.dumps(reply), flush=True)
"""


@pytest.fixture
def odd(tmp_path: Path) -> Iterator[Any]:
    yield from _open_odd(tmp_path, 0.7)


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Any]:
    """The same, with time for what takes long on a busy machine."""
    yield from _open_odd(tmp_path, 60.0)


def _open_odd(folder: Path, seconds: float) -> Iterator[Any]:
    path = folder / "odd.py"
    path.write_text(_ADAPTER, encoding="utf-8")
    target = open_pipe([sys.executable, str(path)], seconds=seconds)
    yield target
    target.close()


MODEL = Model(BYTES)


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("crash", "crashed", "exit status 134, having said: out of luck"),
        ("hang", "timed out", "no answer within 0.7 s"),
        ("nonsense", "errored", "no JSON"),
        ("other", "errored", "not that of request"),
        ("chatty", "errored", "no JSON"),
        ("late", "errored", "not that of request"),
        ("shapeless", "errored", "another form"),
        ("deep", "errored", "no JSON"),
        ("words", "errored", "no list of integers"),
        ("oops", "errored", "IndexError"),
    ],
)
def test_a_failure_is_told_and_survived(odd: Any, text: str, kind: str, said: str) -> None:
    expect_failure(odd, text, kind, said)


def expect_failure(target: Any, text: str, kind: str, said: str) -> None:
    with pytest.raises(TargetFault) as caught:
        target.encode(MODEL, text)
    assert caught.value.kind == kind
    assert said in caught.value.message
    assert target.encode(MODEL, "a") == [97]
    assert target.decode_bytes(MODEL, [97]) == b"a"


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("flood", "errored", "a line of 67,108,864 bytes and more"),
        ("loud", "crashed", "yyythe end"),
    ],
)
def test_what_is_written_without_end_is_not_kept(patient: Any, text: str, kind: str, said: str) -> None:
    expect_failure(patient, text, kind, said)


def test_lines_that_nobody_asked_for_end_the_program(odd: Any) -> None:
    with pytest.raises(TargetFault, match=r"no JSON|nobody asked for"):
        odd.encode(MODEL, "chatter")
    assert odd.encode(MODEL, "a") == [97]


@pytest.mark.parametrize("reply", ['{"model": 5}', "{}", '{"model": {"token_bytes": 5}}'])
def test_a_model_in_another_form_is_the_adapters_fault(reply: str) -> None:
    program = f"""
import json, sys
hello = {{"protocol": 1, "implementation": {{"name": "odd"}}, "operations": ["encode", "decode", "model"]}}
for line in sys.stdin:
    request = json.loads(line)
    reply = hello if request["cmd"] == "start" else {{**json.loads({reply!r}), "seq": request.get("seq")}}
    print(json.dumps(reply), flush=True)
"""
    with pytest.raises(AdapterFault, match="model has another form"):
        open_pipe([sys.executable, "-c", program])


def test_a_program_that_has_ended_by_itself_is_closed_without_a_word(odd: Any) -> None:
    assert odd.encode(MODEL, "last") == []
    odd.close()


def test_refusals_and_what_is_unsupported_are_told_apart(odd: Any) -> None:
    with pytest.raises(Refusal) as refused:
        odd.encode(MODEL, "no")
    assert refused.value.names(3)
    with pytest.raises(Unsupported):
        odd.encode(MODEL, "cannot")
    assert odd.restarts == 0


@pytest.mark.parametrize("number", [97.0, 2**53, -(2**64)])
def test_a_number_that_parsers_of_json_read_in_two_ways_is_not_sent(odd: Any, number: float) -> None:
    with pytest.raises(Unsupported, match="parsers of JSON"):
        odd.decode_bytes(MODEL, [number])


@pytest.mark.parametrize(
    "program",
    [
        "",
        "print('hello', flush=True); input()",
        "print('{\"protocol\": 7}', flush=True); input()",
        "import sys; sys.exit(3)",
        'print(\'{"protocol": 1, "operations": ["encode", "decode"], "implementation": {"name": [1]}}\')',
        "print('[' * 100_000, flush=True); input()",
    ],
    ids=["silent end", "no greeting", "another protocol", "an exit", "a name that is none", "nested too deeply"],
)
def test_what_speaks_no_protocol_is_the_adapters_fault(program: str) -> None:
    with pytest.raises(AdapterFault):
        open_pipe([sys.executable, "-c", program])


def test_a_command_that_is_not_there_is_the_adapters_fault() -> None:
    with pytest.raises(AdapterFault, match="does not start"):
        open_pipe(["no-such-command-anywhere"])


def test_no_request_holds_an_expected_answer() -> None:
    """Clause A5: the fields of requests are inputs alone."""
    answers = {"output", "expected", "result", "answer"}
    for each in SCHEMA["$defs"]["request"]["oneOf"]:
        assert not answers & set(each["properties"])
