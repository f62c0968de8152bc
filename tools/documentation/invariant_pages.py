"""The page of each invariant, and the index of all: a sentence with everything that holds it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from bpe.conformance import Property
from bpe.conformance.specification import Clause
from tests.mutants import Mutant
from tests.traceability import EXHAUSTIVE, proofs_of
from tools.documentation import clauses
from tools.documentation.clauses import CHAPTERS, path_of, source_of
from tools.documentation.counterexamples import counterexample
from tools.documentation.evidence import MEASURED, CitingTest, evidence_for, tests_of
from tools.documentation.links import page_of
from tools.documentation.theorems import Theorem, beyond, theorems_of
from tools.documentation.vectors import Vector, vectors_of
from tools.documentation.violations import Violation, violations_of

INDEX: Final = "specification/invariants/index.md"

#: How many vectors a page shows, and how much of a long value; the files have all of them.
SHOWN_VECTORS: Final = 12
LONGEST_VALUE: Final = 400

#: From the folder of these pages to the root of the site.
_UP: Final = "../../"

_INDEX_HEAD = """# Invariants

Every clause of the specification has a page: its sentence, the code that decides it, vectors, wrong tokenizers that it catches, and where it has been seen broken.

- **Sampled**: a property draws inputs, 150 in each run and 20 000 in a deep one, shrinks what fails, and is applied to the definition and to the engine.
- **Vectors**: inputs with their complete outputs, as JSON.
- **Mutants**: small wrong tokenizers that the property must reject; each shows that the property can fail.
- **Tests**: other tests of this implementation that cite the clause.
- **Elsewhere**: released tokenizers in which it does not hold.
"""


def page_name(clause: str) -> str:
    """Return the page of a clause, in the site."""
    return f"specification/invariants/{clause}.md"


def render_index(chapters: list[tuple[str, list[Clause]]]) -> str:
    """Return the index of all invariants."""
    parts = [_INDEX_HEAD]
    for stem, listed in chapters:
        parts.append(f"## {CHAPTERS[stem]}\n\n" + _index_table(listed))
    return "\n".join(parts)


def _index_table(listed: list[Clause]) -> str:
    rows = [
        "| | invariant | level | sampled | vectors | mutants | tests | elsewhere |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for clause in listed:
        has = evidence_for(clause.id)
        counts = " | ".join(str(count or "") for count in has[:5])
        title = clauses.title_of(clause.id) or clause.sentence
        rows.append(f"| [{clause.id}]({clause.id}.md) | {_cell(title)} | {clause.level} | {counts} |")
    return "\n".join(rows) + "\n"


def render_page(clause: Clause) -> str:
    """Return the page of a clause."""
    return "\n".join(part for part in _parts(clause) if part)


def _parts(clause: Clause) -> Iterator[str]:
    title = clauses.title_of(clause.id)
    yield f"# {clause.id}{': ' if title else ''}{title} {{ #clause-{clause.id} }}\n"
    yield f"> {clause.sentence}\n"
    yield f"**{clause.level}** · {_place(clause)} · {_evidence(clause.id)}\n"
    if clause.formal:
        yield f"## Formally\n\n{clause.formal}\n"
    yield _section("The property", map(_property, clauses.properties_of(clause.id)))
    yield _theorems(clause.id)
    yield _untestable(clause.id)
    yield _vectors(vectors_of(clause.id))
    yield _mutants(clause.id)
    yield _tests(tests_of(clause.id))
    yield _violations(violations_of(clause.id))


def _place(clause: Clause) -> str:
    title = CHAPTERS[clause.chapter]
    chapter = clauses.PROJECT / "spec" / f"{clause.chapter}.md"
    return f"[{title}](../{clause.chapter}.md#{clause.id.lower()})" if chapter.is_file() else title


def _evidence(clause: str) -> str:
    has = evidence_for(clause)
    kinds = [
        "sampled" if has.properties else "",
        f"exhaustive: {EXHAUSTIVE[clause].bound}" if clause in EXHAUSTIVE else "",
        "proved: " + ", ".join(f"`{name}`" for name in proofs_of(clause)) if proofs_of(clause) else "",
        f"{has.vectors} vectors" if has.vectors else "",
        f"{has.mutants} mutants" if has.mutants > 1 else "1 mutant" if has.mutants else "",
        f"[measured]({_source(MEASURED[clause])})" if has.measured else "",
        "tested" if has.tests and not has.properties else "",
        "in part untestable" if has.untestable else "",
    ]
    return ", ".join(filter(None, kinds))


def _section(title: str, parts: Iterator[str]) -> str:
    found = list(parts)
    return f"## {title}\n\n" + "\n".join(found) if found else ""


def _property(each: Property) -> str:
    needs = f"[`{each.needs.__name__}`][{each.needs.__module__}.{each.needs.__qualname__}]"
    compared = ", and a reference to compare with" if each.compares else ""
    return (
        f"`{each.name}` needs a target that {needs}{compared}; it stands in {_file(path_of(each.statement))}.\n\n"
        + _code("python", source_of(each.statement))
    )


def _theorems(clause: str) -> str:
    shown = _section("Theorems", map(_theorem, theorems_of(clause)))
    return f"{shown}\nWhat the sentence promises beyond this: {beyond(clause)}\n" if shown else ""


def _theorem(theorem: Theorem) -> str:
    needs = "" if theorem.needs == "–" else f" Needs: {theorem.needs}."
    part = "" if theorem.is_whole else " Proves a part."
    summary = f"`{theorem.name}`: {theorem.words}."
    return _folded(
        summary, f"From {_file(theorem.path)}, checked by Coq.{part}{needs}\n\n" + _code("coq", theorem.statement)
    )


def _untestable(clause: str) -> str:
    reason = clauses.reason_untestable(clause)
    return f"## What no property decides\n\nLeft to other means: {reason}.\n" if reason else ""


def _vectors(vectors: list[Vector]) -> str:
    shown = _section("Vectors", map(_vector, vectors[:SHOWN_VECTORS]))
    if len(vectors) <= SHOWN_VECTORS:
        return shown
    rest = ", ".join(f"`{vector.id}`" for vector in vectors[SHOWN_VECTORS:])
    files = ", ".join(_file(path) for path in dict.fromkeys(vector.path for vector in vectors))
    return f"{shown}\nAnd {len(vectors) - SHOWN_VECTORS} more, in {files}: {rest}.\n"


def _vector(vector: Vector) -> str:
    shown = ({} if vector.model is None else {"model": vector.model}) | vector.test
    lines = ",\n".join(f"  {json.dumps(name)}: {_one_line(value)}" for name, value in shown.items())
    return _folded(f"`{vector.id}`", f"From {_file(vector.path)}.\n\n" + _code("json", f"{{\n{lines}\n}}"))


def _one_line(value: object) -> str:
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]} … ({len(text)} characters)"


def _mutants(clause: str) -> str:
    return _section("Mutants", (_mutant(mutant, rejecting) for mutant, rejecting in clauses.mutants_of(clause)))


def _mutant(mutant: Mutant, rejecting: list[Property]) -> str:
    name = mutant.target.__name__
    says = (mutant.target.__doc__ or "").partition("\n")[0]
    lines = [f"### {name}\n", f"{says}\n"]
    for each in rejecting:
        lines += _smallest(each, name)
    lines.append(
        _folded(
            f"The code of `{name}`",
            f"From {_file(path_of(mutant.target))}.\n\n" + _code("python", source_of(mutant.target)),
        )
    )
    return "\n".join(lines)


def _smallest(each: Property, mutant: str) -> list[str]:
    values = counterexample(each.name, mutant)
    if not values:
        return []
    arguments = "".join(f",\n    {value}" for value in values)
    target = f"{mutant}()" + (", REFERENCE" if each.compares else "")
    return [
        f"The smallest case on which `{each.name}` rejects it:\n",
        _code("python", f"{each.name}(\n    {target}{arguments},\n)"),
    ]


def _tests(tests: list[CitingTest]) -> str:
    if not tests:
        return ""
    rows = (f"| `{test.name}` | {_cell(test.says)} | {_file(test.path)} |" for test in tests)
    return (
        "## Other tests of this implementation\n\n| test | what it says | file |\n|---|---|---|\n"
        + "\n".join(rows)
        + "\n"
    )


def _violations(violations: list[Violation]) -> str:
    if not violations:
        return ""
    rows = (
        f"| {each.library} {each.version} | {_cell(each.happens)} | {_cell(each.input)} | {_shown_by(each)} |"
        for each in violations
    )
    head = "## Known violations\n\n| tokenizer | what happens | smallest input | how one knows |\n|---|---|---|---|\n"
    return head + "\n".join(rows) + "\n"


def _shown_by(violation: Violation) -> str:
    thread = violation.thread
    if thread is None:
        return violation.evidence
    project, _, number = thread.partition("#")
    link = f"[{thread}](https://github.com/{project}/issues/{number})"
    return f"{link}; {violation.evidence}" if violation.test else link


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _file(path: str) -> str:
    return f"[`{path}`]({_source(path)})"


def _source(path: str) -> str:
    return _UP + page_of(path)


def _code(language: str, text: str) -> str:
    fence = "```" if "```" not in text else "````"
    return f"{fence}{language}\n{text}\n{fence}\n"


def _folded(title: str, content: str) -> str:
    inside = "\n".join(f"    {line}" if line else "" for line in content.rstrip().split("\n"))
    return f'??? example "{title}"\n\n{inside}\n'
