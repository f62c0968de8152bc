"""How much memory training takes: resident bytes beyond the start, and for each distinct pre-token.

The texts are repeated and perturbed until there are as many megabytes as asked for: in each repetition one word in twenty gets another letter, so that new pre-tokens keep coming as they do in real text.

    python -m benchmarks.train_memory --megabytes 1000 --merges 32000
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import bpe
from benchmarks.texts import read_texts
from bpe.engine import COMPILED
from bpe.engine.trainer import start_counting, train_merges
from bpe.patterns import resolve_pattern

_WORD = re.compile(r"[^\W\d_]{3,}")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def perturbed(megabytes: int, one_in: int = 20) -> Iterator[str]:
    """Yield texts of together so many megabytes, the originals first."""
    originals = list(read_texts().values())
    left = megabytes * 1_000_000
    repetition = 0
    while True:
        for text in originals:
            changed = change_words(text, random.Random(repetition), one_in) if repetition else text
            size = len(changed.encode())
            yield changed if size <= left else changed.encode()[:left].decode("utf-8", "ignore")
            left -= size
            if left <= 0:
                return
        repetition += 1


def change_words(text: str, draw: random.Random, one_in: int) -> str:
    """Return the text with one letter of one word in so many replaced."""
    parts: list[str] = []
    copied = 0
    for match in _WORD.finditer(text):
        if draw.random() * one_in < 1:
            at = draw.randrange(match.start(), match.end())
            parts += text[copied:at], draw.choice(_LETTERS)
            copied = at + 1
    return "".join((*parts, text[copied:]))


def resident() -> tuple[int, int]:
    """Return the resident bytes now, and the most there have been."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Print one line for each stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--merges", type=int, default=32_000)
    parser.add_argument("--pattern", default="cl100k_base")
    given = parser.parse_args()
    print(f"bpe {bpe.__version__}, {'compiled' if COMPILED else 'portable'}, {given.megabytes} MB, {given.pattern}")
    counter = start_counting(resolve_pattern(given.pattern))
    counter.add("warm up")
    before, _ = resident()
    size, spent, texts_given = 0, 0.0, perturbed(given.megabytes)
    most_of_texts = 0
    for text in texts_given:
        size += len(text.encode())
        most_of_texts = max(most_of_texts, len(text.encode()))
        started = time.perf_counter()
        counter.add(text)
        spent += time.perf_counter() - started
    counts = counter.result()
    del counter, text, texts_given
    distinct = len(counts)
    now, peak = resident()
    print(f"counted {size / 1e6:.0f} MB in {spent:.1f} s: {distinct:,} distinct pre-tokens")
    print(f"  peak {(peak - before) / 1e6:.0f} MB, of which the greatest text is {most_of_texts / 1e6:.0f} MB")
    print(f"  counts alone {(now - before) / 1e6:.0f} MB, {(now - before) / distinct:.0f} bytes a pre-token")
    started = time.perf_counter()
    steps = train_merges(counts, given.merges)
    now, peak = resident()
    print(f"made {len(steps):,} merges in {time.perf_counter() - started:.1f} s")
    print(f"  peak {(peak - before) / 1e6:.0f} MB, {(peak - before) / distinct:.0f} bytes a distinct pre-token")


if __name__ == "__main__":
    main()
