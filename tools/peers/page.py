"""The page: a table, programs that show faults by hand, and for each tokenizer the clauses that it breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import mode
from typing import Any, Final, Literal

from bpe.conformance.report_text import describe_value
from tools.peers.table import Peer

Verdict = Mapping[str, Any]
Kind = Literal["output", "no refusal", "no detail", "choice", "failure"]

#: What a table shows of an input or an answer.
_SHOWN: Final = 70

_INTRO: Final = """# Other tokenizers on trial

What `make peers` prints: each tokenizer below, in the version that is named, asked by `bpe check` with {cases} cases of each property that it can be asked, seed 0.
The page is generated; nothing on it is written by hand but the sentences of this introduction, the reasons for choices in `docs/peers.toml`, and the programs.

None of these libraries has promised to keep this specification.
What most of them promise is the ids of tiktoken, or those of Hugging Face's library, and that is what *other ids, bytes or text* is about.
The other columns are narrower: a library may take an id that does not exist, or a special token that it does not know, without a word, or may refuse it without naming what is wrong.
Where a library says that it does something on purpose, plainly has no argument for it, or has the characters of another version of Unicode, it is a *choice*, with the reason below; what a library cannot be asked is no failure.

A clause that is broken in several ways stands in the column of the smallest input that breaks it.
A clause that is kept was tried with so many cases; it was not proved, and a few of the faults that the programs show escaped so few.
A fault may long be mended when you read this: look at the version.
If you look after one of these libraries and think that the adapter asks it wrongly, say so: the adapters, in `bpe/targets/peer_shapes.py` and `adapters/`, are short.

## The table

| tokenizer | version | clauses asked | kept | other ids, bytes or text | no refusal where one is due | a refusal that says less | by choice |
|---|---|---|---|---|---|---|---|
"""

_NOT_TRIED: Final = """## What was not tried

- Time and memory: how long a text takes is a matter of the machine, and `bpe check` measures it on yours (`--growth`).
- Vocabularies other than that of cl100k_base, of GPT-2 for Hugging Face's two libraries, and what rustbpe trains; two of the programs above use r50k_base and o200k_base.
- Methods without a counterpart among tiktoken's: streams, files, padding, truncation, chat templates.
- More than {cases} cases of each property. `bpe check TARGET --budget 1h` tries more.
- sentencepiece: it is no byte-level BPE. `bpe check sentencepiece:FILE` says what of this specification it keeps all the same.

Not asked of each, because it has no method for it or takes no other vocabulary:

"""


@dataclass(frozen=True)
class Outcome:
    """What a report says of one tokenizer: its header, its verdicts and its footer."""

    peer: Peer
    header: Mapping[str, Any]
    verdicts: tuple[Verdict, ...]
    footer: Mapping[str, Any]

    @property
    def broken(self) -> list[Verdict]:
        """The verdicts against it."""
        return [each for each in self.verdicts if each["state"] not in ("passed", "unsupported")]

    def clauses(self, *states: str) -> list[str]:
        """Return the ids of the clauses that are in one of these states."""
        return [clause for clause, state in self.footer["clauses"].items() if state in states]

    def kind(self, verdict: Verdict) -> Kind:
        """Return what kind of finding a verdict is."""
        if verdict["clause"] in self.peer.choices or verdict["property"] in self.peer.choices:
            return "choice"
        found = verdict.get("counterexample") or {}
        if verdict["state"] != "failed":
            return "failure"
        if found.get("expected") == "a refusal":
            return "no refusal"
        return "no detail" if (found.get("message") or "").startswith("the refusal does not name") else "output"


@dataclass(frozen=True)
class Shown:
    """A program that shows a fault, and what it printed."""

    name: str
    source: str
    output: str

    @property
    def sentence(self) -> str:
        """What it shows: its first line."""
        return self.source.partition("\n")[0].strip('r"/ ')


def write_page(outcomes: Sequence[Outcome], shown: Sequence[Shown], missing: Sequence[Peer] = ()) -> str:
    """Return the page; `missing` are those of whose trial there is no report."""
    cases = mode(v["cases"] for outcome in outcomes for v in outcome.verdicts if v["state"] == "passed")
    lines = [_INTRO.format(cases=cases) + "\n".join([*map(_row, outcomes), *map(_no_row, missing)]), ""]
    lines += _by_hand(shown)
    lines += ["## Each tokenizer", ""]
    for outcome in outcomes:
        lines += _section(outcome)
    lines += [_NOT_TRIED.format(cases=cases) + "\n".join(map(_not_asked, outcomes))]
    return "\n".join(lines) + "\n"


def _row(outcome: Outcome) -> str:
    asked = len(outcome.clauses("kept", "broken", "known"))
    groups: dict[Kind, dict[str, None]] = {}
    for verdict in outcome.broken:
        groups.setdefault(outcome.kind(verdict), {})[verdict["clause"]] = None
    output = [*groups.get("output", {}), *groups.get("failure", {})]
    columns = [output, groups.get("no refusal", {}), groups.get("no detail", {}), groups.get("choice", {})]
    shown = " | ".join(" ".join(dict.fromkeys(column)) or "–" for column in columns)
    peer = outcome.peer
    return f"| [{peer.name}](#{peer.name}) | {peer.version} | {asked} | {len(outcome.clauses('kept'))} | {shown} |"


def _no_row(peer: Peer) -> str:
    return f"| {peer.name} | {peer.version} | no report in this run | | | | | |"


def _by_hand(shown: Sequence[Shown]) -> Iterator[str]:
    yield "## Faults, shown without the checker"
    yield ""
    yield "Each is a program of a few lines that asks the library and, where there is one, the library whose ids it promises; below it, what it printed."
    yield "They are in the folder `docs/peer-faults`."
    for each in shown:
        language = "javascript" if each.name.endswith(".mjs") else "python"
        yield from ("", f"### {each.sentence}", "", f"`{each.name}`", "")
        yield from (f"```{language}", _body(each), "```", "", "```text", each.output.rstrip(), "```")
    yield ""


def _body(shown: Shown) -> str:
    return shown.source.partition("\n")[2].strip("\n")


def _section(outcome: Outcome) -> Iterator[str]:
    peer = outcome.peer
    yield from (
        f"### {peer.name}",
        "",
        f"{peer.version}, `bpe check {_command(peer)}`: {outcome.footer['verdict']}.",
        "",
    )
    if outcome.broken:
        yield from ("| clause | | input | got | expected |", "|---|---|---|---|---|")
        yield from (_finding(outcome, verdict) for verdict in outcome.broken)
        yield ""
    for clause, reason in peer.choices.items():
        yield f"- {clause}, by choice: {reason}"
    if peer.choices:
        yield ""


def _command(peer: Peer) -> str:
    target = peer.target.format(gpt2="FOLDER")
    quoted = f"'{target}'" if " " in target else target
    options = {"--against": peer.against, "--clauses": peer.clauses}
    return " ".join([quoted, *(f"{name} {value}" for name, value in options.items() if value)])


def _finding(outcome: Outcome, verdict: Verdict) -> str:
    found = verdict.get("counterexample") or {"case": [], "got": None, "expected": None, "message": None}
    values = [describe_value(value) for value in found["case"] if value != {"model": "own"}]
    kind = outcome.kind(verdict)
    if kind == "output" and found["message"]:
        # One case is many texts: the message says which of them it is, where two that look alike may be meant.
        values = [found["message"].encode("ascii", "backslashreplace").decode()]
    got, expected = found["got"], found["expected"]
    if got is None:
        got, expected = found["message"] or verdict.get("reason") or verdict["state"], ""
    clause = f"[{verdict['clause']}][clause-{verdict['clause']}]"
    smallest = _code(" ".join(values))
    if found.get("cut_short"):
        smallest += " (there may be a smaller one)"
    cells = [smallest, _code(got), _code(expected or "")]
    return f"| {clause} {verdict['property'].replace('_', ' ')} | {kind} | {' | '.join(cells)} |"


def _code(text: str) -> str:
    """Return a text as code in a cell: cut where it is long, with runs of spaces, which a browser joins, as escapes."""
    flat = re.sub("  +", lambda run: r"\x20" * len(run[0]), " ".join(map(str.strip, text.splitlines())))
    short = flat if len(flat) <= _SHOWN else flat[:_SHOWN] + "…"
    return f"`` {short} ``".replace("|", "\\|") if short else ""


def _not_asked(outcome: Outcome) -> str:
    return f"- {outcome.peer.name}: {' '.join(outcome.clauses('not asked'))}"
