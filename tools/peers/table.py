"""`docs/peers.toml`: which tokenizers are tried, and what they do on purpose."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_PATH: Final = Path(__file__).resolve().parents[2] / "docs" / "peers.toml"


@dataclass(frozen=True, eq=False)
class Peer:
    """One tokenizer: a package, the target that it is, and the clauses that it breaks on purpose, with why."""

    name: str
    version: str
    target: str
    against: str | None = None
    #: The clauses to try, where the others cannot be asked.
    clauses: str | None = None
    #: By clause: the reason.
    choices: Mapping[str, str] = field(default_factory=dict)
    #: What stands in the way of asking it more.
    not_asked: str = ""


def read_peers(path: Path = _PATH) -> tuple[Peer, ...]:
    """Return the entries of the file; raise `TypeError` for a field that is none."""
    return tuple(Peer(**entry) for entry in tomllib.loads(path.read_text(encoding="utf-8"))["peer"])


PEERS: Final = read_peers()
