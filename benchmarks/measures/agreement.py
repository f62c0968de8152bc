"""Are the ids those of tiktoken? On both halves of each text that is timed, on short hazards, and on a batch of those.

A tool whose ids differ on a text is not timed on it; one that refuses it for its length is timed on short pieces, if their ids are the same; one that differs on a hazard only is timed, and marked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain, zip_longest
from typing import Any, Final

from benchmarks.jobs import Job, Record
from benchmarks.peers import BASE, TOOLS, Calls, Ids
from benchmarks.texts import BATCH, DOCUMENT_SIZE, HAZARDS, cut, halves, read_texts
from benchmarks.timing import digest
from benchmarks.vocabularies import read_files

_OPTIONAL_CALLS: Final = ("to_array", "count", "batch", "decode_bytes", "decode_text")


def measure(job: Job) -> Iterator[Record]:
    """Yield which calls the tool has, and for each text, and for each hazard, whether the ids are the same, else the first place where they differ."""
    files = read_files(job.files)
    base, calls = TOOLS[BASE].open(files), TOOLS[job.tool].open(files)
    yield job.record(calls=[name for name in _OPTIONAL_CALLS if getattr(calls, name) is not None])
    for kind in read_texts():
        yield job.record(text=kind, **_compare_halves(base, calls, halves(kind, job.limit)))
    for name, text in HAZARDS.items():
        yield job.record(option=name, **_compare(base, base.encode(text), partial(calls.encode, text)))
    if calls.batch is not None:
        expected = list(chain.from_iterable(map(base.encode, BATCH)))
        yield job.record(option="a batch", **_compare(base, expected, partial(encode_batch, calls.batch)))


def _compare_halves(base: Calls, calls: Calls, parts: Sequence[str]) -> Record:
    results = [_compare(base, base.encode(part), partial(calls.encode, part)) for part in parts]
    fault = next((each for each in results if not each["same"]), None)
    if fault is None:
        return results[-1]
    return fault | {"pieces": "refused" in fault and _agree_on_pieces(base, calls, parts)}


def _agree_on_pieces(base: Calls, calls: Calls, parts: Sequence[str]) -> bool:
    pieces = [piece for part in parts for piece in cut(part, DOCUMENT_SIZE)]
    return all(list(calls.encode(piece)) == base.encode(piece) for piece in pieces)


def encode_batch(batch: Callable[[list[str]], Any]) -> Ids:
    """Return the ids of the texts of a batch one after another, from lists of ids or from one array of them and offsets."""
    result = batch(list(BATCH))
    return list(result[0]) if isinstance(result, tuple) else list(chain.from_iterable(result))


def _compare(base: Calls, expected: Ids, encode: Callable[[], Ids]) -> Record:
    try:
        given = list(encode())
    except Exception as refusal:  # noqa: BLE001 - whatever a tool raises is its answer
        return {"same": False, "refused": f"{type(refusal).__name__}: {refusal}"}
    if given == expected:
        return {"same": True, "digest": digest(expected), "tokens": len(expected)}
    return {"same": False, "place": first_difference(expected, given, base)}


def first_difference(expected: Ids, given: Ids, base: Calls) -> Record:
    """Return where two different lists of ids part: the index, the byte, some text from there, and the ids."""
    pairs = zip_longest(expected, given)
    index = next(at for at, (left, right) in enumerate(pairs) if left != right)
    decode = base.decode_bytes
    if decode is None:
        raise TypeError("the tool to compare with must decode to bytes")
    here = decode(list(expected[index : index + 8])).decode("utf-8", "replace")
    return {
        "index": index,
        "byte": len(decode(list(expected[:index]))),
        "text": here[:24],
        "expected": list(expected[index : index + 4]),
        "given": list(given[index : index + 4]),
    }
