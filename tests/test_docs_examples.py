"""Every Python block of the documentation does what the page says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.encodings_folder import encodings_folder
from tests.pages import CLONE, Block, blocks_of, run_blocks

__all__ = ["encodings_folder"]

DOCS = CLONE / "docs"
HOW_TO = sorted((DOCS / "how-to").glob("*.md"))
#: In the order in which they are read: `10-…` would come behind `9-…`.
TUTORIAL = [*sorted((DOCS / "tutorial").glob("[0-9]*.md")), DOCS / "tutorial" / "answers.md"]


def report(missing: set[str]) -> None:
    """Say plainly which blocks were not tried."""
    if missing:
        pytest.skip(f"all but the blocks that need {', '.join(sorted(missing))}, which is not on this machine")


@pytest.mark.usefixtures("encodings_folder")
@pytest.mark.parametrize("page", [DOCS / "index.md", DOCS / "file-formats.md", *HOW_TO], ids=lambda page: page.stem)
def test_every_example_of_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    report(run_blocks(list(blocks_of(page)), tmp_path))


@pytest.mark.usefixtures("encodings_folder")
def test_the_tutorial_builds_a_tokenizer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page goes on where the last one ended, and the file that the reader has written is whole by itself."""
    monkeypatch.chdir(tmp_path)
    missing = run_blocks([block for page in TUTORIAL for block in blocks_of(page)], tmp_path)
    written = (tmp_path / "my_bpe.py").read_text(encoding="utf-8")
    exec(compile(written, "my_bpe.py", "exec"), {"__name__": "my_bpe"})
    report(missing)


def test_a_wrong_answer_is_noticed(tmp_path: Path) -> None:
    page = CLONE / "docs" / "index.md"
    with pytest.raises(AssertionError, match="Expected"):
        run_blocks([Block(page, 1, "", ">>> 1 + 1\n3\n")], tmp_path)


def test_a_block_goes_on_where_the_last_one_ended(tmp_path: Path) -> None:
    page = CLONE / "docs" / "index.md"
    blocks = [
        Block(page, 1, ' title="my.py"', "x = 1\n"),
        Block(page, 5, "", ">>> y = x + 1\n"),
        Block(page, 9, "", "assert y == 2\n"),
    ]
    assert run_blocks(blocks, tmp_path) == set()
    assert (tmp_path / "my.py").read_text() == "x = 1\n"
