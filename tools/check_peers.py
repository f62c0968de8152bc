"""Put other people's tokenizers on trial, and write `docs/peers.md` from what `bpe check` printed.

`docs/peers.toml` says which, in which versions, and which of their clauses are choices; `docs/peer-faults` has faults by hand.
The reports stay in `build/peers`, from which `--page` writes the page again without another trial.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

PROJECT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from bpe.encoding_files import find_pinned_file  # noqa: E402 - the project is found first
from bpe.encoding_table import ENCODINGS  # noqa: E402
from tools.peers.page import Outcome, Shown, write_page  # noqa: E402
from tools.peers.table import PEERS, Peer  # noqa: E402

REPORTS: Final = PROJECT / "build" / "peers"
FAULTS: Final = PROJECT / "docs" / "peer-faults"
PAGE: Final = PROJECT / "docs" / "peers.md"

#: How many cases of each property, unless the command line says.
CASES: Final = 100


def installed_version(peer: Peer) -> str | None:
    """Return the version of a package that is installed, or `None`."""
    if not peer.target.startswith("exec:"):
        try:
            return version(peer.name)
        except PackageNotFoundError:
            return None
    described = PROJECT / "adapters" / "node" / "node_modules" / peer.name / "package.json"
    if not described.is_file() or shutil.which("node") is None:
        return None
    found: str = json.loads(described.read_text(encoding="utf-8"))["version"]
    return found


def gpt2_folder() -> Path:
    """Return a folder with GPT-2's two files under the names that Hugging Face's libraries look for, and its tokenizer.json."""
    folder = REPORTS / "gpt2"
    folder.mkdir(parents=True, exist_ok=True)
    merges, ids = (find_pinned_file(pinned, encoding="gpt2").content for pinned in ENCODINGS["gpt2"].files)
    (folder / "merges.txt").write_bytes(merges)
    (folder / "vocab.json").write_bytes(ids)
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "GPT2Tokenizer"}', encoding="utf-8")
    if not (folder / "tokenizer.json").is_file():
        program = "import sys; from transformers import AutoTokenizer as A; A.from_pretrained(sys.argv[1]).backend_tokenizer.save(sys.argv[1] + '/tokenizer.json')"
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", program, str(folder)], check=True, env=os.environ | {"HF_HUB_OFFLINE": "1"}
        )
    return folder


def try_peer(peer: Peer, cases: int) -> None:
    """Run `bpe check`, and leave its report."""
    target = peer.target.format(gpt2=gpt2_folder().relative_to(PROJECT)) if "{gpt2}" in peer.target else peer.target
    against = ["--against", peer.against] if peer.against else []
    against += ["--clauses", peer.clauses] if peer.clauses else []
    options = ["--isolate", "--timeout", "60s", "--max-examples", str(cases), "--growth", "0", "--no-memory"]
    command = [sys.executable, "-m", "bpe", "check", target, *against, *options, "--json", str(report_path(peer))]
    print("bpe check", *command[4:-2], file=sys.stderr, flush=True)
    run = subprocess.run(command, cwd=PROJECT, check=False, stdout=subprocess.DEVNULL)  # noqa: S603
    if run.returncode not in (0, 1):
        sys.exit(f"{peer.name}: bpe check ended with {run.returncode}")


def report_path(peer: Peer) -> Path:
    """Return where the report of a peer is."""
    return REPORTS / f"{peer.name}.jsonl"


def read_outcome(peer: Peer) -> Outcome | None:
    """Return what a report says, or `None` where there is none."""
    path = report_path(peer)
    if not path.is_file():
        return None
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    if not lines or lines[-1]["type"] != "footer":
        sys.exit(f"{path} is cut off: run make peers again")
    return Outcome(peer, lines[0], tuple(line for line in lines if line["type"] == "verdict"), lines[-1])


def run_faults() -> Iterator[Shown]:
    """Run each program that shows a fault by hand, and give what it printed."""
    with _tiktoken_cache() as environment:
        for path in sorted([*FAULTS.glob("*.py"), *FAULTS.glob("*.mjs")]):
            if path.name == "ranks.py":
                continue
            in_node = path.suffix == ".mjs"
            command = ["node" if in_node else sys.executable, str(path)]
            where = PROJECT / "adapters" / "node" if in_node else FAULTS
            run = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
            if run.returncode != 0:
                sys.exit(f"{path.name} failed:\n{run.stderr}")
            yield Shown(path.name, path.read_text(encoding="utf-8"), run.stdout)


def _tiktoken_cache() -> Any:
    """Give an environment in which tiktoken finds our pinned files in its cache."""
    from tools.peers.tiktoken_cache import tiktoken_cache  # noqa: PLC0415

    return tiktoken_cache()


def main(arguments: Sequence[str] | None = None) -> None:
    """Try the peers that are named, or all, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="these alone (default: all)")
    parser.add_argument("--page", action="store_true", help="write the page from the reports that are there")
    parser.add_argument("--cases", type=int, default=CASES, help=f"cases of each property (default {CASES})")
    options = parser.parse_args(arguments)
    REPORTS.mkdir(parents=True, exist_ok=True)
    for peer in PEERS if not options.page else ():
        if not options.names or peer.name in options.names:
            _check_version(peer)
            try_peer(peer, options.cases)
    outcomes = {peer: read_outcome(peer) for peer in PEERS}
    found = [each for each in outcomes.values() if each is not None]
    missing = [peer for peer, outcome in outcomes.items() if outcome is None]
    if not found:
        sys.exit("no page: there is no report yet")
    PAGE.write_text(write_page(found, tuple(run_faults()), missing), encoding="utf-8")
    if missing:
        print("without a report:", *(peer.name for peer in missing), file=sys.stderr)
    print(f"wrote {PAGE.relative_to(PROJECT)}", file=sys.stderr)


def _check_version(peer: Peer) -> None:
    found = installed_version(peer)
    if found != peer.version:
        sys.exit(f"{peer.name} {peer.version} is to be tried, and {found or 'none'} is installed: run make peers")


if __name__ == "__main__":
    main()
