"""The implementation that was written from the text alone: it answers every vector, and the checker finds nothing in it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bpe.conformance.specification import vectors_folder
from tests.command_line import run

FOLDER = Path(__file__).resolve().parent.parent / "adapters" / "from-the-text"
NODE = shutil.which("node")

pytestmark = pytest.mark.skipif(NODE is None, reason="there is no node: the implementation in JavaScript is left out")


def run_vectors(folder: Path) -> tuple[int, list[str]]:
    """Run the vectors of a folder; return the exit status and the lines that were printed."""
    assert NODE is not None
    call = [NODE, str(FOLDER / "run-vectors.js"), str(folder)]
    run = subprocess.run(call, capture_output=True, encoding="utf-8", check=False)
    assert not run.stderr, run.stderr
    return run.returncode, run.stdout.splitlines()


def test_it_answers_every_vector() -> None:
    files = [json.loads(path.read_text(encoding="utf-8")) for path in vectors_folder().glob("[0-9]*.json")]
    vectors = sum(len(group["tests"]) for file in files for group in file["groups"])
    assert run_vectors(vectors_folder()) == (0, [f"{vectors} passed, 0 failed; without the operations –"])


@pytest.mark.parametrize("member", ["output", "rejected", "trace", "counts"])
def test_a_wrong_answer_is_noticed(member: str, tmp_path: Path) -> None:
    """Otherwise the test before would say nothing."""
    wrong = {"output": [0, 1, 2], "rejected": {"kind": "unknown_id", "position": 7}, "trace": [[0] * 5], "counts": [7]}
    path = vectors_folder() / ("6-training.json" if member == "counts" else "5-encoding.json")
    file = json.loads(path.read_text(encoding="utf-8"))
    file["groups"] = [
        {**group, "tests": [{**test, member: wrong[member]}]}
        for group in file["groups"]
        for test in group["tests"]
        if member in test
    ]
    assert file["groups"]
    (tmp_path / path.name).write_text(json.dumps(file), encoding="utf-8")
    status, lines = run_vectors(tmp_path)
    assert status == 1
    assert lines[-1].startswith(f"0 passed, {len(file['groups'])} failed")


def test_the_checker_finds_nothing_in_it() -> None:
    few = ("--max-examples", "4", "--growth", "0", "--no-memory")
    result = run("check", f"exec:{NODE} {FOLDER / 'adapter.js'}", *few)
    report = result.output.decode()
    assert result.status == 0, report
    kept = re.search(r"MUST (\d+)/(\d+);", report)
    assert kept is not None
    assert int(kept[1]) == int(kept[2]) > 70
