"""`bpe train`: texts to a tokenizer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, BinaryIO, get_args

import click

from bpe.byte_order import ByteOrder, byte_order
from bpe.cli.faults import EXIT_STATUS, say
from bpe.cli.options import WRITABLE_FORMATS, text_options
from bpe.cli.output import open_output
from bpe.cli.places import place_refusal
from bpe.cli.progress import training_bars
from bpe.cli.saving import choose_format, save_tokenizer
from bpe.cli.sources import Texts, choose_reader
from bpe.cli.tokenizers import parse_pattern
from bpe.engine.safe_cuts import rechunk
from bpe.engine.utf8 import scalar_text
from bpe.errors import LoneSurrogateError, PatternGapError, PatternTimeoutError
from bpe.files import FileFormat
from bpe.patterns import Pattern, resolve_pattern
from bpe.reference.training import MergeStep, TieBreak
from bpe.text_sources import Text
from bpe.tokenizer import Tokenizer
from bpe.training import train_with_trace
from bpe.vocabulary import TokenId, Vocabulary, single_bytes

_HELP = """Train a tokenizer of N ids on the texts of FILES and write it to a file.

A file is one text, unless --lines or --jsonl says otherwise; it must be UTF-8.
`-` is standard input.
With a named pattern files are read in blocks, so that memory holds the distinct pre-tokens only;
with a regular expression of your own, or none, each text is read whole.
"""


@click.command("train", help=_HELP, short_help="Texts to a tokenizer.", epilog=EXIT_STATUS)
@click.argument("files", nargs=-1, required=True)
@click.option("--vocab-size", type=int, required=True, metavar="N", help="How many ids, special tokens included.")
@click.option(
    "-o", "--output", required=True, metavar="FILE", help="Where the tokenizer goes; replaced if it is there."
)
@text_options
@click.option(
    "--pattern",
    default="cl100k_base",
    show_default=True,
    metavar="PATTERN",
    help="How text is cut into pre-tokens: a name, a regular expression, or none.",
)
@click.option("--special-token", "special_tokens", multiple=True, metavar="TEXT", help="A special token; repeatable.")
@click.option("--min-frequency", type=int, default=1, show_default=True, metavar="N", help="Merge no rarer pair.")
@click.option(
    "--tie-break",
    type=click.Choice(get_args(TieBreak)),
    default="smallest-pair",
    show_default=True,
    help="Which of several most frequent pairs comes first.",
)
@click.option(
    "--byte-order",
    type=click.Choice(get_args(ByteOrder)),
    default="value",
    show_default=True,
    help="How the 256 bytes are numbered.",
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(WRITABLE_FORMATS),
    help="The format of the file; by default the one that its name says (.bpe.json is ours).",
)
@click.option("--trace", metavar="FILE", help="Write each merge as a line of JSON: rank, pair, id, bytes (hex), count.")
def train(
    *,
    files: Sequence[str],
    vocab_size: int,
    output: str,
    lines: bool,
    field: str | None,
    pattern: str,
    file_format: str | None,
    trace: str | None,
    **profile: Any,
) -> None:
    """Refuse what cannot be written, then train, then write."""
    resolved = resolve_pattern(parse_pattern(pattern))
    texts = Texts(files, choose_reader(lines=lines, field=field))
    chosen = choose_format(output, file_format)
    check_expressible(output, chosen, resolved, profile["special_tokens"], profile["byte_order"])
    with nullcontext() if trace is None else open_output(trace) as stream:
        tokenizer, steps = train_on_texts(texts, vocab_size, resolved, **profile)
        if stream is not None:
            write_trace(steps, stream)
        save_tokenizer(tokenizer, output, chosen)
    if tokenizer.n_vocab < vocab_size:
        say(f"note: {tokenizer.n_vocab} ids, not {vocab_size}: no other pair occurs often enough")


def train_on_texts(
    texts: Texts, vocab_size: int, pattern: Pattern | None, *, special_tokens: Sequence[str], **profile: Any
) -> tuple[Tokenizer, tuple[MergeStep, ...]]:
    """Train on texts that are cut at safe places, which changes nothing in the result.

    Clauses: P9, T12.
    """
    blocks = blocks_of(texts, pattern, special_tokens)
    try:
        with training_bars(texts) as progress:
            return train_with_trace(
                blocks, vocab_size, pattern=pattern, special_tokens=special_tokens, progress=progress, **profile
            )
    except (PatternGapError, PatternTimeoutError) as fault:
        raise place_refusal(fault, texts.place, 0) from None


def check_expressible(
    output: str, chosen: FileFormat, pattern: Pattern | None, special_tokens: Sequence[str], order: ByteOrder
) -> None:
    """Raise, before anything is read, what saving a tokenizer of this shape would raise in the end.

    Clauses: F1.
    """
    if chosen.semantics == "ranks":
        return  # What training makes is canonical, so its ranks say all.
    tokens = single_bytes(byte_order(order))
    special = {text: TokenId(len(tokens) + index) for index, text in enumerate(special_tokens)}
    chosen.write(Vocabulary(tokens, merges=(), pattern=pattern, special_tokens=special), Path(output))


def write_trace(steps: Sequence[MergeStep], stream: BinaryIO) -> None:
    """Write each merge as a line of JSON."""
    for rank, step in enumerate(steps):
        merge = step.merge
        line = {"rank": rank, "pair": merge.pair, "id": merge.result, "bytes": step.token.hex(), "count": step.count}
        stream.write(json.dumps(line).encode("ascii") + b"\n")


def blocks_of(texts: Iterable[Text], pattern: Pattern | None, special_tokens: Sequence[str]) -> Iterator[str]:
    """Yield the texts in blocks that may be counted one by one; without a named pattern each text is one block.

    Clauses: P9, T12.
    """
    for text in texts:
        position = 0
        for block in rechunk(text.blocks, pattern, special_tokens):
            try:
                yield scalar_text(block, "strict")
            except LoneSurrogateError as fault:
                raise place_refusal(fault, text.place, position) from None
            position += len(block)
