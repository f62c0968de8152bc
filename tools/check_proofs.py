"""Build the machine-checked theorems of `spec/proofs/`, and see that none of them rests on an assumption.

1. Refuse words that assume what they should prove: `Admitted`, `admit`, `Axiom`, `Parameter`, `Conjecture`.
2. Compile every file with Coq.
3. Ask Coq what all theorems, taken together, assume; the one right answer is "Closed under the global context".
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.proved_clauses import FOLDER, list_theorems

CLOSED = "Closed under the global context"

WITHOUT_COQ = """coqc is not installed, so the theorems of spec/proofs cannot be checked here.
Install Coq 8.16 or newer: apt-get install coq, or https://coq.inria.fr/download"""

_COMMENT = re.compile(r"\(\*(?:[^*(]|\*(?!\))|\((?!\*))*\*\)")
_ASSUMING = re.compile(r"\b(Admitted|admit|give_up|Axioms?|Parameters?|Conjecture)\b")


class ProofsFaultError(Exception):
    """The proofs do not stand; the message says why."""


def find_assuming_words(folder: Path) -> list[str]:
    """Return each word that assumes something, with its file and line; comments do not count."""
    found = []
    for path in sorted(folder.glob("*.v")):
        text = _COMMENT.sub(lambda comment: re.sub(r"\S", " ", comment[0]), path.read_text(encoding="utf-8"))
        for number, line in enumerate(text.splitlines(), 1):
            found += [f"{path.name}:{number}: {word[0]}" for word in _ASSUMING.finditer(line)]
    return found


def compile_proofs(folder: Path) -> None:
    """Compile all files that `_CoqProject` lists, those that changed since the last time."""
    _run(["coq_makefile", "-f", "_CoqProject", "-o", "CoqMakefile"], folder)
    _run(["make", "--no-print-directory", f"--jobs={os.cpu_count() or 1}", "-f", "CoqMakefile"], folder)


def find_assumptions(folder: Path) -> str:
    """Return what Coq says that all theorems, taken together, assume; the proofs must be compiled."""
    theorems = list_theorems(folder)
    files = sorted({theorem.file.removesuffix(".v") for theorem in theorems})
    names = ",\n  ".join(f"@{theorem.file.removesuffix('.v')}.{theorem.name}" for theorem in theorems)
    text = f"From BPE Require {' '.join(files)}.\nDefinition theorems := (\n  {names}).\nPrint Assumptions theorems.\n"
    with TemporaryDirectory() as elsewhere:
        (Path(elsewhere) / "Assumptions.v").write_text(text, encoding="utf-8")
        return _run(["coqc", "-Q", str(folder.resolve()), "BPE", "Assumptions.v"], Path(elsewhere)).strip()


def check_proofs(folder: Path = FOLDER) -> int:
    """Return how many theorems stand.

    Raises `ProofsFaultError` where one does not.
    """
    if words := find_assuming_words(folder):
        raise ProofsFaultError("these words assume what is to be proved:\n" + "\n".join(words))
    listed = set((folder / "_CoqProject").read_text(encoding="utf-8").split())
    if missing := [path.name for path in sorted(folder.glob("*.v")) if path.name not in listed]:
        raise ProofsFaultError(f"_CoqProject does not list {', '.join(missing)}")
    compile_proofs(folder)
    if (assumed := find_assumptions(folder)) != CLOSED:
        raise ProofsFaultError(f"the theorems rest on assumptions:\n{assumed}")
    return len(list_theorems(folder))


def _run(command: list[str], folder: Path) -> str:
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  # our own words
    if ran.returncode:
        raise ProofsFaultError(f"{' '.join(command)} failed:\n{ran.stdout}{ran.stderr}")
    return ran.stdout


def main() -> int:
    """Check the proofs, and say so."""
    if shutil.which("coqc") is None:
        print(WITHOUT_COQ, file=sys.stderr)
        return 1
    start = monotonic()
    try:
        theorems = check_proofs()
    except ProofsFaultError as fault:
        print(fault, file=sys.stderr)
        return 1
    print(f"{theorems} theorems stand, in {monotonic() - start:.0f} s. {CLOSED}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
