"""What MkDocs calls: adds the generated pages, puts them into the navigation, and turns links into those of the site."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent.parent
if str(PROJECT) not in sys.path:
    sys.path.insert(0, str(PROJECT))

from mkdocs.config.defaults import MkDocsConfig  # noqa: E402 - the project is found first
from mkdocs.structure.files import File, Files  # noqa: E402
from mkdocs.structure.pages import Page  # noqa: E402

from tools.documentation.chapters import with_links_to_evidence  # noqa: E402
from tools.documentation.clauses import CHAPTERS, by_chapter  # noqa: E402
from tools.documentation.invariant_pages import INDEX, page_name, render_index, render_page  # noqa: E402
from tools.documentation.links import linked_files, page_of, rewrite_links  # noqa: E402
from tools.documentation.sources import cited_by_pages, render_source  # noqa: E402
from tools.documentation.tables import with_plain_bars  # noqa: E402


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Fill the section of the specification in the navigation."""
    for entry in config.nav or []:
        if "Specification" in entry:
            entry["Specification"] = list(_specification())
    return config


def _specification() -> Iterator[Any]:
    chapters = [path for path in _chapters() if path != "spec/README.md"]
    yield from (page_of(path) for path in ("spec/README.md", *chapters) if (PROJECT / path).is_file())
    invariants = [{CHAPTERS[stem]: [page_name(each.id) for each in listed]} for stem, listed in by_chapter()]
    yield {"Invariants": [INDEX, *invariants]}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the chapters, the pages of the invariants, and those of the files that any page links to."""
    for path in _chapters():
        files.append(File.generated(config, page_of(path), abs_src_path=str(PROJECT / path)))
    pages = _invariants()
    for name, text in pages.items():
        files.append(File.generated(config, name, content=text))
    for path in sorted(_sources(files, pages)):
        files.append(File.generated(config, page_of(path), content=render_source(path)))
    return files


def _chapters() -> list[str]:
    named = [f"spec/{stem}.md" for stem in ("README", *CHAPTERS, "traceability", "vectors/README", "proofs/README")]
    return [path for path in named if (PROJECT / path).is_file()]


def _invariants() -> dict[str, str]:
    chapters = list(by_chapter())
    pages = {page_name(clause.id): render_page(clause) for _, listed in chapters for clause in listed}
    return {INDEX: render_index(chapters), **pages}


def _sources(files: Files, pages: dict[str, str]) -> set[str]:
    """Return the files of the project that need a page because another page links to them."""
    written = {path: (PROJECT / path).read_text(encoding="utf-8") for path in map(_path_of, files) if path}
    linked = {file for path, text in written.items() for file in linked_files(text, path)}
    return linked | {path for text in pages.values() for path in cited_by_pages(text)}


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Turn links to files of the project into links of the site; link each clause of a chapter to its page."""
    path = _path_of(page.file)
    if path is None:
        return markdown
    if path.startswith("spec/"):
        markdown = with_links_to_evidence(markdown)
    return rewrite_links(markdown, path)


def on_page_content(html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Show bars in the tables as bars."""
    return with_plain_bars(html)


def _path_of(file: File) -> str | None:
    """Return the path in the project of a page that someone wrote, or `None`."""
    if file.abs_src_path is None or not file.src_uri.endswith(".md"):
        return None
    path = Path(file.abs_src_path)
    return path.relative_to(PROJECT).as_posix() if path.is_relative_to(PROJECT) else None
