"""The demonstration behind `make demo`: train, encode, decode, and compare with tiktoken.

It trains a tokenizer on the project's own text, and encodes the project's own files with it and with GPT-4's vocabulary.
For GPT-4 it builds a `tiktoken.Encoding` from the same verified file (tiktoken alone would go to the network), and compares the ids.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import NamedTuple

import tiktoken
from rich.console import Console
from rich.table import Table

import bpe
from bpe.engine import COMPILED

PROJECT = Path(__file__).resolve().parent.parent.parent
FILES = ("docs/demo/hazards.txt", "README.md", "LICENSE", "bpe/tokenizer.py", "bpe/engine/merges.py", "pyproject.toml")
VOCAB_SIZE = 2048


class Outcome(NamedTuple):
    """What became of one text under one tokenizer."""

    tokens: int
    decodes_back: bool
    same_as_tiktoken: bool


def read_corpus() -> list[str]:
    """Return the project's own text: its code and its documents."""
    paths = [path for kind in ("bpe/**/*.py", "docs/**/*.md", "*.md") for path in sorted(PROJECT.glob(kind))]
    return [path.read_text(encoding="utf-8") for path in paths]


def train(console: Console) -> bpe.Tokenizer:
    """Train a tokenizer on the corpus, and show its first merges."""
    corpus = read_corpus()
    started = time.perf_counter()
    tokenizer, trace = bpe.train_with_trace(corpus, VOCAB_SIZE, special_tokens=["<|endoftext|>"])
    seconds = time.perf_counter() - started
    size = sum(len(text.encode()) for text in corpus)
    console.print(
        "[bold]1. Train[/] a tokenizer, named trained here. "
        f"{len(corpus)} files of this project, {size:,} bytes → "
        f"{tokenizer.n_vocab:,} ids in {seconds:.1f} s."
    )
    first = ", ".join(f"{step.token.decode(errors='replace')!r}×{step.count:,}" for step in trace[:8])
    console.print(f"   The first merges, by how often each pair occurred: {first}", highlight=False, markup=False)
    return bpe.Tokenizer.from_vocabulary(tokenizer.vocabulary, name="trained here")


def build_twin(tokenizer: bpe.Tokenizer) -> tiktoken.Encoding:
    """Return tiktoken's encoding of the same vocabulary."""
    return tiktoken.Encoding(
        tokenizer.name,
        pat_str=tokenizer.pat_str,
        mergeable_ranks=tokenizer.mergeable_ranks,
        special_tokens=tokenizer.special_tokens,
    )


def measure(tokenizer: bpe.Tokenizer, twin: tiktoken.Encoding, text: str) -> Outcome:
    """Encode and decode one text, and compare the ids with tiktoken's."""
    ids = tokenizer.encode_ordinary(text)
    return Outcome(len(ids), tokenizer.decode(ids) == text, ids == twin.encode_ordinary(text))


def show_example(console: Console, gpt4: bpe.Tokenizer) -> None:
    """Show one line token by token."""
    line = "Hello, tokenizers! 😀"
    ids = gpt4.encode(line)
    tokens = " · ".join(f"{token_id}={gpt4.decode_single_token_bytes(token_id)!r}" for token_id in ids)
    console.print(f"[bold]2. Encode.[/] {line!r} in GPT-4's vocabulary:", highlight=False)
    console.print("   " + tokens, highlight=False, markup=False)
    console.print(f"   and decoded again: {gpt4.decode(ids)!r}", highlight=False, markup=False)


def compare(console: Console, tokenizers: list[bpe.Tokenizer]) -> bool:
    """Show a table of files by tokenizers; return whether every id agrees and every text comes back."""
    pairs = [(tokenizer, build_twin(tokenizer)) for tokenizer in tokenizers]
    table = Table(title="3. Compare. Fewer tokens are shorter input for a model; the ids must be tiktoken's.")
    table.add_column("file", no_wrap=True)
    headings = (
        "bytes",
        *(f"tokens,\n{tokenizer.name}" for tokenizer in tokenizers),
        "ids are\ntiktoken's",
        "decodes\nback",
    )
    for heading in headings:
        table.add_column(heading, justify="right")
    agreed = True
    for file in FILES:
        text = (PROJECT / file).read_text(encoding="utf-8")
        outcomes = [measure(tokenizer, twin, text) for tokenizer, twin in pairs]
        same = all(outcome.same_as_tiktoken for outcome in outcomes)
        back = all(outcome.decodes_back for outcome in outcomes)
        agreed = agreed and same and back
        counts = [f"{outcome.tokens:,}" for outcome in outcomes]
        table.add_row(file, f"{len(text.encode()):,}", *counts, "yes" if same else "NO", "yes" if back else "NO")
    console.print(table)
    return agreed


def main() -> int:
    """Run the demonstration; return 0 if every id agrees and every text comes back."""
    console = Console(width=None if sys.stdout.isatty() else 110)
    trained = train(console)
    gpt4 = bpe.get_encoding("cl100k_base")
    show_example(console, gpt4)
    agreed = compare(console, [trained, gpt4])
    engine = "compiled kernels" if COMPILED else "portable Python"
    console.print(f"The engine that did this: {engine}.")
    good, bad = "Every id is tiktoken's, and every text came back.", "The ids differ, or a text did not come back."
    console.print(f"[bold green]{good}[/]" if agreed else f"[bold red]{bad}[/]")
    return 0 if agreed else 1


if __name__ == "__main__":
    sys.exit(main())
