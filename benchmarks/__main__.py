"""The command: `python -m benchmarks`, or `make bench`.

    python -m benchmarks [--quick] [--only encode,decode] [--tools fastokens,…] [--rounds N] [--encoding cl100k_base] [--clock cpu] [--render]

It checks that ids are the same, measures, keeps what it measured as JSON lines in build/benchmarks/, and writes the page with its plots:
into docs/benchmarks/ for a full run of cl100k_base, else beside the results.
With --only, the other parts keep their results; --render measures nothing, and writes the page again.
On a busy machine --clock cpu shows seconds of processor, which other processes disturb less.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console

from benchmarks.agreements import Agreement, check_digest, read_agreements
from benchmarks.jobs import Job, Record
from benchmarks.machine import describe_machine
from benchmarks.measures import MEASURES
from benchmarks.page import write_page
from benchmarks.plan import FULL, QUICK, Extent, Plan, choose
from benchmarks.pre_token_costs import count_pre_tokens
from benchmarks.process import run_job
from benchmarks.results import by_processor_time, read_part, read_parts, write_part
from benchmarks.texts import PROJECT, data_folder, read_texts
from benchmarks.train_results import compare_trained
from benchmarks.vocabularies import PLAIN_PATTERNS, prepare
from bpe.encoding_files import FOLDER_VARIABLE
from bpe.errors import EncodingUnavailableError

BUILD: Final = PROJECT / "build" / "benchmarks"
DOCS: Final = PROJECT / "docs" / "benchmarks"
STANDARD: Final = "cl100k_base"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write the page."""
    options = read_options(arguments)
    kind = f"{options.encoding}{'-quick' if options.quick else ''}"
    results = BUILD / kind
    if not options.render:
        measure_all(options, results)
    published = not options.quick and options.encoding == STANDARD
    parts = read_parts(results, MEASURES)
    shown = by_processor_time(parts) if options.clock == "cpu" else parts
    page = write_page(shown, DOCS if published else results / "page")
    print(f"results: {results}\npage:    {page}")


def read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return what the command line asks for; what is wrong with it ends the program."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Speed and memory beside other tokenizers."
    )
    parser.add_argument("--quick", action="store_true", help="two minutes: few tools, short texts, two rounds")
    parser.add_argument("--only", type=_names, default=(), help=f"some parts, with commas: {', '.join(MEASURES)}")
    parser.add_argument("--tools", type=_names, default=(), help="some tools, with commas; ours and tiktoken always")
    parser.add_argument("--encoding", choices=list(PLAIN_PATTERNS), default=STANDARD)
    parser.add_argument("--rounds", type=int, help="how many rounds each part has")
    parser.add_argument("--clock", choices=["wall", "cpu"], default="wall", help="which seconds the page shows")
    parser.add_argument("--render", action="store_true", help="write the page again from the results that there are")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.only) - set(MEASURES))
    if unknown:
        parser.error(f"no part is called {unknown[0]!r}: they are {', '.join(MEASURES)}")
    return options


def _names(value: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",") if name.strip())


def measure_all(options: argparse.Namespace, results: Path) -> None:
    """Run the parts that are asked for, the agreement of the ids before all others."""
    files = prepare_files(options.encoding)
    plan = Plan(files, options.encoding, chosen_extent(options))
    console = Console(stderr=True, highlight=False)
    about = describe_machine() | {
        "encoding": options.encoding,
        "quick": options.quick,
        "texts": text_sizes(plan.extent),
    }
    for part in ("agreement", *(name for name in MEASURES if name != "agreement")):
        if part != "agreement" and options.only and part not in options.only:
            continue
        path = results / f"{part}.jsonl"
        counted = {"pre_tokens": pre_token_counts(plan)} if part == "encode" else {}
        write_part(path, about | counted, compare_trained(run_part(plan, part, console)))
        if part == "agreement":
            plan = dataclasses.replace(plan, agreements=read_agreements(read_part(path).records))


def prepare_files(encoding: str) -> str:
    """Write the forms of the vocabulary, and return where their list is; a machine without the vocabulary ends the program."""
    ours = data_folder() / "tokenizers" / "openai"
    if FOLDER_VARIABLE not in os.environ and ours.is_dir():
        os.environ[FOLDER_VARIABLE] = str(ours)
    folder = BUILD / "vocabularies"
    try:
        prepare(encoding, folder)
    except EncodingUnavailableError as missing:
        sys.exit(str(missing))
    return str(folder / f"{encoding}.files.json")


def chosen_extent(options: argparse.Namespace) -> Extent:
    """Return how much to measure."""
    extent = QUICK if options.quick else FULL
    rounds = dict.fromkeys(extent.rounds, options.rounds) if options.rounds else extent.rounds
    try:
        tools = choose(options.tools) if options.tools else extent.tools
    except ValueError as unknown:
        sys.exit(str(unknown))
    return dataclasses.replace(extent, tools=tools, rounds=rounds)


def text_sizes(extent: Extent) -> dict[str, int]:
    """Return the bytes of each text, as far as it is used."""
    return {kind: len(text[: extent.limit].encode()) for kind, text in read_texts().items()}


def pre_token_counts(plan: Plan) -> dict[str, tuple[int, int]]:
    """Return how many pre-tokens the second half of each text has, and how many different ones that are new."""
    return {kind: count_pre_tokens(kind, plan.encoding, plan.extent.limit) for kind in read_texts()}


def run_part(plan: Plan, part: str, console: Console) -> Iterator[Record]:
    """Run the jobs of a part one after another, and yield what they tell."""
    jobs = list(plan.jobs(part))
    started = time.monotonic()
    with console.status(part) as status:
        for number, job in enumerate(jobs, start=1):
            status.update(f"{part} {number} of {len(jobs)}: {job.tool} {job.text} {job.option}")
            for record in run_job(job, plan.extent.seconds_for(part)):
                yield tell_fault(_checked(record, plan, job), console)
    console.print(f"{part}: {len(jobs)} processes, {time.monotonic() - started:.0f} s")


def _checked(record: Record, plan: Plan, job: Job) -> Record:
    return check_digest(record, plan.agreements.get(job.tool, Agreement()))


def tell_fault(record: Record, console: Console) -> Record:
    """Print what went wrong, and return the line."""
    if "error" in record:
        fields = (record["part"], record["tool"], record["text"], record["option"])
        console.print(f"{' '.join(filter(None, fields))}: {record['error']}", style="yellow", markup=False)
    return record


if __name__ == "__main__":
    main()
