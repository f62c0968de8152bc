"""`python -m bpe.targets KIND:ARGUMENT`: a target of this process on the pipe."""

from __future__ import annotations

import sys

from bpe.conformance.serving import serve
from bpe.targets.opening import open_target


def main() -> None:
    """Serve the target that the command line names."""
    name = sys.argv[1]
    target = open_target(name)
    # What a library prints must not be taken for an answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    serve(target, sys.stdin, answers, {"name": getattr(target, "name", name), "language": "Python"})


if __name__ == "__main__":
    main()
