"""Write the test vectors, `spec/vectors/*.json`, from their sources in `tools/vectors/`.

Answers that nobody wrote down come from the reference; one that was written down and differs is an error, and so is a peer that disagrees where no reason is stated.
With `--check`, write nothing, and fail if a file is not what would be written.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import jsonschema

sys.path.insert(
    0, str(Path(__file__).resolve().parent.parent)
)  # the peers that confirm vectors are no part of the package

from bpe.conformance.specification import vectors_folder
from bpe.conformance.vectors import read_vector_file
from tools.vectors.chapters import CHAPTERS
from tools.vectors.completing import VectorError, complete_chapter
from tools.vectors.layout import format_chapter

FOLDER = vectors_folder()
SCHEMA = json.loads((FOLDER / "vectors.schema.json").read_text(encoding="utf-8"))


def render() -> dict[str, str]:
    """Return the text of each file by its name."""
    validator = jsonschema.Draft202012Validator(SCHEMA)
    completed = [complete_chapter(chapter) for chapter in CHAPTERS]
    for document in completed:
        validator.validate(document)
    _require_distinct_ids(
        [test["id"] for document in completed for group in document["groups"] for test in group["tests"]]
    )
    return {f"{document['chapter']}.json": format_chapter(document) for document in completed}


def _require_distinct_ids(ids: list[str]) -> None:
    twice = [name for name, count in Counter(ids).items() if count > 1]
    if twice:
        raise VectorError(f"ids are given twice: {', '.join(twice)}")


def main() -> int:
    """Write or check the files."""
    try:
        rendered = render()
    except VectorError as fault:
        print(fault, file=sys.stderr)
        return 1
    stale = [name for name, text in rendered.items() if _current(name) != text]
    if "--check" in sys.argv:
        for name in stale:
            print(f"spec/vectors/{name} is not current: run make vectors", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        (FOLDER / name).write_text(rendered[name], encoding="utf-8", newline="\n")
    print(f"{sum(len(list(read_vector_file(FOLDER / name))) for name in rendered)} vectors, {len(stale)} files changed")
    return 0


def _current(name: str) -> str | None:
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main())
