"""The specification is found wherever the package is: in a clone, in an editable install, in a wheel."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bpe.conformance.specification import CHAPTERS, specification_folder

PROJECT = Path(__file__).resolve().parent.parent

_ASK = """
import site, sys
{prepare}
from bpe.conformance.specification import read_clauses, specification_folder, vectors_folder
print(specification_folder())
print(len(read_clauses()), len(list(vectors_folder().glob("*.json"))))
"""


def _ask(folder: Path, prepare: str) -> tuple[Path, str]:
    """Return where the package says that the specification is, and how much of it there is."""
    # Isolated, so that neither this folder nor the environment says where the package is.
    call = [sys.executable, "-I", "-c", _ASK.format(prepare=prepare)]
    run = subprocess.run(call, cwd=folder, capture_output=True, text=True, check=True)
    found, sizes = run.stdout.splitlines()
    return Path(found), sizes


def _here() -> str:
    folder = specification_folder()
    chapters = [(folder / f"{stem}.md").read_text(encoding="utf-8") for stem in CHAPTERS]
    clauses = sum(len(re.findall(r"^### [A-Z]\d+$", text, re.MULTILINE)) for text in chapters)
    return f"{clauses} {len(list((folder / 'vectors').glob('*.json')))}"


def test_in_a_clone(tmp_path: Path) -> None:
    found, sizes = _ask(tmp_path, f"sys.path.insert(0, {str(PROJECT)!r})")
    assert (found, sizes) == (PROJECT / "spec", _here())


def test_in_an_editable_install(tmp_path: Path) -> None:
    (tmp_path / "project.pth").write_text(f"{PROJECT}\n", encoding="utf-8")
    # This environment may have the project installed already; what comes first counts.
    prepare = f"old = list(sys.path); site.addsitedir({str(tmp_path)!r}); sys.path[:] = sys.path[len(old):] + old"
    found, sizes = _ask(tmp_path, prepare)
    assert (found, sizes) == (PROJECT / "spec", _here())


def test_in_a_wheel(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    # Without kernels, which are the subject of tests/test_build.py and take a while.
    environment = {**os.environ, "BPE_PURE_PYTHON": "1"}
    subprocess.run(build, cwd=PROJECT, env=environment, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    found, sizes = _ask(tmp_path, f"sys.path.insert(0, {str(tmp_path / 'installed')!r})")
    assert found == tmp_path / "installed" / "bpe" / "conformance" / "spec"
    assert sizes == _here()
