"""Chapter A: what an adapter answers over the pipe."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from bpe.conformance.clauses import clause
from bpe.conformance.faults import Unsupported
from bpe.conformance.model import BYTES, Model
from bpe.conformance.model_strategies import Models, bare_models
from bpe.conformance.protocol import Exchanges, ExchangesAndLoads
from bpe.conformance.strategies import pieces, texts
from bpe.conformance.vector_json import write_model, write_text

Json = dict[str, Any]

START: Json = {"cmd": "start", "protocol": 1}


def exchange(target: Exchanges, requests: list[Json]) -> list[Json]:
    """Return the replies to a greeting and some requests, the first of them that to the greeting."""
    replies = [json.loads(line) for line in target.exchange([json.dumps(request) for request in (START, *requests)])]
    assert all(isinstance(reply, dict) for reply in replies), f"a reply is no JSON object: {replies}"
    return replies


def _encode(text: str, seq: int) -> Json:
    return {"cmd": "encode", "seq": seq, "text": write_text(text), "allowed_special": [], "disallowed_special": []}


@st.composite
def _with_requests(draw: DrawFn, given: Models) -> tuple[Model, list[str], list[int]]:
    """Return a model, texts, and a number for the request of each."""
    model = draw(given)
    some = draw(st.lists(texts(model), min_size=1, max_size=5))
    return model, some, draw(st.lists(st.integers(0, 2**31), min_size=len(some), max_size=len(some)))


@st.composite
def _with_two_models(draw: DrawFn) -> tuple[Model, Model, str]:
    model = draw(bare_models())
    return model, draw(bare_models()), draw(pieces(model))


def _prepared(target: Exchanges, model: Model, requests: list[Json]) -> list[Json]:
    """Return the replies to requests about a model, which is loaded first where the target can.

    Raises `Unsupported` where it cannot load this one.
    """
    load = [{"cmd": "load", "seq": 0, "model": write_model(model)}] if isinstance(target, ExchangesAndLoads) else []
    _, *replies = exchange(target, [*load, *requests])
    if load and "unsupported" in replies[0]:
        raise Unsupported(replies[0]["unsupported"]["reason"])
    return replies[len(load) :]


@clause("A1", _with_requests, black_box=True)
def replies_come_one_by_one_in_order(target: Exchanges, model: Model, several: list[str], numbers: list[int]) -> None:
    """An adapter MUST answer each request by exactly one line, in the order of the requests, with the request's `seq` in it."""
    replies = _prepared(target, model, [_encode(text, seq) for text, seq in zip(several, numbers, strict=True)])
    assert [reply.get("seq") for reply in replies] == numbers


@clause("A2", st.tuples(st.sampled_from(("fly", "", "ENCODE", "encode_backwards")), st.integers(0, 99)), black_box=True)
def what_it_cannot_do_is_unsupported(target: Exchanges, command: str, seq: int) -> None:
    """An adapter MUST say in its greeting what it can do, and MUST answer a request for anything else by `unsupported`."""
    hello, reply = exchange(target, [{"cmd": command, "seq": seq}])
    assert hello["protocol"] == 1
    assert {"encode", "decode"} <= set(hello["operations"])
    assert isinstance(hello["implementation"]["name"], str)
    assert "unsupported" in reply, f"{command!r} is answered by {reply}"
    assert isinstance(reply["unsupported"]["reason"], str)


@clause("A3", st.tuples(st.sampled_from((-1, 2**32, 2**64, None, "97", 97.5)), st.integers(0, 99)))
def refusals_are_no_failures(target: ExchangesAndLoads, bad: object, seq: int) -> None:
    """An adapter MUST tell a refusal of the tokenizer, by `rejected`, from a failure of it, by `errored`."""
    (reply,) = _prepared(target, Model(BYTES), [{"cmd": "decode", "seq": seq, "ids": [bad]}])
    assert set(reply) == {"seq", "rejected"}, f"the id {bad!r} is answered by {reply}"
    assert isinstance(reply["rejected"]["message"], str)


@clause("A6", _with_two_models())
def answers_are_about_the_model_that_was_loaded(
    target: ExchangesAndLoads, first: Model, second: Model, piece: str
) -> None:
    """After a vocabulary was loaded, an adapter MUST answer about it until another is loaded."""
    load = [{"cmd": "load", "seq": 1, "model": write_model(model)} for model in (first, second)]
    request = _encode(piece, 2)
    replies = exchange(target, [load[0], request, request, load[1], request, load[0], request])
    one, again, other, back = (replies[index]["ids"] for index in (2, 3, 5, 7))
    assert one == again == back == list(target.encode_ordinary(first, piece))
    assert other == list(target.encode_ordinary(second, piece))


@clause("A7", _with_requests, black_box=True)
def values_have_their_form(target: Exchanges, model: Model, several: list[str], _: list[int]) -> None:
    """Ids MUST be whole numbers, bytes lower-case hexadecimal digits, and texts JSON strings or, where they hold surrogates, lists of code points."""
    replies = _prepared(target, model, [_encode(text, seq) for seq, text in enumerate([*several, "\ud800"])])
    assert set(replies[-1]) <= {"seq", "ids", "rejected"}, f"a surrogate is answered by {replies[-1]}"
    given = [reply["ids"] for reply in replies if "ids" in reply]
    assert all(type(token_id) is int for ids in given for token_id in ids), f"an id is no whole number: {given}"
    decoded = _prepared(target, model, [{"cmd": "decode", "seq": seq, "ids": ids} for seq, ids in enumerate(given)])
    assert all(re.fullmatch("(?:[0-9a-f]{2})*", reply["bytes"]) for reply in decoded), (
        f"no hexadecimal digits: {decoded}"
    )
