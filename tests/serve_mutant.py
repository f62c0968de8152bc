"""`python -m tests.serve_mutant NAME`: a wrong tokenizer, or the target that they are made from, on the pipe."""

from __future__ import annotations

import sys

from bpe.conformance.serving import serve
from tests.mutants import MUTANTS
from tests.staged import Staged


def main() -> None:
    """Serve the mutant that the command line names."""
    targets = {mutant.target.__name__: mutant.target for mutant in MUTANTS} | {"Staged": Staged}
    answers, sys.stdout = sys.stdout, sys.stderr
    serve(targets[sys.argv[1]](), sys.stdin, answers, {"name": sys.argv[1], "language": "Python"})


if __name__ == "__main__":
    main()
