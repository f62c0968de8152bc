"""Encoding in other processes, each started under a seed for hashes of its own."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

from bpe.engine.encoder import make_encoder
from bpe.vocabulary import Vocabulary

_CLONE = Path(__file__).parents[1]


class Elsewhere:
    """Processes that encode what they are sent; each is started when it is first needed."""

    def __init__(self) -> None:
        self._workers: dict[int, subprocess.Popen[bytes]] = {}

    def encode(self, vocabulary: Vocabulary, text: str, allowed: Collection[str], hash_seed: int) -> list[int]:
        """Return the ids that the process with this seed gives."""
        if hash_seed not in self._workers:
            self._workers[hash_seed] = _start(hash_seed)
        worker = self._workers[hash_seed]
        assert worker.stdin is not None
        assert worker.stdout is not None
        pickle.dump((vocabulary, text, allowed), worker.stdin)
        worker.stdin.flush()
        ids: list[int] = pickle.load(worker.stdout)
        return ids

    def close(self) -> None:
        """End the processes."""
        for worker in self._workers.values():
            worker.communicate()
        self._workers.clear()


def _start(hash_seed: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.elsewhere"],
        cwd=_CLONE,
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _serve() -> None:
    """Encode what comes in, one request after the other."""
    while True:
        try:
            vocabulary, text, allowed = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        ids = make_encoder(vocabulary).encode(text, allowed_special=allowed, disallowed_special=())
        pickle.dump(ids, sys.stdout.buffer)
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
