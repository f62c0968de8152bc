"""Change the definition line by line, and see whether its tests notice: `make mutation`.

mutmut makes the changes and runs the tests.
This reads what came of each, holds the survivors against `docs/mutation-survivors.toml`, and writes `docs/mutation-testing.md`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "mutants" / "bpe" / "reference"
PAGE = ROOT / "docs" / "mutation-testing.md"

#: What mutmut writes down where all tests passed, and where none reached the changed line.
SURVIVED, UNREACHED = 0, 33
#: Where the tests took too long, which is how an endless loop shows.
TIMEOUTS = (24, 36, 152, 255, -24)


@dataclass(frozen=True)
class Survivor:
    """A change that no test noticed: where, and the line before and after."""

    function: str
    before: str
    after: str


@dataclass(frozen=True)
class Explanation:
    """Why a line may be changed: the line, what the changed ones hold, and the reason."""

    function: str
    before: str
    after: tuple[str, ...]
    because: str

    def covers(self, survivor: Survivor) -> bool:
        """Tell whether this explains a survivor."""
        same = (self.function, self.before) == (survivor.function, survivor.before)
        return same and any(part in survivor.after for part in self.after)


def run_mutmut(workers: int) -> None:
    """Make and try all changes, anew."""
    shutil.rmtree(ROOT / "mutants", ignore_errors=True)
    _mutmut("run", "--max-children", str(workers))


def _mutmut(*arguments: str, stdout: int | None = None) -> str:
    command = [sys.executable, "-m", "mutmut", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=stdout, text=True)  # noqa: S603 - our own arguments
    return done.stdout or ""


def read_results() -> dict[str, int | None]:
    """Return what came of each change, by mutmut's name for it."""
    found: dict[str, int | None] = {}
    for path in sorted(RESULTS.glob("*.meta")):
        found |= json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def show(name: str) -> Survivor:
    """Return the change that mutmut has this name for."""
    lines = [
        line
        for line in _mutmut("show", name, stdout=subprocess.PIPE).splitlines()
        if line[:1] in "-+" and line[:3] not in ("---", "+++")
    ]
    # subtle: lists, because generators would both be read when the sign is already the second.
    before, after = ([line[1:].strip() for line in lines if line[0] == sign] for sign in "-+")
    module, _, function = name.removeprefix("bpe.reference.").partition(".x_")
    return Survivor(f"{module}.{function.partition('__mutmut_')[0]}", " ".join(before), " ".join(after))


def read_explanations() -> list[Explanation]:
    """Return the explanations on file."""
    entries = tomllib.loads((ROOT / "docs" / "mutation-survivors.toml").read_text(encoding="utf-8"))["survivor"]
    return [Explanation(e["function"], e["before"], tuple(e["after"]), e["because"]) for e in entries]


def find_faults(survivors: Iterable[Survivor], explanations: Iterable[Explanation]) -> Iterator[str]:
    """Yield what is wrong: survivors without an explanation, and explanations without a survivor."""
    survivors, explanations = list(survivors), list(explanations)
    for survivor in survivors:
        if not any(each.covers(survivor) for each in explanations):
            yield f"not explained: {survivor.function}\n  - {survivor.before}\n  + {survivor.after}"
    for each in explanations:
        if not any(each.covers(survivor) for survivor in survivors):
            yield f"no longer survives: {each.function}\n  - {each.before}"


def render(results: dict[str, int | None], explanations: list[Explanation], survivors: list[Survivor]) -> str:
    """Return the page."""
    codes = Counter(
        "survived" if code == SURVIVED else "timeout" if code in TIMEOUTS else "killed" for code in results.values()
    )
    modules = Counter(name.split(".")[2] for name in results)
    alive = Counter(survivor.function.partition(".")[0] for survivor in survivors)
    figures = (
        f"With mutmut {version('mutmut')} these are {len(results)} changes: "
        f"{codes['killed']} were noticed by a test that failed, {codes['timeout']} by an endless loop, "
        f"and {codes['survived']} were not noticed, because the changed line means the same."
    )
    return "\n".join(
        [
            "# The definition under mutation",
            "",
            "<!-- Written by tools/mutate_definition.py. -->",
            "",
            "A test that cannot fail says nothing.",
            "So the definition itself is changed, one place at a time: a comparison turned round, a number one off, an argument left out, a word misspelt.",
            "The tests of the definition alone must notice: its examples, the vectors, each property on eight cases, and the words of each refusal.",
            "They cover every branch of it: `make coverage` fails below 100 %.",
            "",
            "```",
            "make mutation",
            "```",
            "",
            figures,
            "",
            "| module | changes | not noticed |",
            "|---|---|---|",
            *(f"| `bpe/reference/{name}.py` | {count} | {alive[name]} |" for name, count in sorted(modules.items())),
            "",
            "## Changes that mean the same",
            "",
            "| in | line | changed to | why no test can tell |",
            "|---|---|---|---|",
            *(
                f"| `{each.function}` | `{each.before.partition('  #')[0]}` "
                f"| {', '.join(f'`{part}`' for part in each.after)} | {each.because} |"
                for each in explanations
            ),
            "",
        ]
    )


def main() -> int:
    """Run it, judge it, and write the page; return 0 where every survivor is explained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2, help="how many changes at a time (default 2)")
    parser.add_argument("--read", action="store_true", help="judge the results of the last run, without another")
    options = parser.parse_args()
    if not options.read:
        run_mutmut(options.workers)
    results = read_results()
    if left := [name for name, code in results.items() if code is None or code == UNREACHED]:
        print(f"{len(left)} changes were not tried, {left[0]} for one", file=sys.stderr)
        return 1
    survivors = [show(name) for name, code in results.items() if code == SURVIVED]
    explanations = read_explanations()
    if faults := list(find_faults(survivors, explanations)):
        print("\n".join(faults), file=sys.stderr)
        return 1
    PAGE.write_text(render(results, explanations, survivors), encoding="utf-8")
    print(f"{len(results)} changes, {len(survivors)} survivors, each explained: docs/mutation-testing.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
