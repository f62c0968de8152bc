"""Put the wild specimens of tests/wild on trial, each for a minute at most, and print what each is convicted of.

The right tokenizers beside them are tried as well, for the whole time: they must come out clean.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bpe.conformance.checking import Plan, Verdict, check
from bpe.encodings import find_encoding
from bpe.targets.opening import open_target
from bpe.targets.own_models import to_model
from tests.wild import CONTROLS, SPECIMENS
from tests.wild.library import trained


@dataclass(frozen=True)
class Trial:
    """What came of one specimen: the first verdict against it, if any, and after how long."""

    name: str
    seconds: float
    cases: int
    verdict: Verdict | None = None

    @property
    def clause(self) -> str:
        """The clause that it was convicted of; behind it, that of the stage that first departs."""
        if self.verdict is None:
            return "-"
        attributed = self.verdict.counterexample and self.verdict.counterexample.attributed
        return self.verdict.clause + (f" ({attributed[0]})" if attributed else "")

    @property
    def smallest(self) -> str:
        """The smallest input, shortened where it is long."""
        if self.verdict is None or self.verdict.counterexample is None:
            return "" if self.verdict is None else str(self.verdict.reason)
        if self.verdict.name.startswith("each_"):  # many texts in one case; the message says which
            return str(self.verdict.counterexample.explanation.message).partition("\n")[0]
        shown = [
            each
            for each in self.verdict.counterexample.case
            if not (isinstance(each, dict) and {"model", "set"} & set(each))
        ]
        values = " ".join(_show(each) for each in shown)
        return values if len(values) <= 60 else f"{values[:40]}… ({len(values)} characters)"


def _show(value: object) -> str:
    if isinstance(value, dict) and len(value) == 1:
        return _show(next(iter(value.values())))
    if isinstance(value, list):
        return "[" + ", ".join(map(_show, value)) + "]"
    return ascii(value)


def try_one(name: str, *, seconds: float, seed: int) -> Trial:
    """Try one specimen until the first verdict against it, or until the time is over."""
    target, reference = open_target(f"python:tests.wild:{name}"), open_target("bpe:any")
    if {**SPECIMENS, **CONTROLS}[name].held_to_trained:
        target.model, target.knows_vocabulary = to_model(trained().vocabulary), True
    start, cases = time.monotonic(), dict[str, int]()
    for verdict in check(target, reference, Plan(seconds=seconds, seed=seed)):
        cases[verdict.name] = verdict.cases
        if verdict.is_broken:
            return Trial(name, time.monotonic() - start, sum(cases.values()), verdict)
    return Trial(name, time.monotonic() - start, sum(cases.values()))


def _rows(trials: Sequence[Trial]) -> Iterator[str]:
    yield "| tokenizer | convicted of | smallest input | seconds |"
    yield "|---|---|---|---|"
    for trial in trials:
        shown = f"`{trial.smallest}`" if trial.verdict else f"clean after {trial.cases} cases"
        yield f"| {trial.name} | {trial.clause} | {shown} | {trial.seconds:.1f} |"


def main() -> int:
    """Try the specimens and the controls; return 0 where all but one in ten are convicted and no control is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="these specimens and controls alone")
    parser.add_argument("--budget", type=float, default=60.0, help="seconds for each (default 60)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time (default 1)")
    options = parser.parse_args()
    names = options.names or _possible()
    run = partial(try_one, seconds=options.budget, seed=options.seed)
    # A process for each, so that nothing of one is left for the next.
    with ProcessPoolExecutor(options.jobs, get_context("spawn"), max_tasks_per_child=1) as workers:
        trials = {trial.name: trial for trial in map(_announced, workers.map(run, names))}
    wrong = [trials[name] for name in names if name in SPECIMENS]
    right = [trials[name] for name in names if name in CONTROLS]
    print("\n".join(_rows(wrong)), "\n\n", "\n".join(_rows(right)), sep="")
    convicted = sum(trial.verdict is not None for trial in wrong)
    accused = sum(trial.verdict is not None for trial in right)
    print(f"\n{convicted} of {len(wrong)} wrong ones convicted; {accused} of {len(right)} right ones.")
    return 0 if accused == 0 and convicted * 10 >= len(wrong) * 9 else 1


def _possible() -> list[str]:
    """Return all names; without those on cl100k_base where its file is not on this machine."""
    every = {**SPECIMENS, **CONTROLS}
    if (problem := find_encoding("cl100k_base").problem) is None:
        return list(every)
    print(f"Without those on cl100k_base: {problem}", file=sys.stderr)
    return [name for name, each in every.items() if not each.needs_cl100k]


def _announced(trial: Trial) -> Trial:
    print(f"{trial.name}: {trial.clause} after {trial.seconds:.1f} s", file=sys.stderr, flush=True)
    return trial


if __name__ == "__main__":
    sys.exit(main())
