"""Training beside rustbpe and Hugging Face's BpeTrainer: ratios, after checking that the merges are the same."""

from __future__ import annotations

from functools import partial

from rich.console import Console
from rich.table import Table

import bpe
from benchmarks.texts import texts
from benchmarks.timing import ratios
from bpe.byte_order import ByteOrder
from bpe.patterns import NAMED_PATTERNS
from tests.training_peers import train_hugging_face, train_rustbpe

MERGES = 5000
#: All three understand this form, in which no quantifier is possessive.
PATTERN = NAMED_PATTERNS["cl100k_original"]


def train_ours(text: str, byte_order: ByteOrder) -> list[bytes]:
    """Return the tokens that we make, in order."""
    _, trace = bpe.train_with_trace([text], 256 + MERGES, pattern=PATTERN, byte_order=byte_order)
    return [step.token for step in trace]


def main() -> None:
    """Print the table."""
    table = Table(title=f"Training {MERGES:,} merges, multiples of each peer's speed: median (least-greatest)")
    for heading in ("text", "MB", "of rustbpe", "of Hugging Face"):
        table.add_column(heading)
    peers: tuple[tuple[str, ByteOrder], ...] = (("rustbpe", "value"), ("Hugging Face", "gpt2"))
    for kind, text in texts().items():
        row = []
        for name, byte_order in peers:
            train_peer = train_rustbpe if name == "rustbpe" else train_hugging_face
            actions = {
                "ours": partial(train_ours, text, byte_order),
                "peer": partial(train_peer, [text], MERGES, PATTERN),
            }
            if actions["ours"]() != actions["peer"]():
                raise SystemExit(f"{kind}: the merges differ from {name}'s, so there is nothing to measure")
            row.append(str(ratios(actions, "peer", rounds=3)["ours"]))
        table.add_row(kind, f"{len(text.encode()) / 1e6:.1f}", *row)
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
