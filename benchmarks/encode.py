"""Encoding and decoding beside tiktoken, on the same vocabulary: ratios, after checking that the ids are the same.

Each kind of text is measured on its second half, which the tokenizer has not seen: *cold* with a new tokenizer, *warm* after the first half.
"""

from __future__ import annotations

import platform
import time
from functools import partial

import tiktoken
from rich.console import Console
from rich.table import Table

import bpe
from benchmarks.texts import texts
from benchmarks.timing import Ratio, ratios
from bpe.tokenizer import Tokenizer
from tests.peers import tiktoken_twin


def fresh(tokenizer: Tokenizer) -> Tokenizer:
    """Return an equal tokenizer that remembers nothing."""
    return Tokenizer.from_vocabulary(tokenizer.vocabulary, name=tokenizer.name)


def encode_cold(tokenizer: Tokenizer, text: str) -> list[int]:
    """Encode with a tokenizer that remembers nothing."""
    return fresh(tokenizer).encode_ordinary(text)


def count_cold(tokenizer: Tokenizer, text: str) -> int:
    """Count with a tokenizer that remembers nothing."""
    return fresh(tokenizer).count(text, disallowed_special=())


def warm_ratio(tokenizer: Tokenizer, peer: tiktoken.Encoding, seen: str, unseen: str, rounds: int = 5) -> Ratio:
    """Return the speed on new text, relative to the peer, of tokenizers that have seen other text of its kind."""
    measured = []
    for _ in range(rounds):
        ready = fresh(tokenizer)
        ready.encode_ordinary(seen)
        peer.encode_ordinary(seen)
        started = time.perf_counter()
        ready.encode_ordinary(unseen)
        middle = time.perf_counter()
        peer.encode_ordinary(unseen)
        measured.append((time.perf_counter() - middle) / (middle - started))
    measured.sort()
    return Ratio(measured[rounds // 2], measured[0], measured[-1])


def main() -> None:
    """Print the table."""
    tokenizer = bpe.get_encoding("cl100k_base")
    peer = tiktoken_twin(tokenizer)
    table = Table(title=f"cl100k_base, multiples of tiktoken {tiktoken.__version__}: median (least-greatest)")
    for heading in ("text", "MB", "cold", "warm", "decode", "count"):
        table.add_column(heading)
    for kind, text in texts().items():
        seen, unseen = text[: len(text) // 2], text[len(text) // 2 :]
        ids = peer.encode_ordinary(unseen)
        if tokenizer.encode_ordinary(unseen) != ids:
            raise SystemExit(f"{kind}: the ids differ, so there is nothing to measure")
        speed = ratios(
            {
                "peer": partial(peer.encode_ordinary, unseen),
                "cold": partial(encode_cold, tokenizer, unseen),
                "count": partial(count_cold, tokenizer, unseen),
            },
            "peer",
        )
        decoding = ratios(
            {"peer": partial(peer.decode_bytes, ids), "ours": partial(tokenizer.decode_bytes, ids)}, "peer"
        )
        table.add_row(
            kind,
            f"{len(unseen.encode()) / 1e6:.1f}",
            str(speed["cold"]),
            str(warm_ratio(tokenizer, peer, seen, unseen)),
            str(decoding["ours"]),
            str(speed["count"]),
        )
    console = Console(width=120)
    console.print(table)
    console.print(f"Python {platform.python_version()}, {platform.machine()}; the portable engine, interpreted.")


if __name__ == "__main__":
    main()
