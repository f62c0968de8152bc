"""`python -m bpe.targets KIND:ARGUMENT`: a target of this process on the pipe."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from bpe.conformance.faults import AdapterFault
from bpe.conformance.serving import serve
from bpe.targets.opening import open_target


def main() -> None:
    """Serve the target that the command line names."""
    name = sys.argv[1]
    try:
        target = open_target(name)
    except AdapterFault as fault:
        sys.exit(str(fault))
    # What a library prints must not be taken for an answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    serve(target, sys.stdin, answers, _describe(target, name))


def _describe(target: Any, name: str) -> dict[str, str]:
    """Return what the greeting says of the tokenizer: its name and, where it is a package, its version."""
    described: Mapping[str, str] = getattr(target, "implementation", {"name": getattr(target, "name", name)})
    return {"language": "Python", **described}


if __name__ == "__main__":
    main()
