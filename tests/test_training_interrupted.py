"""Ctrl-C while training: it is heard between two calls of the trainer, in either phase."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

# A corpus that takes minutes: one distinct word after another, and as many merges as there are.
PROGRAM = """
import itertools, random, signal, sys, bpe
# A shell starts what runs in the background with the signal ignored, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
def words():
    draw = random.Random(0)
    for number in itertools.count():
        if number == {texts}:
            print("merging", flush=True)
            return
        yield " ".join("".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=12)) for _ in range(1000))
        if number == 1:
            print("counting", flush=True)
try:
    bpe.train(words(), 2_000_000)
except KeyboardInterrupt:
    sys.exit(77)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there, Ctrl-C goes to a whole group of processes")
@pytest.mark.parametrize(("phase", "texts"), [("counting", "-1"), ("merging", "200")])
def test_an_interrupt_ends_training(phase: str, texts: str) -> None:
    """`KeyboardInterrupt` comes out of `bpe.train`, as from any other function."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(texts=texts)],
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert any(line.strip() == phase.encode() for line in process.stdout)
        time.sleep(0.3)  # so that it is at work
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(120) == 77
    finally:
        process.kill()
        process.communicate()
