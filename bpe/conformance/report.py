"""What a check found, as data: a verdict for each clause, the exit status, and how to try a counterexample again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

from bpe.conformance.attempts import Verdict
from bpe.conformance.growth import Growth
from bpe.conformance.known_issues import KnownIssue
from bpe.conformance.specification import Clause, read_clauses

ClauseState = Literal["kept", "broken", "known", "not asked"]

EXIT_CONFORMS: Final = 0
EXIT_BREAKS: Final = 1
EXIT_USAGE: Final = 2
EXIT_ADAPTER: Final = 3


@dataclass(frozen=True)
class ClauseResult:
    """What came of one clause: of its properties together."""

    clause: Clause
    state: ClauseState
    verdicts: tuple[Verdict, ...]
    known: KnownIssue | None = None

    @property
    def broken(self) -> tuple[Verdict, ...]:
        """The properties that do not hold."""
        return tuple(verdict for verdict in self.verdicts if verdict.is_broken)


@dataclass(frozen=True)
class Report:
    """A whole run."""

    target: str
    implementation: Mapping[str, str]
    profiles: Mapping[str, Any]
    seed: int
    verdicts: tuple[Verdict, ...]
    growth: tuple[Growth, ...] = ()
    known: tuple[KnownIssue, ...] = ()
    #: What is worth saying about the run itself: restarts, a reference that was left out.
    remarks: tuple[str, ...] = field(default=())

    @cached_property
    def clauses(self) -> tuple[ClauseResult, ...]:
        """The clauses in the order of the specification."""
        return tuple(self._result(clause) for clause in read_clauses() if not clause.is_withdrawn)

    @property
    def broken(self) -> tuple[ClauseResult, ...]:
        """The clauses that are broken, and not known to be."""
        return tuple(result for result in self.clauses if result.state == "broken")

    @cached_property
    def outdated(self) -> tuple[KnownIssue, ...]:
        """The known issues that were tried, and no longer fail."""
        return tuple(issue for issue in self.known if self._is_outdated(issue))

    @property
    def exit_status(self) -> int:
        """0 where the target conforms to what it claims, 1 where it does not."""
        return EXIT_BREAKS if self.broken or self.outdated else EXIT_CONFORMS

    def headline(self) -> str:
        """Return the verdict in a line: how many clauses are kept, which are broken, and what was not asked."""
        parts = [self._counted(level) for level in ("MUST", "SHOULD")]
        for state, words in (("broken", "broken"), ("known", "known to be broken")):
            ids = [result.clause.id for result in self.clauses if result.state == state]
            if ids:
                parts.append(f"{', '.join(ids)} {words}")
        not_asked = sum(result.state == "not asked" for result in self.clauses)
        if not_asked:
            parts.append(f"{not_asked} clauses not asked")
        parts += [f"profile {name}={value}" for name, value in sorted(self.profiles.items())]
        return "; ".join(filter(None, parts))

    def _counted(self, level: str) -> str:
        asked = [result for result in self.clauses if result.clause.level == level and result.state != "not asked"]
        kept = sum(result.state == "kept" for result in asked)
        return f"{level} {kept}/{len(asked)}" if asked else ""

    def _result(self, clause: Clause) -> ClauseResult:
        verdicts = tuple(verdict for verdict in self.verdicts if verdict.clause == clause.id)
        broken = [verdict for verdict in verdicts if verdict.is_broken]
        grown = [growth for growth in self.growth if growth.is_superlinear] if clause.id == "R1" else []
        if broken or grown:
            names = [verdict.name for verdict in broken] or [clause.id]
            issues = [next((k for k in self.known if k.covers(clause.id, name)), None) for name in names]
            return ClauseResult(clause, "known" if all(issues) else "broken", verdicts, issues[0])
        asked = any(verdict.state == "passed" for verdict in verdicts) or (clause.id == "R1" and bool(self.growth))
        return ClauseResult(clause, "kept" if asked else "not asked", verdicts)

    def _is_outdated(self, issue: KnownIssue) -> bool:
        spoken_of = [verdict for verdict in self.verdicts if issue.covers(verdict.clause, verdict.name)]
        if issue.clause == "R1":
            return bool(self.growth) and not any(growth.is_superlinear for growth in self.growth)
        return any(v.state == "passed" for v in spoken_of) and not any(v.is_broken for v in spoken_of)


def latest(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Return the last verdict on each property, in the order in which they were first met."""
    last: dict[str, Verdict] = {}
    for verdict in verdicts:
        last[verdict.name] = verdict
    return tuple(last.values())


def replay_argument(verdict: Verdict) -> str:
    """Return what `bpe replay` is given to try a counterexample again, as JSON."""
    assert verdict.counterexample is not None
    return json.dumps({"property": verdict.name, "case": verdict.counterexample.case}, ensure_ascii=True)


def replay_command(target: str, verdict: Verdict) -> str:
    """Return the command that tries a counterexample again."""
    return f"bpe replay {shlex.quote(target)} {shlex.quote(replay_argument(verdict))}"


def snippet(target: str, verdict: Verdict) -> str:
    """Return lines of Python that try a counterexample again, with the calls as comments."""
    assert verdict.counterexample is not None
    calls = [f"# {call}" for call in verdict.counterexample.calls]
    lines = [
        "from bpe.conformance import replay",
        "from bpe.targets import open_target",
        "",
        f"target = open_target({target!r})",
        'reference = open_target("bpe:any")',
        f"replay(target, {verdict.name!r}, {list(verdict.counterexample.case)!r}, reference)",
        *_short(calls),
    ]
    return "\n".join(lines)


def _short(lines: Sequence[str], most: int = 12) -> list[str]:
    """Return lines with line ends inside them taken out, and the middle left out where they are many."""
    flat = [" ".join(line.splitlines()) for line in lines]
    if len(flat) <= most:
        return flat
    return [*flat[:3], f"# … {len(flat) - most} calls more …", *flat[3 - most :]]
