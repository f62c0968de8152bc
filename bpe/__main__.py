"""`python -m bpe` is `bpe`."""

import sys

from bpe.cli import main

if __name__ == "__main__":
    sys.exit(main())
