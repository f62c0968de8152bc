"""Texts to measure on, and what is cut or made of them: halves, chat turns, documents, corpora, hostile runs, new words."""

from __future__ import annotations

import gzip
import os
import random
import string
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parent.parent
FILES: Final = {
    "English": "bench/english_war_and_peace.txt.gz",
    "code": "bench/source_python_c.txt.gz",
    "many scripts": "bench/multilingual_udhr.txt.gz",
}
#: A folder of other texts: each file *.txt or *.txt.gz is a kind of text.
FOLDER_VARIABLE: Final = "BPE_BENCH_TEXTS"

#: The sizes of chat turns, in bytes.
TURN_SIZES: Final = (20, 50, 200, 500, 2_000)
#: The size of the documents of a batch, in bytes.
DOCUMENT_SIZE: Final = 2_000
#: How many turns of one size are encoded, at most; a half of them in one loop, the others timed one by one.
TURNS: Final = 4_000


@cache
def read_texts() -> dict[str, str]:
    """Return each text by kind: those of the folder that is named, else of the data folder, else the project's own."""
    found = text_paths()
    if found:
        return {kind: _read(path) for kind, path in found.items()}
    own = [path for kind in ("bpe/**/*.py", "tests/**/*.py", "docs/**/*.md") for path in sorted(PROJECT.glob(kind))]
    return {"the project's own text": "\n".join(path.read_text(encoding="utf-8") for path in own)}


def text_paths() -> dict[str, Path]:
    """Return the files that the texts come from."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return {path.name.split(".")[0]: path for path in sorted(Path(named).glob("*.txt*"))}
    folder = data_folder()
    return {kind: folder / name for kind, name in FILES.items() if (folder / name).is_file()}


def data_folder() -> Path:
    """Return the optional folder of vocabularies and texts, which need not exist."""
    given = os.environ.get("BPE_TEST_DATA")
    return Path(given) if given else PROJECT.parent / "shared" / "data"


def halves(kind: str, limit: int | None = None) -> tuple[str, str]:
    """Return the two halves of a text, or of its first `limit` characters."""
    text = read_texts()[kind][:limit]
    return text[: len(text) // 2], text[len(text) // 2 :]


def turns(kind: str, size: int, limit: int | None = None) -> list[str]:
    """Return new pieces of about `size` bytes from the second half; each size has its own fifth, so no turn repeats another's text."""
    _, unseen = halves(kind, limit)
    share = len(unseen) // len(TURN_SIZES)
    part = unseen[TURN_SIZES.index(size) * share :][:share]
    return cut(part, size)[:TURNS]


def cut(text: str, size: int) -> list[str]:
    """Return the pieces of about `size` UTF-8 bytes of a text, each ending where a space begins."""
    step = max(1, size * len(text) // max(1, len(text.encode())))
    pieces, at = [], 0
    while at < len(text):
        end = text.find(" ", at + step)
        end = len(text) if end < 0 else end
        pieces.append(text[at:end])
        at = end
    return pieces


def corpus(size: int) -> list[str]:
    """Return documents of all kinds in turn, `size` bytes in all, or as much as there is."""
    documents, total = [], 0
    for document in _in_turn([cut(text, 65_536) for text in read_texts().values()]):
        if total >= size:
            break
        documents.append(document)
        total += len(document.encode())
    return documents


def new_words(count: int, seed: int = 0) -> Iterator[str]:
    """Yield words of five to twelve random letters, each with its space."""
    chance = random.Random(seed)
    letters = string.ascii_lowercase
    for _ in range(count):
        yield " " + "".join(chance.choices(letters, k=chance.randrange(5, 13)))


def random_run(alphabet: str, size: int) -> str:
    """Return `size` characters of an alphabet, the same ones each time."""
    return "".join(random.Random(0).choices(alphabet, k=size))


#: Hostile runs: what to measure, by name, as a function of the size in bytes.
RUNS: Final[dict[str, Callable[[int], str]]] = {
    "a": lambda size: "a" * size,
    "space": lambda size: " " * size,
    "newline": lambda size: "\n" * size,
    "random letters": lambda size: random_run(string.ascii_lowercase, size),
    "ab": lambda size: "ab" * (size // 2),
    "digits": lambda size: random_run(string.digits, size),
    "apostrophe": lambda size: "'" * size,
}

#: Short texts on which tokenizers go wrong, by what is hard in them.
HAZARDS: Final = {
    "nothing": "",
    "white space at the end": "hello  \n\n  ",
    "line ends": "a\r\n\r\n b\r c\u0085d\u2028e",
    "contractions": "I'M we'LL don't it'ſ ’s",
    "numbers": "12345 ١٢٣٤٥ ½² Ⅷ 1 000 000",
    "scripts without spaces": "漢字かなカナ ภาษาไทย 한국어",
    "emoji": "😀👩\u200d👩\u200d👧 🇫🇷",
    "marks and cases": "e\u0301 ﬁ Ǆǅ ß ſ İi",
    "controls": "\x00\x01\x7f\u00a0\u200b\u200c\ufeff",
    "one long word": "abcdefghij" * 60,
    "a special token as ordinary text": "a<|endoftext|>b",
}

#: The texts of a batch whose ids are compared.
BATCH: Final = tuple(text for text in HAZARDS.values() if "<|" not in text)


def _read(path: Path) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")


def _in_turn(rows: list[list[str]]) -> Iterator[str]:
    for index in range(max(map(len, rows))):
        yield from (row[index] for row in rows if index < len(row))
