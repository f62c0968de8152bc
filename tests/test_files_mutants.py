"""F2, R2: whatever happens to a file, loading gives a well-formed vocabulary or a typed error that names the place."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bpe.errors import BpeError, FileFormatError, MissingInformationError, SpecialTokenConflictError
from bpe.files import load_vocabulary, save_vocabulary
from bpe.patterns import Pattern
from bpe.vocabulary import Merge, TokenId, Vocabulary, single_bytes

MUTANTS = 10_000

#: The files that are damaged, and the format that each is in.
FILES = {
    "x.bpe.json": "bpe",
    "ranks.bpe.json": "bpe",
    "x.tiktoken": "tiktoken",
    "vocab.bpe": "gpt2",
    "encoder.json": "gpt2",
    "merges": "gpt2-merges",
    "x.model": "minbpe",
}
#: Formats with two files, or written in two ways, share the number.
SHARES = Counter(FILES.values())

#: What damage looks like where it is not random: other encodings, line ends, numbers, JSON's own traps.
INTRUDERS = (
    b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\\ud800", b"\\", b'"', b" ", b"\n", b"\r", b"\r\n",
    "\x85".encode(), "\u2028".encode(), "\u0660".encode(), b"-1", b"4294967295", b"4294967296", b"9" * 30, b"9" * 5000,
    b"1e9", b"1.0", b"NaN", b"-Infinity", b"true", b"null", b"[" * 100_000, b'{"a":' * 50_000, b"[]", b"{}", b"<|b|>",
    b"= 7\n", b" 7\n", b"256 256\n", "Ġ a\n".encode(), b"minbpe v1\n", b"#version: 0.2\n",
    b"\x1f\x8b", b"\\x61", b"\\\\xg1", b"regex-1",
)  # fmt: skip

Mutation = Callable[[random.Random, bytes], bytes]


def flip_bit(rng: random.Random, data: bytes) -> bytes:
    position = rng.randrange(len(data))
    return data[:position] + bytes([data[position] ^ 1 << rng.randrange(8)]) + data[position + 1 :]


def delete_span(rng: random.Random, data: bytes) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.choice((1, 1, 2, 5, 40)) :]


def insert_intruder(rng: random.Random, data: bytes) -> bytes:
    position = rng.randrange(len(data) + 1)
    return data[:position] + rng.choice(INTRUDERS) + data[position:]


def overwrite_with_intruder(rng: random.Random, data: bytes) -> bytes:
    position, intruder = rng.randrange(len(data)), rng.choice(INTRUDERS)
    return data[:position] + intruder + data[position + len(intruder) :]


def truncate(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data))]


def replace_number(rng: random.Random, data: bytes) -> bytes:
    fields = data.split(b" ")
    place = rng.randrange(len(fields))
    fields[place] = rng.choice((b"-1", b"0", b"255", b"300", b"4294967295", b"4294967296", b"9" * 400, b"1e3", b"007"))
    return b" ".join(fields)


def change_lines(rng: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(4):
        case 0:
            lines.insert(one, lines[other])
        case 1:
            del lines[one]
        case 2:
            lines[one], lines[other] = lines[other], lines[one]
        case _:
            lines[one] = b" ".join(reversed(lines[one].split(b" ")))
    return b"\n".join(lines)


MUTATIONS: tuple[Mutation, ...] = (
    flip_bit, delete_span, insert_intruder, overwrite_with_intruder, truncate, replace_number, change_lines
)  # fmt: skip


def write_originals(folder: Path) -> None:
    order = [TokenId(255 - value) for value in range(256)]
    merges = (Merge(TokenId(97), TokenId(98), TokenId(256)), Merge(TokenId(256), TokenId(32), TokenId(257)))
    tokens = single_bytes() | {TokenId(256): b"ab", TokenId(257): b"ab "}
    special = {"<|end|>": TokenId(258), "<|pad|>": TokenId(300)}
    pairs = Vocabulary(tokens, merges, Pattern(r"\w+|\W+"), special)
    ranks = Vocabulary(
        single_bytes(order) | {TokenId(400): b"ab", TokenId(257): b"\xc3a"},
        special_tokens=special | {"<|stop|>": TokenId(258)},
        aliases={"<|stop|>": "<|end|>"},
        whole_pre_token=True,
    )  # fmt: skip
    save_vocabulary(pairs, folder / "x.bpe.json")
    save_vocabulary(ranks, folder / "ranks.bpe.json")
    save_vocabulary(ranks, folder / "x.tiktoken")
    save_vocabulary(pairs, folder / "vocab.bpe")
    save_vocabulary(pairs, folder / "x.model")
    (folder / "merges").write_bytes(b"#version: 0.2\na b\nab a\nb b\nbb bb\n")


def load(path: Path, name: str, *, say_format: bool) -> Vocabulary:
    arguments = {} if name in {"bpe", "minbpe"} else {"pattern": None}
    chosen = name if say_format or name == "gpt2-merges" else None
    return load_vocabulary(path, format=chosen, empty_tokens="drop", **arguments)


def load_or_refuse(path: Path, name: str, *, say_format: bool) -> Vocabulary | BpeError:
    """Return the vocabulary or the error; any other kind of error ends the test."""
    try:
        return load(path, name, say_format=say_format)
    except (FileFormatError, SpecialTokenConflictError, MissingInformationError) as error:
        return error


def names_a_place(error: BpeError, path: Path) -> bool:
    """Tell whether an error names the file and a place in it, or says of the file as a whole what it lacks."""
    fields = error.fields
    placed = any(fields.get(key) is not None for key in ("line", "byte", "json_path", "token", "missing"))
    of_the_whole = ("single bytes have no token", "is there twice", "neither content nor name", "gzip", "the file says")
    return str(path.parent) in str(error) and (placed or any(reason in str(error) for reason in of_the_whole))


@pytest.mark.parametrize("file", FILES)
def test_a_damaged_file_gives_a_vocabulary_or_a_typed_error(tmp_path: Path, file: str) -> None:
    """Thousands of mutants of a valid file: nothing else comes out, and every error names the place."""
    write_originals(tmp_path)
    path, name = tmp_path / file, FILES[file]
    original = path.read_bytes()
    assert load(path, name, say_format=True) == load(path, name, say_format=False)
    rng = random.Random(file)
    outcomes: Counter[type] = Counter()
    for _ in range(MUTANTS // SHARES[name]):
        mutant = original
        for _ in range(rng.choice((1, 1, 2, 3))):
            mutant = rng.choice(MUTATIONS)(rng, mutant) if mutant else original
        path.unlink()  # writing over a file waits for the disk on some systems
        path.write_bytes(mutant)
        outcome = load_or_refuse(path, name, say_format=rng.random() < 0.5)
        if isinstance(outcome, Vocabulary):
            assert outcome.with_changes() == outcome
        else:
            assert names_a_place(outcome, path), (str(outcome), mutant)
        outcomes[type(outcome)] += 1
    # The mutants reach what they are for: most are refused, and some are still files.
    assert outcomes[FileFormatError] > sum(outcomes.values()) / 3, outcomes
    assert outcomes[Vocabulary] > 0, outcomes
