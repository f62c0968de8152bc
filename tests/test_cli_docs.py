"""The examples of docs/command-line.md are run as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

_CLONE = Path(__file__).resolve().parent.parent
_PAGE = _CLONE / "docs" / "command-line.md"
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


def test_every_example_of_the_page_writes_what_the_page_says(tmp_path: Path) -> None:
    examples = [example for block in _BLOCK.findall(_PAGE.read_text("utf-8")) for example in _COMMAND.findall(block)]
    assert len(examples) > 15
    env = {**os.environ, "PYTHONPATH": str(_CLONE)}
    for command, expected in examples:
        line = f'bpe() {{ {sys.executable} -m bpe "$@"; }}; {command}'
        done = subprocess.run(
            ["sh", "-c", line], cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        shown = done.stdout.decode()
        # A text need not end with a newline, a line of the page does.
        assert shown == expected or shown + "\n" == expected, command


def test_the_page_has_every_command() -> None:
    page = _PAGE.read_text("utf-8")
    for name in ("train", "encode", "decode", "convert", "fetch", "encodings"):
        assert f"`bpe {name}`" in page
