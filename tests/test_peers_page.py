"""The page of other tokenizers: the versions that it names are the pinned ones, and findings are told for what they are."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

from tools.peers.page import Outcome, Shown, write_page
from tools.peers.table import PEERS, Peer

PROJECT = Path(__file__).resolve().parents[1]


def finding(clause: str, name: str, **found: Any) -> dict[str, Any]:
    """Return a verdict as a report has it."""
    usual = {"case": [{"model": "own"}, {"text": "a|b"}], "got": None, "expected": None, "message": None}
    return {"clause": clause, "property": name, "state": "failed", "counterexample": usual | found}


VERDICTS = (
    finding("E1", "decoding_gives_back_the_text", got="b''", expected="b'a'"),
    finding("D2", "what_is_no_id_is_refused", got="no refusal", expected="a refusal"),
    finding("S3", "disallowed_tokens_are_refused", message="the refusal does not name the index 0: no"),
    finding("S9", "allowing_an_unknown_token_is_refused", got="no refusal", expected="a refusal"),
    {"clause": "R2", "property": "runs_are_answered_or_refused", "state": "crashed", "reason": "signal 6"},
    {"clause": "B1", "property": "bytes_are_utf8", "state": "passed", "cases": 7},
)


def outcome() -> Outcome:
    """Return what a trial might leave."""
    states = {
        "E1": "broken",
        "D2": "broken",
        "S3": "broken",
        "S9": "broken",
        "R2": "broken",
        "B1": "kept",
        "T1": "not asked",
    }
    peer = Peer("some", "1.0", "exec:some thing", choices={"S9": "it says so"})
    return Outcome(peer, {}, VERDICTS, {"verdict": "MUST 1/6", "clauses": states})


def test_findings_are_told_apart() -> None:
    kinds = [outcome().kind(verdict) for verdict in outcome().broken]
    assert kinds == ["output", "no refusal", "no detail", "choice", "failure"]


def test_the_page_has_it_all() -> None:
    page = write_page([outcome()], [Shown("x.py", '"""It is wrong."""\n\nprint(1)\n', "1\n")])
    assert "| [some](#some) | 1.0 | 6 | 1 | E1 R2 | D2 | S3 | S9 |" in page
    assert r"`` 'a\|b' ``" in page
    assert "with 7 cases of each property" in page
    assert "### It is wrong." in page
    assert "```text\n1\n```" in page
    assert "- S9, by choice: it says so" in page
    assert "- some: T1" in page


def test_the_page_says_which_input_could_be_smaller() -> None:
    found = finding("E1", "decoding_gives_back_the_text", got="b''", expected="b'a'", cut_short=True)
    some = outcome()
    page = write_page([Outcome(some.peer, {}, (*VERDICTS, found), some.footer)], [])
    assert page.count("(there may be a smaller one)") == 1


def test_the_page_says_which_of_many_texts_it_is() -> None:
    found = finding("E9", "each_token", got="[3]", expected="[4]", message="the text '\u212b  b'", case=[0, 5])
    some = outcome()
    page = write_page([Outcome(some.peer, {}, (*VERDICTS, found), some.footer)], [])
    assert r"`` the text '\u212b\x20\x20b' `` | `` [3] `` | `` [4] ``" in page


def test_versions_are_pinned_once() -> None:
    pinned = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    listed = dict(each.split("==") for each in [*pinned["peers"], *pinned["test"]] if "==" in each)
    npm = json.loads((PROJECT / "adapters" / "node" / "package.json").read_text(encoding="utf-8"))["dependencies"]
    for peer in PEERS:
        assert (npm if peer.target.startswith("exec:") else listed)[peer.name] == peer.version, peer.name


def test_the_page_names_the_versions() -> None:
    page = (PROJECT / "docs" / "peers.md").read_text(encoding="utf-8")
    for peer in PEERS:
        assert re.search(rf"^\| \[?{peer.name}\b.* \| {re.escape(peer.version)} \|", page, re.MULTILINE)
    for path in (PROJECT / "docs" / "peer-faults").glob("*.*"):
        assert path.stem == "ranks" or f"`{path.name}`" in page
