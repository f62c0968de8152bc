"""Drive the compiled kernels over all that they do with memory, for `make valgrind`: reading beside the end of a text, growing, forgetting, refusing.

Every answer is compared with the portable engine's, so that a silent misread is seen too.
The work is a few seconds without valgrind, a few minutes with it.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence

from bpe.engine import COMPILED
from bpe.engine.batch_rows import pack_rows
from bpe.engine.encoding import PortableEncoder
from bpe.errors import FileFormatError
from bpe.files.tiktoken_ranks import format_ranks, parse_ranks
from bpe.patterns import NAMED_PATTERNS
from bpe.training import train
from bpe.vocabulary import TokenId, Vocabulary

TEXT = "It's 12345 tokens, isn't it?\r\n  naïve café – 東京の天気 😀 e\u0301 ǅ ſ\t\n\n" * 8
KINDS = ("s", "ſ", "A", "1", " ", "\n", "'", "!", "\u0301", "\U000323b0")
SPECIAL = ("<|endoftext|>", "<|end|>", "<s>")


def main() -> int:
    """Run everything `--times` over, and return 1 where an answer differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1, help="what leaks, leaks that many times")
    times = parser.parse_args().times
    if not COMPILED:
        sys.exit("exercise_kernels: the engine is portable: compile the kernels first, with `python hatch_build.py`")
    differing = [each for time in range(times) for each in _run(time)]
    sys.stdout.write(f"{len(NAMED_PATTERNS)} patterns, {times} times: {len(differing)} differing answers\n")
    return 1 if differing else 0


def _run(seed: int) -> Iterator[str]:
    rng = random.Random(seed)  # noqa: S311
    for name in NAMED_PATTERNS:
        trained = train([TEXT], 300, pattern=name, special_tokens=SPECIAL)
        yield from _compare(trained.vocabulary, rng, name)
    # No pattern, rank semantics, ids with gaps, a token that only the shortcut gives.
    tokens = dict(trained.vocabulary.token_bytes)
    tokens |= {TokenId(1000): b"a long token of many bytes", TokenId(2**31): b"xyzw"}
    ranks = Vocabulary(tokens, whole_pre_token=True)
    yield from _compare(ranks, rng, "ranks")
    yield from _compare(Vocabulary(tokens), rng, "ranks alone")
    yield from _read_ranks(ranks)


def _read_ranks(vocabulary: Vocabulary) -> Iterator[str]:
    """Read a rank file, and each beginning of it, which are all damaged in one way or another."""
    data = format_ranks(vocabulary)
    for stop in (len(data), *range(200)):
        try:
            tokens = parse_ranks(data[:stop])
        except FileFormatError:
            continue
        if not tokens.items() <= vocabulary.token_bytes.items():
            yield f"rank file: {data[:stop]!r}"


def _compare(vocabulary: Vocabulary, rng: random.Random, name: str) -> Iterator[str]:
    from bpe.engine.kernels.encoding import Encoder  # noqa: PLC0415 - not there where nothing is compiled

    portable = PortableEncoder(vocabulary)
    for remembered, block, worthwhile in ((0, 3, 0), (1 << 13, 64, 1 << 18)):
        compiled = Encoder(vocabulary, remembered=remembered, block=block, worthwhile=worthwhile)
        for text in _texts(rng):
            if _answers(compiled, text) != _answers(portable, text):
                yield f"{name}: {text!r}"
        for piece in _pieces(rng):
            if compiled.encode_piece(piece) != portable.encode_piece(piece):
                yield f"{name}: {piece!r}"


def _answers(encoder: object, text: str) -> list[object]:
    each: PortableEncoder = encoder  # type: ignore[assignment]
    ids = each.encode(text, "all")
    return [
        ids,
        pack_rows([each.encode_to_array(text, (), ())]).ids,
        each.encode_with_offsets(text, "all", ()),
        each.count(text, "all", ()),
        each.count(text, (), (), 3) > 3,
        each.decode_bytes(ids),
        each.encode_bytes(text.encode() + b"\xff\xc3"),
        _refusal(each, ids),
    ]


def _refusal(encoder: PortableEncoder, ids: Sequence[int]) -> str:
    try:
        encoder.decode_bytes([*ids, 2**40])
    except Exception as fault:  # noqa: BLE001 - what kind it is, is the answer
        return type(fault).__name__
    return ""


def _texts(rng: random.Random) -> Iterator[str]:
    """Yield texts that end in every kind of character at every distance from the end, special tokens, and long texts."""
    for kind in KINDS:
        for length in range(0, 34, 3):
            yield kind * length
            yield "a" * (length % 5) + " " + kind * (length % 7) + "'"
    yield from (token[:length] for token in SPECIAL for length in range(len(token) + 1))
    yield "<|end|>".join(["a", "b " * 20, "<|endoftext|"])
    yield TEXT
    yield "".join(rng.choices(TEXT, k=3000))
    yield "".join(rng.choices("abcdefgh", k=600))


def _pieces(rng: random.Random) -> Iterator[bytes]:
    """Yield pre-tokens on both sides of every border: a slot, the arena, a row merged with a queue, too long to remember."""
    for length in (1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 47, 48, 49, 255, 256, 257, 1000):
        yield rng.randbytes(length)
        yield bytes(rng.choices(b"et ", k=length))
        yield b"\xff" * length


if __name__ == "__main__":
    sys.exit(main())
