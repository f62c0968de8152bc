"""What the checker says of tokenizers, and how its command says it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from jsonschema import Draft202012Validator

from bpe.conformance import Plan, check, compare, conformance_suite, replay, run_conformance
from bpe.conformance.growth import measure_growth
from bpe.conformance.report import Report, latest
from bpe.conformance.specification import vectors_folder
from bpe.targets import object_target, open_target
from tests import checked_tokenizers as made
from tests.command_line import run

HERE = "python:tests.checked_tokenizers"
PROJECT = Path(__file__).resolve().parent.parent


class Ran(NamedTuple):
    """What the command left: its exit status, and all that it wrote."""

    exit_code: int
    output: str


def run_command(arguments: Sequence[object]) -> Ran:
    """Run the command here."""
    result = run(*arguments)
    return Ran(result.status, result.output.decode() + result.errors)


def bpe_check(*arguments: str) -> Ran:
    """Run `bpe check` with few cases, no measurement of growth and no memory of earlier runs."""
    given = {"--max-examples", "--budget", "--smoke"} & set(arguments)
    few = () if given else ("--max-examples", "40")
    growth = () if "--growth" in arguments else ("--growth", "0")
    return run_command(["check", *arguments, *few, *growth, "--no-memory"])


# --- verdicts ------------------------------------------------------------------------------------


def test_a_black_box_that_is_right_conforms() -> None:
    report = run_conformance(object_target(made.Bytes(), "bytes"), max_examples=30)
    assert report.exit_status == 0
    assert {result.clause.id for result in report.clauses if result.state == "kept"} >= {
        "B1",
        "B2",
        "B3",
        "B4",
        "E1",
        "E4",
    }


def test_the_smallest_input_is_shown() -> None:
    with pytest.raises(AssertionError) as caught:
        run_conformance(object_target(made.StripsSpaces(), "strips"), clauses=["E1"], max_examples=200)
    assert "E1: Decoding the ids" in str(caught.value)
    assert "input     text ' '" in str(caught.value)


def test_a_difference_is_attributed_to_its_stage() -> None:
    target = object_target(
        made.RightmostTie(), "rightmost", open_target(f"{HERE}:trained").model.change(special_tokens={})
    )
    plan = Plan(clauses=["E9"], max_examples=400)
    verdicts = {verdict.name: verdict for verdict in latest(check(target, open_target("bpe:any"), plan))}
    verdict = verdicts["ids_are_those_of_the_definition"]
    assert verdict.state == "failed"
    assert verdict.counterexample is not None
    assert verdict.counterexample.case[1] == {"text": "aaa"}
    assert verdict.counterexample.attributed is not None
    assert verdict.counterexample.attributed[0] == "M3"
    assert verdict.counterexample.explanation.expected is not None


def test_a_counterexample_is_a_vector() -> None:
    model = open_target(f"{HERE}:trained").model.change(special_tokens={})
    target = object_target(made.RightmostTie(), "rightmost", model)
    plan = Plan(clauses=["ids_are_those_of_the_definition"], max_examples=400)
    (verdict,) = latest(check(target, open_target("bpe:any"), plan))
    assert verdict.counterexample is not None
    group = verdict.counterexample.vector
    (test,) = group["tests"]
    assert (test["operation"], test["input"]["text"], test["clauses"]) == ("encode", "aaa", ["E9"])
    assert [bytes.fromhex(token) for _, token in group["model"]["tokens"]] == [b"aa"]
    schema = json.loads((vectors_folder() / "vectors.schema.json").read_text(encoding="utf-8"))
    confirmed = {**group, "tests": [{**test, "confirmed_by": ["by hand"], "why": "aa goes before a"}]}
    head = {"schema": "vectors.schema.json", "spec": "0.1", "chapter": "5-encoding", "about": "One.", "notes": {}}
    Draft202012Validator(schema).validate({**head, "groups": [confirmed]})


def test_the_same_seed_gives_the_same_report() -> None:
    def found() -> list[object]:
        target = object_target(made.StripsSpaces(), "strips")
        return [(v.name, v.state, v.cases) for v in latest(check(target, None, Plan(max_examples=30, seed=5)))]

    assert found() == found()


def test_known_issues_are_strict() -> None:
    target = object_target(made.StripsSpaces(), "strips")
    known = ["B1", "B2", "B3", "E1", "E4", "D3"]
    run_conformance(target, clauses=["E1", "B1"], max_examples=100, known=known[:1] + known[3:4])
    with pytest.raises(AssertionError, match="B4 is known to be broken, and holds"):
        run_conformance(target, clauses=["B4"], max_examples=30, known=["B4"])


test_ours_in_a_suite_of_tests = conformance_suite(
    lambda: open_target("bpe:any"), open_target("bpe:any"), clauses=["B", "M"], max_examples=10
)


class _RemembersWrongly(made.Bytes):
    """Hands out the list that it keeps, which a caller may change: of the properties of R5, one is broken."""

    def __init__(self) -> None:
        self._kept: dict[str, list[int]] = {}

    def encode(self, text: str) -> list[int]:
        return self._kept.setdefault(text, super().encode(text))


test_a_clause_known_to_be_broken_in_a_suite_of_tests = conformance_suite(
    lambda: object_target(_RemembersWrongly(), "remembers"), clauses=["R5"], max_examples=30, known=["R5"]
)


def test_a_property_known_to_be_broken_that_holds_fails_in_a_suite_of_tests() -> None:
    holds = next(each for each in Plan(clauses=["B4"]).chosen())
    suite = conformance_suite(
        lambda: object_target(made.Bytes(), "bytes"), clauses=["B4"], max_examples=10, known=[holds.name]
    )
    with pytest.raises(AssertionError, match="known to be broken, and holds"):
        suite(holds)


def test_two_that_differ_are_compared() -> None:
    found = compare(object_target(made.Bytes(), "a"), object_target(made.StripsSpaces(), "b"), max_examples=300)
    assert found is not None
    assert (found.text, found.first, found.second) == (" ", "[32]", "[]")
    assert compare(object_target(made.Bytes(), "a"), object_target(made.Bytes(), "b"), max_examples=100) is None


def test_a_counterexample_is_replayed() -> None:
    case = [{"model": "own"}, {"text": " "}, {"set": []}]
    with pytest.raises(AssertionError):
        replay(object_target(made.StripsSpaces(), "strips"), "decoding_gives_back_the_text", case)
    replay(object_target(made.Bytes(), "bytes"), "decoding_gives_back_the_text", case)


# --- the command ---------------------------------------------------------------------------------


def test_what_conforms_ends_with_0() -> None:
    result = bpe_check(f"{HERE}:bytes_alone")
    assert result.exit_code == 0, result.output
    assert "MUST 10/10" in result.output or "MUST" in result.output
    assert "Its vocabulary is not known" in result.output


def test_what_does_not_conform_ends_with_1_and_says_how_to_try_again() -> None:
    result = bpe_check(f"{HERE}:strips_spaces", "--clauses", "E1")
    assert result.exit_code == 1
    assert "E1 Decoding the ids of a scalar text" in result.output
    (again,) = [line.partition("again")[2].strip() for line in result.output.splitlines() if " again " in line]
    argument = again.split(" ", 3)[3].strip("'")
    replayed = run_command(["replay", f"{HERE}:strips_spaces", argument])
    assert replayed.exit_code == 1
    assert "does not hold" in replayed.output
    assert run_command(["replay", f"{HERE}:bytes_alone", argument]).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["nothing:x"], 2),
        (["tiktoken"], 2),
        (["bpe:no-such-file"], 3),
        (["bpe:any:x", "--isolate"], 3),
        ([f"{HERE}:bytes_alone", "--against", "no-such-encoding"], 2),
        ([f"{HERE}:AlwaysRecurses"], 3),
        (["python:no_such_module:x"], 3),
        ([f"{HERE}:no_such_factory"], 3),
        (["exec:no-such-program"], 3),
        (["bpe:any", "--clauses", "Z9"], 2),
        (["bpe:any", "--budget", "soon"], 2),
        (["bpe:any", "--budget", "1s", "--max-examples", "3"], 2),
        (["bpe:any", "--known", "no-such-file"], 2),
    ],
    ids=str,
)
def test_usage_and_adapters_have_statuses_of_their_own(arguments: Sequence[str], status: int) -> None:
    assert bpe_check(*arguments).exit_code == status


def test_one_that_never_answers_costs_its_time_once() -> None:
    result = bpe_check(f"{HERE}:hangs_always", "--isolate", "--timeout", "0.5s")
    assert result.exit_code == 3
    assert "timed out" in result.output


def test_one_that_hangs_now_and_then_gets_a_whole_report() -> None:
    result = bpe_check(f"{HERE}:hangs", "--isolate", "--timeout", "0.3s", "--clauses", "B1,E1,R5")
    assert result.exit_code == 1
    assert "timed out" in result.output
    assert "MUST 0/3" in result.output


def test_one_that_aborts_now_and_then_gets_a_whole_report() -> None:
    result = bpe_check(f"{HERE}:aborts", "--isolate", "--clauses", "B1,E1", "--budget", "6s")
    assert result.exit_code == 1
    assert "crashed: the process ended with signal 6" in result.output
    assert "The process was started again" in result.output


def test_one_that_ends_the_program_does_not_end_the_trial() -> None:
    result = bpe_check(f"{HERE}:Exits", "--clauses", "E1,B1", "--max-examples", "20")
    assert result.exit_code == 1
    assert "SystemExit: 0" in result.output


def test_one_that_recurses_on_long_texts_gets_a_whole_report() -> None:
    result = bpe_check(f"{HERE}:Recurses", "--clauses", "B1,R1", "--max-examples", "5", "--growth", "10000")
    assert "RecursionError" in result.output
    assert "MUST" in result.output


def test_growth_is_no_matter_of_a_pattern_without_a_name() -> None:
    """Clause R1 is about named patterns; where the pattern is not known, it is asked."""
    options = ("--clauses", "R", "--max-examples", "2", "--growth", "1000")
    assert "R1" in bpe_check(f"{HERE}:unnamed_pattern", *options).output.split("not asked", 1)[1].splitlines()[1]
    assert "R1" not in bpe_check(f"{HERE}:trained", *options).output.split("not asked", 1)[1].splitlines()[1]


def test_growth_is_measured() -> None:
    slow = bpe_check(f"{HERE}:quadratic", "--clauses", "B1,R1", "--growth", "31623", "--max-examples", "1")
    assert "R1" in slow.output.splitlines()[-1]
    assert slow.exit_code == 1
    fast = bpe_check(f"{HERE}:bytes_alone", "--clauses", "B1,R1", "--growth", "31623", "--max-examples", "1")
    assert fast.exit_code == 0, fast.output


def test_growth_of_a_target_that_takes_any_vocabulary_is_measured() -> None:
    """It has no vocabulary of its own, and is given one."""
    (grown, *_) = measure_growth(open_target("bpe:any"), largest=3_200, seconds=5.0)
    assert (grown.run, grown.sizes, grown.stopped) == ("a", (1000, 3162), None)


def test_reports_are_written_for_programs(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("r.jsonl", "r.xml", "r.md")]
    options = [f"--{kind}={path}" for kind, path in zip(("json", "junit", "markdown"), paths, strict=True)]
    assert bpe_check(f"{HERE}:strips_spaces", "--clauses", "E1,B1,T1", *options).exit_code == 1
    lines = [json.loads(line) for line in paths[0].read_text(encoding="utf-8").splitlines()]
    assert lines[0]["type"] == "header"
    assert lines[-1]["type"] == "footer"
    assert lines[-1]["exit"] == 1
    assert lines[-1]["clauses"]["E1"] == "broken"
    assert {line["state"] for line in lines if line["type"] == "verdict"} >= {"failed", "unsupported"}
    suite = ET.fromstring(paths[1].read_text(encoding="utf-8"))
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure")) > 0
    assert suite.findall("testcase/skipped")
    assert "## E1" in paths[2].read_text(encoding="utf-8")


def test_the_known_issues_file(tmp_path: Path) -> None:
    known = tmp_path / "known.toml"
    known.write_text('[[known]]\nclause = "E1"\nreason = "strips"\nlink = "https://example.org/1"\n', encoding="utf-8")
    result = bpe_check(f"{HERE}:strips_spaces", "--clauses", "E1", "--known", str(known))
    assert result.exit_code == 0, result.output
    assert "known: strips (https://example.org/1)" in result.output
    outdated = bpe_check(f"{HERE}:bytes_alone", "--clauses", "E1", "--known", str(known))
    assert outdated.exit_code == 1
    assert "no longer fails" in outdated.output
    for wrong in ("[[known]]\nclause = 'E1'\n", "known = 3", "[[known]]\nclause='Z1'\nreason='x'\n", "["):
        known.write_text(wrong, encoding="utf-8")
        assert bpe_check(f"{HERE}:bytes_alone", "--known", str(known)).exit_code == 2, wrong


@pytest.mark.parametrize("remembers", [True, False])
def test_counterexamples_are_kept_in_the_cache_of_the_user_and_nowhere_else(tmp_path: Path, remembers: bool) -> None:
    here, cache = tmp_path / "here", tmp_path / "cache"
    here.mkdir()
    places = {"HOME": str(cache), "XDG_CACHE_HOME": str(cache), "LOCALAPPDATA": str(cache), "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-m", "bpe", "check", f"{HERE}:strips_spaces", "--clauses", "E1", "--max-examples", "50"]
    options = [] if remembers else ["--no-memory"]
    done = subprocess.run([*command, *options], cwd=here, env=os.environ | places, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr
    assert not list(here.iterdir())
    kept = [path for path in cache.rglob("counterexamples/**/*") if path.is_file()]
    assert bool(kept) == remembers


def test_smoke_is_quick_and_whole() -> None:
    result = bpe_check(f"{HERE}:bytes_alone", "--smoke")
    assert result.exit_code == 0
    assert "MUST" in result.output


def test_compare_tells_where() -> None:
    result = run_command(["compare", f"{HERE}:bytes_alone", f"{HERE}:strips_spaces", "--max-examples", "300"])
    assert result.exit_code == 1
    assert "They differ on ' ' (ordinary text)." in result.output
    assert run_command(["compare", f"{HERE}:bytes_alone", f"{HERE}:bytes_alone", "--max-examples", "50"]).exit_code == 0


def test_ours_held_against_its_own_vocabulary(tmp_path: Path) -> None:
    path = tmp_path / "mine.bpe.json"
    made.trained().save(path)
    result = bpe_check(f"{HERE}:rightmost_tie", "--against", str(path), "--clauses", "E9", "--max-examples", "400")
    assert result.exit_code == 1
    assert "stage     M3" in result.output
    assert bpe_check(f"{HERE}:trained", "--clauses", "E9,S,D").exit_code == 0


def test_a_report_counts_clauses_and_gives_no_percentage() -> None:
    report = Report(
        "x",
        {},
        {"surrogates": "strict"},
        0,
        latest(check(object_target(made.Bytes(), "b"), None, Plan(max_examples=5))),
    )
    assert "%" not in report.headline()
    assert report.headline().startswith("MUST ")
    assert report.headline().endswith("profile surrogates=strict")
