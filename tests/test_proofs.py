"""The machine-checked theorems: each is listed with the clauses that it claims, and Coq accepts all of them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from bpe.conformance.specification import read_clauses
from tools.check_proofs import ProofsFaultError, check_proofs, find_assuming_words
from tools.proved_clauses import FOLDER, Theorem, list_theorems, partly_proved_clauses, proved_clauses

README = FOLDER / "README.md"

needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="left out: coqc is not installed")

#: A theorem in the table: its name, file, clauses, and whether these are proved in part.
ROW = re.compile(r"^\| `(\w+)` \| \[(\w+\.v)\]\(\2\) \| ([A-Z][0-9, A-Z]*?)( in part)? \|", re.MULTILINE)

#: A theorem at the head of its file, in the same terms.
HEADING = re.compile(r"^    - \[(\w+)\] \(([A-Z][0-9, A-Z]*?)( in part)?\): \S", re.MULTILINE)

SMALL = """(** - [one] (M1): one is one. *)
(* Clauses: M1 *)
Theorem one : 1 = 1.
Proof. reflexivity. Qed.
"""


def described(theorem: Theorem) -> tuple[str, str, str]:
    """Return what a list says about a theorem: name, clauses, whether in part."""
    return theorem.name, ", ".join(theorem.clauses), "" if theorem.is_whole else " in part"


def make_folder(folder: Path, proof: str) -> Path:
    """Return a folder of proofs with one file."""
    (folder / "_CoqProject").write_text("-Q . BPE\nOne.v\n")
    (folder / "One.v").write_text(proof)
    return folder


def test_every_theorem_names_clauses_that_exist() -> None:
    known = {clause.id for clause in read_clauses() if not clause.is_withdrawn}
    theorems = list_theorems()
    assert len(theorems) > 70
    for theorem in theorems:
        assert theorem.clauses, f"{theorem.file}: no clauses above {theorem.name}"
        assert set(theorem.clauses) <= known, f"{theorem.file}: {theorem.name}"
    assert len({theorem.name for theorem in theorems}) == len(theorems)


def test_the_readme_lists_every_theorem_with_its_clauses() -> None:
    rows = [
        (name, clauses, part, file) for name, file, clauses, part in ROW.findall(README.read_text(encoding="utf-8"))
    ]
    assert sorted(rows) == sorted((*described(theorem), theorem.file) for theorem in list_theorems())


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.v")), ids=lambda path: path.name)
def test_each_file_lists_its_theorems_at_its_head(path: Path) -> None:
    head = path.read_text(encoding="utf-8").split("*)", 1)[0]
    theorems = [described(theorem) for theorem in list_theorems() if theorem.file == path.name]
    assert sorted(HEADING.findall(head)) == sorted(theorems)


def test_the_readme_says_what_is_left_open_of_every_clause() -> None:
    gaps = re.findall(r"^- \*\*([A-Z][0-9]+)\*\*", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(set(gaps)) == len(gaps)
    assert set(gaps) == proved_clauses().keys() | partly_proved_clauses().keys()


def test_a_clause_proved_in_part_is_not_counted_as_proved(tmp_path: Path) -> None:
    make_folder(tmp_path, SMALL.replace("Clauses:", "Clauses in part:"))
    assert proved_clauses(tmp_path) == {}
    assert partly_proved_clauses(tmp_path) == {"M1": ["one"]}


@pytest.mark.parametrize("word", ["Admitted", "Axiom", "Parameter", "admit"])
def test_words_that_assume_are_found(tmp_path: Path, word: str) -> None:
    make_folder(tmp_path, f"(* {word} in a comment *)\n{SMALL}{word}.\n")
    assert find_assuming_words(tmp_path) == [f"One.v:6: {word}"]


def test_no_proof_assumes() -> None:
    assert find_assuming_words(FOLDER) == []


@needs_coq
def test_coq_accepts_every_theorem(tmp_path: Path) -> None:
    for path in (*FOLDER.glob("*.v"), FOLDER / "_CoqProject"):
        shutil.copy(path, tmp_path)
    assert check_proofs(tmp_path) == len(list_theorems())


@needs_coq
@pytest.mark.parametrize(
    ("proof", "message"),
    [
        (SMALL.replace("1 = 1", "1 = 2"), "Unable to unify"),
        (SMALL.replace("Theorem", "Axiom nothing : False.\nTheorem"), "One.v:3: Axiom"),
        # A hypothesis outside a section is an axiom under another name.
        ("Hypothesis nothing : False.\n" + SMALL.replace("reflexivity", "destruct nothing"), "rest on assumptions"),
    ],
    ids=["false", "axiom", "hypothesis"],
)
def test_what_is_not_proved_is_refused(tmp_path: Path, proof: str, message: str) -> None:
    with pytest.raises(ProofsFaultError, match=message):
        check_proofs(make_folder(tmp_path, proof))


@needs_coq
def test_a_file_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    (make_folder(tmp_path, SMALL) / "Two.v").write_text(SMALL)
    with pytest.raises(ProofsFaultError, match=r"_CoqProject does not list Two\.v"):
        check_proofs(tmp_path)
