"""The command line: `bpe train`, `encode`, `decode`, `convert`, `fetch`, `encodings`.

Its libraries are an extra of the package, so this module imports them only when the command runs.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

_EXTRA = {"click", "rich"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with the given arguments, by default those of the process, and return its exit status."""
    try:
        from bpe.cli.command import run  # noqa: PLC0415 - an extra: whoever imports bpe.cli need not have it
    except ModuleNotFoundError as fault:
        if (fault.name or "").partition(".")[0] not in _EXTRA:
            raise
        sys.stderr.write("bpe: the command line needs click and rich: pip install 'bpe-spec[cli]'\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return run(sys.argv[1:] if arguments is None else arguments)
