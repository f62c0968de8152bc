"""Installing what the benchmarks need: `python -m benchmarks.install`, into the environment that runs it.

All at once if that works; else one by one, saying which cannot be installed here: a missing peer is a line in the tables, no reason to stop.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Sequence

from benchmarks.texts import PROJECT


def requirements() -> list[str]:
    """Return the requirements of the extra `bench`."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: list[str] = project["optional-dependencies"]["bench"]
    return found


def main() -> None:
    """Install, and name what cannot be."""
    wanted = requirements()
    if install(wanted):
        return
    missing = [each for each in wanted if not install([each])]
    print(f"cannot be installed here, and will be shown as missing: {', '.join(missing) or 'nothing'}", file=sys.stderr)


def install(wanted: Sequence[str]) -> bool:
    """Tell whether pip installs these; only wheels, since most peers are written in other languages."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
    return subprocess.run([*pip, *wanted], check=False).returncode == 0


if __name__ == "__main__":
    main()
