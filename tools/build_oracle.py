"""Extract the definitions of `spec/proofs/` to OCaml, and compile the program that answers as they do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.check_proofs import ProofsFaultError
from tools.proved_clauses import FOLDER

WITHOUT_TOOLS = """coqc or ocamlfind is not installed, so the definitions cannot be made a program here.
Install Coq and OCaml: apt-get install coq ocaml ocaml-findlib"""

#: Warnings about extracted code would be about nobody's code.
_COMPILE = (
    "ocamlfind",
    "ocamlopt",
    "-w",
    "-a",
    "definitions.mli",
    "definitions.ml",
    "json.ml",
    "model.ml",
    "oracle.ml",
)


def has_tools() -> bool:
    """Tell whether Coq and OCaml are installed."""
    return shutil.which("coqc") is not None and shutil.which("ocamlfind") is not None


def build_oracle(folder: Path, build: Path) -> Path:
    """Return the program, built in the folder `build` from the definitions in `folder`; no theorem is needed for it.

    Raises `ProofsFaultError` where Coq or OCaml refuses.
    """
    build.mkdir(exist_ok=True)
    for source in (folder / "Definitions.v", *(folder / "oracle").glob("*.*")):
        if source.suffix in {".v", ".ml"}:
            shutil.copy(source, build)
    _run(["coqc", "-Q", ".", "BPE", "Definitions.v"], build)
    _run(["coqc", "-Q", ".", "BPE", "Extract.v"], build)
    _run([*_COMPILE, "-o", "oracle"], build)
    return build / "oracle"


def _run(command: list[str], folder: Path) -> None:
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  # our own words
    if ran.returncode:
        raise ProofsFaultError(f"{' '.join(command)} failed:\n{ran.stdout}{ran.stderr}")


def main() -> int:
    """Build the program, and say where it is."""
    if not has_tools():
        print(WITHOUT_TOOLS, file=sys.stderr)
        return 1
    try:
        program = build_oracle(FOLDER, FOLDER / "oracle" / "_build")
    except ProofsFaultError as fault:
        print(fault, file=sys.stderr)
        return 1
    print(program.relative_to(Path.cwd()) if program.is_relative_to(Path.cwd()) else program)
    return 0


if __name__ == "__main__":
    sys.exit(main())
