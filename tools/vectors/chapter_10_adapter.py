"""Chapter A: what an adapter answers over the pipe."""

from __future__ import annotations

from typing import Any, Final

from bpe.conformance.vector_json import write_model
from tools.vectors.models import PLAIN, RUNS, RUNS_BY_RANK, A
from tools.vectors.source import Chapter, Note, Test, group, vector

NOTES = {
    "Order": Note(
        "PROTOCOL",
        "A reply for each request, in the order of the requests, with its number.",
        ("bowtie-json-schema/bowtie#2479",),
    ),
    "Unsupported": Note("PROTOCOL", "What an adapter cannot do is said, and is no failure."),
    "Rejected": Note("PROTOCOL", "A refusal of the tokenizer is an answer, and no failure."),
    "Loading": Note("PROTOCOL", "Requests are about the vocabulary that was loaded last."),
    "Forms": Note("PROTOCOL", "Ids, bytes and texts have one form each."),
}

_WHY: Final = "By the adapter protocol; of a refusal only what it is counts, not how it is said."


def _load(seq: int, model: Any) -> dict[str, Any]:
    return {"cmd": "load", "seq": seq, "model": write_model(model)}


def _encode(seq: int, text: Any, allowed: Any = ()) -> dict[str, Any]:
    return {"cmd": "encode", "seq": seq, "text": text, "allowed_special": list(allowed), "disallowed_special": []}


def _session(
    name: str, clauses: str, flags: str, requests: list[dict[str, Any]], replies: list[dict[str, Any]]
) -> Test:
    return vector(f"session-{name}", "exchange", clauses, requests=requests, gives=replies, flags=flags, why=_WHY)


CHAPTER = Chapter(
    "10-adapter",
    "Sessions with an adapter, without the greeting; what a refusal or a failure says is left out.",
    NOTES,
    (
        group(
            None,
            _session(
                "echoes-numbers",
                "A1",
                "Order",
                [_load(7, PLAIN), _encode(3, "a"), _encode(3, "b"), _encode(900_000, "c")],
                [
                    {"seq": 7, "ok": True},
                    {"seq": 3, "ids": [97]},
                    {"seq": 3, "ids": [98]},
                    {"seq": 900_000, "ids": [99]},
                ],
            ),
            _session(
                "answers-in-order",
                "A1",
                "Order",
                [_load(1, RUNS), _encode(2, "aaaa"), _encode(3, ""), _encode(4, "aaa")],
                [
                    {"seq": 1, "ok": True},
                    {"seq": 2, "ids": [256, 256]},
                    {"seq": 3, "ids": []},
                    {"seq": 4, "ids": [256, 97]},
                ],
            ),
            _session(
                "what-is-unknown",
                "A2 A1",
                "Unsupported",
                [{"cmd": "fly", "seq": 1}, {"cmd": "", "seq": 2}, {"cmd": "ENCODE", "seq": 3}],
                [{"seq": n, "unsupported": {}} for n in (1, 2, 3)],
            ),
            _session(
                "goes-on-behind-what-is-unknown",
                "A2",
                "Unsupported",
                [_load(1, PLAIN), {"cmd": "fly", "seq": 2}, _encode(3, "a")],
                [{"seq": 1, "ok": True}, {"seq": 2, "unsupported": {}}, {"seq": 3, "ids": [97]}],
            ),
            _session(
                "refusals-are-answers",
                "A3 D2",
                "Rejected",
                [
                    _load(1, PLAIN),
                    {"cmd": "decode", "seq": 2, "ids": [300]},
                    {"cmd": "decode", "seq": 3, "ids": [-1]},
                    {"cmd": "decode", "seq": 4, "ids": [None]},
                    {"cmd": "decode", "seq": 5, "ids": [97]},
                ],
                [
                    {"seq": 1, "ok": True},
                    {"seq": 2, "rejected": {}},
                    {"seq": 3, "rejected": {}},
                    {"seq": 4, "rejected": {}},
                    {"seq": 5, "bytes": "61"},
                ],
            ),
            _session(
                "surrogates-are-refused",
                "A3 A7 B4",
                "Rejected Forms",
                [_load(1, PLAIN), _encode(2, {"code_points": [97, 0xD800]}), _encode(3, {"code_points": [97]})],
                [{"seq": 1, "ok": True}, {"seq": 2, "rejected": {}}, {"seq": 3, "ids": [97]}],
            ),
            _session(
                "vocabulary-that-is-refused",
                "A3 V2",
                "Rejected Loading",
                [
                    {"cmd": "load", "seq": 1, "model": {"bytes": "value", "tokens": [[256, "61"]]}},
                    _load(2, PLAIN),
                    _encode(3, "a"),
                ],
                [{"seq": 1, "rejected": {}}, {"seq": 2, "ok": True}, {"seq": 3, "ids": [97]}],
            ),
            _session(
                "two-vocabularies",
                "A6",
                "Loading",
                [
                    _load(1, RUNS),
                    _encode(2, "aaa"),
                    _load(3, PLAIN),
                    _encode(4, "aaa"),
                    _load(5, RUNS_BY_RANK),
                    _encode(6, "aaa"),
                ],
                [
                    {"seq": 1, "ok": True},
                    {"seq": 2, "ids": [256, A]},
                    {"seq": 3, "ok": True},
                    {"seq": 4, "ids": [A, A, A]},
                    {"seq": 5, "ok": True},
                    {"seq": 6, "ids": [256, A]},
                ],
            ),
            _session(
                "one-vocabulary-for-many",
                "A6",
                "Loading",
                [_load(1, RUNS), *(_encode(n, "aa") for n in range(2, 7))],
                [{"seq": 1, "ok": True}, *({"seq": n, "ids": [256]} for n in range(2, 7))],
            ),
            _session(
                "bytes-in-small-digits",
                "A7",
                "Forms",
                [_load(1, PLAIN), {"cmd": "decode", "seq": 2, "ids": [0xAB, 0xCD, 0xEF, 0, 10]}],
                [{"seq": 1, "ok": True}, {"seq": 2, "bytes": "abcdef000a"}],
            ),
            _session(
                "ids-are-whole-numbers",
                "A7",
                "Forms",
                [_load(1, PLAIN), _encode(2, "é😀")],
                [{"seq": 1, "ok": True}, {"seq": 2, "ids": list("é😀".encode())}],
            ),
        ),
    ),
)
