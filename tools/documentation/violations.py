"""Known violations in the wild, from `docs/violations.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from tools.documentation.clauses import PROJECT


@dataclass(frozen=True)
class Violation:
    """What a released tokenizer does that a clause forbids."""

    clause: str
    library: str
    version: str
    #: What happens, in one sentence of Markdown.
    happens: str
    #: The smallest input that is known to show it, in Markdown.
    input: str
    #: The thread in which it was reported, as owner/repo#number, or none.
    thread: str | None = None
    #: The test that shows it, or none where the library is not at hand.
    test: str | None = None

    @property
    def evidence(self) -> str:
        """How one knows."""
        if self.test is not None:
            return f"`{self.test}`"
        return "reported" if self.thread else "observed"


@cache
def read_violations() -> tuple[Violation, ...]:
    """Return the list, in the order of the file."""
    content = tomllib.loads((PROJECT / "docs" / "violations.toml").read_text(encoding="utf-8"))
    return tuple(Violation(**entry) for entry in content["violation"])


def violations_of(clause: str) -> list[Violation]:
    """Return the known violations of a clause."""
    return [each for each in read_violations() if each.clause == clause]
