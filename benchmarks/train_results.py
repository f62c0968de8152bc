"""Comparing what trainers made, and taking it out of their results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from benchmarks.jobs import Record


def compare_trained(records: Iterable[Record]) -> Iterator[Record]:
    """Yield the lines without the tokens; in their place, whether they are those that the first trainer of their kind made.

    Trainers are of a kind if they number bytes in the same order and learn as many ids from as much text.

    >>> one = {"option": "gpt2", "size": 9, "vocabulary_size": 257, "tokens": ["6161"]}
    >>> [line["same"] for line in compare_trained([one, one | {"tokens": ["6162"]}])]
    [True, 'merge 0 makes 6162, not 6161']
    """
    first: dict[tuple[object, ...], list[str]] = {}
    for record in records:
        if not isinstance(record.get("tokens"), list):
            yield record
            continue
        kind = (record["option"], record["size"], record["vocabulary_size"])
        made = record["tokens"]
        expected = first.setdefault(kind, made)
        yield {**record, "tokens": len(made), "same": True if made == expected else _difference(expected, made)}


def _difference(expected: list[str], made: list[str]) -> str:
    for number, (left, right) in enumerate(zip(expected, made, strict=False)):
        if left != right:
            return f"merge {number} makes {right}, not {left}"
    return f"{len(made)} merges, not {len(expected)}"
