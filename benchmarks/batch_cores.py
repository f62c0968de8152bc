"""From which size on the cores pay in a batch: one core and several, in turns, equal ids checked.

The batch is of documents of about 2 000 bytes, of texts that are repeated and perturbed until there are as many megabytes as asked for.
Seconds are of the clock; those of processor are of this process, and of the workers.
The vocabulary is what `bpe.get_encoding` finds, or the rank file that is named.

    python -m benchmarks.batch_cores --cores 2 --megabytes 10 50 200
"""

from __future__ import annotations

import argparse
import os
import statistics
from time import perf_counter

import bpe
from benchmarks.texts import DOCUMENT_SIZE, cut
from benchmarks.train_memory import perturbed
from bpe.engine import COMPILED


def seconds_with(tokenizer: bpe.Tokenizer, texts: list[str], cores: int) -> tuple[float, float, float, list[list[int]]]:
    """Return the seconds of a batch by the clock, of this process and of its workers, and the ids."""
    before, started = os.times(), perf_counter()
    ids = tokenizer.encode_ordinary_batch(texts, num_threads=cores)
    seconds, after = perf_counter() - started, os.times()
    own = after.user + after.system - before.user - before.system
    workers = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, own, workers, ids


def main() -> None:
    """Print one line for each size and round."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, nargs="+", default=[10, 50, 200])
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--encoding", default="cl100k_base")
    parser.add_argument("--ranks", help="a rank file of that encoding")
    given = parser.parse_args()
    tokenizer = bpe.load(given.ranks, pattern=given.encoding) if given.ranks else bpe.get_encoding(given.encoding)
    print(f"bpe {bpe.__version__}, {'compiled' if COMPILED else 'portable'}, {given.encoding}")
    for megabytes in given.megabytes:
        texts = [part for text in perturbed(megabytes) for part in cut(text, DOCUMENT_SIZE)]
        measure(tokenizer, texts, megabytes, given.cores, given.rounds)


def measure(tokenizer: bpe.Tokenizer, texts: list[str], megabytes: int, cores: int, rounds: int) -> None:
    """Print what each round takes, and the median of the ratios."""
    ratios = []
    for _ in range(rounds):
        one, own, _, expected = seconds_with(tokenizer, texts, 1)
        several, shared, workers, ids = seconds_with(tokenizer, texts, cores)
        if ids != expected:
            raise SystemExit("the ids differ")
        ratios.append(one / several)
        print(
            f"{megabytes} MB: 1 core {one:.2f} s (processor {own:.2f}); "
            f"{cores} cores {several:.2f} s (processor {shared:.2f} here, {workers:.2f} in workers)"
        )
    print(f"{megabytes} MB: {cores} cores are {statistics.median(ratios):.2f} times as fast")


if __name__ == "__main__":
    main()
