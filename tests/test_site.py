"""The documentation site: it builds without a warning, fetches nothing, and says what the code says."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bpe.conformance.specification import read_clauses
from tests.mutants import MUTANTS

pytest.importorskip("mkdocs", reason="left out: the site needs mkdocs (the extra docs)")

from tests.targets import REFERENCE
from tools.documentation.counterexamples import read_counterexamples
from tools.documentation.violations import read_violations

PROJECT = Path(__file__).resolve().parent.parent

#: What a page can load by itself: scripts, styles, images, fonts. Links that a reader follows are none of these.
_LOADED = re.compile(
    r"""<(?:script|img|iframe|source)\b[^>]*\bsrc="([^"]+)"|<link\b[^>]*\bhref="([^"]+)"|url\(([^)]+)\)|@import\s+"([^"]+)\""""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site, with warnings as errors."""
    folder = tmp_path_factory.mktemp("site")
    call = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    run = subprocess.run(call, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return folder


def test_pages_load_nothing_from_elsewhere(site: Path) -> None:
    loaded = {
        address
        for path in site.rglob("*")
        if path.suffix in {".html", ".css"}
        for found in _LOADED.findall(path.read_text(encoding="utf-8"))
        for address in found
        if address.strip("'\"").startswith(("http:", "https:", "//"))
    }
    # The address of the page itself is no request.
    assert {address for address in loaded if "canonical" not in address} == set()


def test_every_clause_has_a_page(site: Path) -> None:
    for clause in read_clauses():
        page = (site / "specification" / "invariants" / f"{clause.id}.html").read_text(encoding="utf-8")
        assert f'id="clause-{clause.id}"' in page


def test_chapters_link_to_the_evidence(site: Path) -> None:
    chapter = (site / "specification" / "4-merges.html").read_text(encoding="utf-8")
    assert 'href="invariants/M3.html#clause-M3"' in chapter
    assert 'id="m3"' in chapter


@pytest.mark.parametrize("page", ["specification/8-files.html", "named-encodings.html"])
def test_bars_in_tables_are_bars(site: Path, page: str) -> None:
    text = (site / page).read_text(encoding="utf-8")
    assert "<code>&lt;|endoftext|&gt;</code>" in text
    assert r"\|endoftext" not in text


def test_what_is_generated_is_found(site: Path) -> None:
    index = (site / "search" / "search_index.js").read_text(encoding="utf-8")
    assert "lowest rank" in index.lower()


def test_violations_are_of_clauses_and_shown_by_tests_that_exist() -> None:
    clauses = {clause.id for clause in read_clauses()}
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (PROJECT / "tests").glob("test_*.py"))
    for violation in read_violations():
        assert violation.clause in clauses, violation
        assert violation.test is None or f"def {violation.test}(" in tests, violation
    assert tomllib.loads((PROJECT / "docs" / "violations.toml").read_text(encoding="utf-8"))


def test_every_mutant_has_a_smallest_counterexample() -> None:
    assert REFERENCE is not None
    recorded = read_counterexamples()
    missing = [
        (n, m.target.__name__) for m in MUTANTS for n in m.breaks if m.target.__name__ not in recorded.get(n, {})
    ]
    assert missing == []
