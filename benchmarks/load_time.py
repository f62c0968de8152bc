"""`get_encoding` here and in tiktoken, from the same file: processor time and memory, by step, each in a process of its own.

    python -m benchmarks.load_time cl100k_base o200k_base --rounds 9

Both check the file's sha256, and neither touches the network.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import bpe
from bpe.encoding_files import FOLDER_VARIABLE
from bpe.encoding_table import look_up_encoding
from bpe.encodings import find_encoding
from tests.data import data_folder

_TOOLS: Final = {"bpe": "bpe-spec", "tiktoken": "tiktoken"}
_STEPS: Final = ("import", "open", "first text", "first ids", "MB opened", "MB used")

#: What a process runs; the garbage collector is left as it is.
_PROGRAM: Final = """
import sys, time, json
def memory():
    return int(open("/proc/self/status").read().split("VmRSS:")[1].split()[0]) / 1024
clock, before = time.process_time, memory()
marks = [clock()]
package = __import__(sys.argv[1]); marks.append(clock())
tokenizer = package.get_encoding(sys.argv[2]); marks.append(clock()); opened = memory()
ids = tokenizer.encode("as one does"); marks.append(clock())
tokenizer.decode(ids); marks.append(clock())
print(json.dumps([b - a for a, b in zip(marks, marks[1:])] + [opened - before, memory() - before]))
"""


def main() -> None:
    """Print a table for each encoding: medians, of processes that take turns."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load_time", description=__doc__.splitlines()[0])
    parser.add_argument("encodings", nargs="*", default=["cl100k_base"])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    ours = data_folder()
    if FOLDER_VARIABLE not in os.environ and ours is not None:
        os.environ[FOLDER_VARIABLE] = str(ours / "tokenizers" / "openai")
    for encoding in options.encodings:
        sys.stdout.write("\n".join(_table(encoding, options.rounds)) + "\n")


def _table(encoding: str, rounds: int) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        _fill_cache(encoding, Path(folder))
        environment = os.environ | {"TIKTOKEN_CACHE_DIR": folder}
        measured = [{tool: _run(tool, encoding, environment) for tool in _TOOLS} for _ in range(rounds)]
    yield f"{encoding}, bpe-spec {bpe.__version__}: median milliseconds of processor time in {rounds} processes, and megabytes"
    yield "          " + "".join(f"{step:>12}" for step in _STEPS)
    for tool, name in _TOOLS.items():
        columns = zip(*(each[tool] for each in measured), strict=True)
        medians = [statistics.median(column) for column in columns]
        yield f"{name:10}" + "".join(f"{value * (1000 if i < 4 else 1):12.1f}" for i, value in enumerate(medians))


def _fill_cache(encoding: str, folder: Path) -> None:
    """Give tiktoken the files that we use, under the names that it looks for."""
    for pinned, path in zip(look_up_encoding(encoding).files, find_encoding(encoding).paths, strict=True):
        name = hashlib.sha1((pinned.url or "").encode(), usedforsecurity=False).hexdigest()
        (folder / name).symlink_to(path)


def _run(tool: str, encoding: str, environment: dict[str, str]) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, tool, encoding], env=environment, check=True, capture_output=True, text=True
    )
    measured: list[float] = json.loads(done.stdout)
    return measured


if __name__ == "__main__":
    main()
