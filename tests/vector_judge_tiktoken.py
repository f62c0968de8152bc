"""tiktoken as a judge: an `Encoding` that is built from the vector's model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tiktoken
from tiktoken._educational import bpe_train
from tiktoken.load import load_tiktoken_bpe

from bpe.conformance.model import Model
from bpe.conformance.plain_merging import merge_alone
from bpe.conformance.plain_text import stretches
from bpe.conformance.vector_json import read_content, read_model, read_text
from bpe.conformance.vectors import Vector
from bpe.patterns import NAMED_PATTERNS
from tests.vector_judging import Refuses, allowed_of, model_of, overlap, require, scalar_text, source_of


def judge(vector: Vector) -> Any:
    """Return tiktoken's answer."""
    answer = _ANSWERS.get(vector.operation)
    require(answer is not None and not vector.before)
    assert answer is not None
    return answer(vector)


def _encoding(model: Model) -> tiktoken.Encoding:
    # Its constructor does not look at ids that clash, nor at surrogates.
    require(not set(model.special_tokens.values()) & set(model.tokens))
    require(all(model.special_tokens) and not overlap(model.special_tokens))
    return tiktoken.Encoding(
        "vector",
        pat_str=source_of(model.pattern),
        mergeable_ranks={token: token_id for token_id, token in model.tokens.items()},
        special_tokens=dict(model.special_tokens),
    )


def _encoder(vector: Vector) -> tuple[tiktoken.Encoding, Model]:
    model = model_of(vector)
    require(model.merges is None and model.gaps == "refuse")
    # It always takes the shortcut, which shows where merging does not lead to every token.
    require(model.whole_pre_token or all(merge_alone(model, token) == [i] for i, token in model.tokens.items()))
    return _encoding(model), model


def _encode(vector: Vector) -> list[int]:
    encoding, model = _encoder(vector)
    disallowed = vector.call.given.get("disallowed_special", "all")
    if vector.operation != "encode":
        disallowed = ()
    try:
        return encoding.encode(
            scalar_text(model, vector.call.given["text"]),
            allowed_special=allowed_of(vector, model),
            disallowed_special="all" if disallowed == "all" else set(map(read_text, disallowed)),
        )
    except ValueError:
        raise Refuses from None


def _encode_ordinary(vector: Vector) -> list[int]:
    encoding, model = _encoder(vector)
    return encoding.encode_ordinary(scalar_text(model, vector.call.given["text"]))


def _encode_bytes(vector: Vector) -> list[int]:
    encoding, _ = _encoder(vector)
    ids: list[int] = []
    for well_formed, stretch in stretches(bytes.fromhex(vector.call.given["bytes"])):
        ids += encoding.encode_ordinary(stretch.decode()) if well_formed else encoding._encode_single_piece(stretch)
    return ids


def _encode_batch(vector: Vector) -> list[list[int]]:
    encoding, model = _encoder(vector)
    texts = [scalar_text(model, text) for text in vector.call.given["texts"]]
    allowed = allowed_of(vector, model)
    return encoding.encode_batch(texts, num_threads=2, allowed_special=allowed, disallowed_special=())


def _merge(vector: Vector) -> list[int]:
    encoding, _ = _encoder(vector)
    return list(encoding._encode_single_piece(bytes.fromhex(vector.call.given["bytes"])))


def _decode_bytes(vector: Vector) -> str:
    model = model_of(vector)
    require(not model.aliases)
    try:
        return _encoding(model).decode_bytes(vector.call.given["ids"]).hex()
    except (KeyError, OverflowError, TypeError):
        raise Refuses from None


def _decode(vector: Vector) -> str:
    model = model_of(vector)
    require(not model.aliases)
    try:
        return _encoding(model).decode(vector.call.given["ids"], vector.call.given.get("errors", "replace"))
    except (KeyError, OverflowError, TypeError, UnicodeDecodeError):
        raise Refuses from None


def _token_starts(vector: Vector) -> list[int]:
    model = model_of(vector)
    require(not model.aliases)
    return _encoding(model).decode_with_offsets(vector.call.given["ids"])[1]


def _is_canonical(vector: Vector) -> bool:
    encoding, model = _encoder(vector)
    require(not model.aliases)
    ids = vector.call.given["ids"]
    try:
        text = encoding.decode(ids, errors="strict")
    except (KeyError, OverflowError, UnicodeDecodeError):
        return False
    return bool(encoding.encode(text, allowed_special=allowed_of(vector, model), disallowed_special=()) == ids)


def _pre_split(vector: Vector) -> list[str]:
    """In a vocabulary of the expected pieces, its ids name the pieces that it finds."""
    given = vector.call.given
    require(given["pattern"] in NAMED_PATTERNS and vector.call.rejected is None)
    ranks = {bytes([value]): value for value in range(256)}
    for piece in vector.call.output:
        ranks.setdefault(piece.encode(), len(ranks))
    source = NAMED_PATTERNS[given["pattern"]]
    encoding = tiktoken.Encoding("pieces", pat_str=source, mergeable_ranks=ranks, special_tokens={})
    return [
        token.decode("utf-8", "replace")
        for token in encoding.decode_tokens_bytes(encoding.encode_ordinary(given["text"]))
    ]


def _train(vector: Vector) -> Any:
    """Its teaching example trains with the first pair that it meets, and fails where there is none."""
    given = vector.call.given
    require(given.get("tie_break") == "first-seen" and len(given["texts"]) == 1 and not given.get("special_tokens"))
    require(given.get("min_frequency", 1) == 1 and given.get("byte_order", "value") == "value")
    expected = read_model(vector.call.output)
    require(len(expected.merges or ()) == given["merges"])
    ranks = bpe_train(given["texts"][0], 256 + given["merges"], source_of(given.get("pattern")), visualise=None)
    made = sorted(ranks, key=ranks.__getitem__)
    return vector.call.output if made == [expected.tokens[i] for i in sorted(expected.tokens)] else made[256:]


def _load_file(vector: Vector) -> Any:
    """It reads rank files, more leniently than the clause; that it takes a malformed one says nothing."""
    given = vector.call.given
    require(given["format"] == "tiktoken")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ranks.tiktoken"
        path.write_bytes(read_content(next(iter(given["files"].values())), given["chunks"]))
        try:
            ranks = load_tiktoken_bpe(str(path))
        except ValueError:
            raise Refuses from None
    require(vector.call.rejected is None)
    expected = read_model(vector.call.output)
    return vector.call.output if ranks == {token: i for i, token in expected.tokens.items()} else ranks


_ANSWERS: dict[str, Callable[[Vector], Any]] = {
    "encode": _encode,
    "encode_elsewhere": _encode,
    "encode_ordinary": _encode_ordinary,
    "encode_bytes": _encode_bytes,
    "encode_batch": _encode_batch,
    "count": lambda vector: len(_encode(vector)),
    "is_within_limit": lambda vector: len(_encode(vector)) <= vector.call.given["limit"],
    "is_canonical": _is_canonical,
    "merge": _merge,
    "decode": _decode,
    "decode_bytes": _decode_bytes,
    "token_starts": _token_starts,
    "pre_split": _pre_split,
    "train": _train,
    "load_file": _load_file,
}
