"""A report as files for other programs: JSON lines, JUnit's XML, Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from bpe.conformance.attempts import Verdict
from bpe.conformance.report import ClauseResult, Report, replay_command, snippet
from bpe.conformance.report_text import describe_case
from bpe.version import SPECIFICATION_VERSION, __version__


def to_json_lines(report: Report) -> Iterator[str]:
    """Yield the lines of a report: a header, one for each property and run of growth, and a footer.

    A report without its footer is cut off, and says nothing.
    """
    header = {
        "type": "header",
        "checker": __version__,
        "specification": SPECIFICATION_VERSION,
        "target": report.target,
        "implementation": dict(report.implementation),
        "profiles": dict(report.profiles),
        "seed": report.seed,
    }
    yield json.dumps(header)
    for verdict in report.verdicts:
        yield json.dumps(_verdict(report.target, verdict))
    for growth in report.growth:
        yield json.dumps({"type": "growth", **vars(growth), "exponent": growth.exponent})
    states = {result.clause.id: result.state for result in report.clauses}
    yield json.dumps(
        {
            "type": "footer",
            "verdict": report.headline(),
            "clauses": states,
            "outdated": [issue.clause for issue in report.outdated],
            "remarks": list(report.remarks),
            "exit": report.exit_status,
        }
    )


def _verdict(target: str, verdict: Verdict) -> dict[str, Any]:
    line: dict[str, Any] = {
        "type": "verdict",
        "clause": verdict.clause,
        "property": verdict.name,
        "state": verdict.state,
        "cases": verdict.cases,
    }
    if verdict.reason:
        line["reason"] = verdict.reason
    found = verdict.counterexample
    if found is not None:
        line["counterexample"] = {
            "case": found.case,
            "calls": [str(call) for call in found.calls],
            "got": found.explanation.got,
            "expected": found.explanation.expected,
            "message": found.explanation.message,
            "attributed": found.attributed,
            "cut_short": found.cut_short,
            "replay": replay_command(target, verdict),
            "python": snippet(target, verdict),
            "vector": found.vector,
        }
    return line


def to_junit(report: Report) -> str:
    """Return a report as JUnit's XML: a test case for each property."""
    broken = [verdict for verdict in report.verdicts if verdict.is_broken]
    skipped = [verdict for verdict in report.verdicts if verdict.state == "unsupported"]
    suite = ET.Element(
        "testsuite",
        name=f"bpe check {report.target}",
        tests=str(len(report.verdicts)),
        failures=str(sum(verdict.state == "failed" for verdict in broken)),
        errors=str(sum(verdict.state != "failed" for verdict in broken)),
        skipped=str(len(skipped)),
    )
    for verdict in report.verdicts:
        case = ET.SubElement(suite, "testcase", classname=verdict.clause, name=verdict.name)
        if verdict.state == "unsupported":
            ET.SubElement(case, "skipped", message=verdict.reason or "")
        elif verdict.is_broken:
            kind = "failure" if verdict.state == "failed" else "error"
            fault = ET.SubElement(case, kind, message=_clean(f"{verdict.clause}: {verdict.sentence}"))
            fault.text = _clean("\n".join(describe_case(report.target, verdict)))
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode") + "\n"


def _clean(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return "".join(
        c if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff" and c < "\ufffe") else repr(c)[1:-1]
        for c in text
    )


def to_markdown(report: Report) -> str:
    """Return a report as Markdown."""
    lines = [f"# {report.target}", "", report.headline() + ".", ""]
    lines += [f"- {remark}" for remark in report.remarks]
    for result in report.clauses:
        if result.state in ("broken", "known"):
            lines += _broken_clause(report, result)
    if report.growth:
        lines += ["## How time grows", "", "| run | exponent | largest | seconds | |", "|---|---|---|---|---|"]
        lines += [
            f"| {g.run} | {'–' if g.exponent is None else f'{g.exponent:.2f}'} | {g.sizes[-1] if g.sizes else 0:,} "
            f"| {g.seconds[-1] if g.seconds else 0:.3f} | {g.stopped or ''} |"
            for g in report.growth
        ]
    not_asked = [result.clause.id for result in report.clauses if result.state == "not asked"]
    if not_asked:
        lines += ["", f"Not asked: {', '.join(not_asked)}."]
    return "\n".join(lines).rstrip() + "\n"


def _broken_clause(report: Report, result: ClauseResult) -> list[str]:
    lines = ["", f"## {result.clause.id}", "", f"> {result.clause.sentence}", ""]
    if result.known is not None:
        link = f" ({result.known.link})" if result.known.link else ""
        lines += [f"Known: {result.known.reason}{link}", ""]
    for verdict in result.broken:
        lines += ["```text", *describe_case(report.target, verdict), "```", ""]
    return lines
