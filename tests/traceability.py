"""What holds each clause: properties, vectors, exhaustive tests, proofs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from bpe.conformance import PROPERTIES, Property
from bpe.conformance.specification import specification_folder, vectors_folder
from tools.proved_clauses import partly_proved_clauses, proved_clauses


class Exhaustive(NamedTuple):
    """A test that tries every case up to a bound."""

    test: str
    bound: str


_MERGES: Final = Exhaustive(
    "test_every_list_of_three_merges_on_every_text_of_eight_letters",
    "every list of up to 3 merges and every text of up to 8 letters, of {a, b}; 4 merges and 6 letters, 8 in `make deep`",
)
_CORPORA: Final = Exhaustive(
    "test_every_corpus_of_five_letters",
    "every corpus of up to 2 pre-tokens of up to 5 letters, of {a, b}, each once or twice, under every tie-break",
)
_PIECES: Final = Exhaustive(
    "test_no_piece_is_lost_empty_or_split_further",
    "every text of up to 4 characters, 5 in `make deep`, one of each class that a named pattern can tell apart",
)

#: Clauses that are checked for every case up to a bound, by the test named.
EXHAUSTIVE: Final[Mapping[str, Exhaustive]] = {
    **dict.fromkeys(("M1", "M3", "M4", "M5", "M6", "M8", "M9", "M10"), _MERGES),
    **dict.fromkeys(("T2", "T4", "T7", "T8", "T9", "T13"), _CORPORA),
    **dict.fromkeys(("P1", "P3", "P4"), _PIECES),
    "P5": Exhaustive(
        "test_appended_text_changes_two_pieces_at_most",
        "every text of up to 3 characters of the main classes with every continuation of up to 2",
    ),
    "P6": Exhaustive(
        "test_the_engine_is_the_definition_on_every_short_text",
        "every text of up to 4 characters, 5 in `make deep`, one of each class that a named pattern can tell apart; every code point",
    ),
    "P9": Exhaustive("test_a_safe_cut_changes_no_piece", "every text of up to 4 characters of the main classes"),
}


def properties_of(clause: str) -> list[Property]:
    """Return the properties of a clause."""
    return [each for each in PROPERTIES if each.clause == clause]


@cache
def read_vectors() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return the clauses of each vector, by file and id."""
    return {
        path.name: {
            test["id"]: tuple(test["clauses"])
            for group in json.loads(path.read_text(encoding="utf-8"))["groups"]
            for test in group["tests"]
        }
        for path in sorted(vectors_folder().glob("[0-9]*.json"))
    }


def vectors_of(clause: str) -> dict[str, int]:
    """Return how many vectors of each file name a clause."""
    counts = {name: sum(clause in clauses for clauses in ids.values()) for name, ids in read_vectors().items()}
    return {name: count for name, count in counts.items() if count}


def proofs_of(clause: str) -> tuple[str, ...]:
    """Return the theorems that prove a clause as a whole."""
    return tuple(_proved().get(clause, ()))


def partial_proofs_of(clause: str) -> tuple[str, ...]:
    """Return the theorems that prove a part of a clause, where none proves the whole."""
    return tuple(_partly_proved().get(clause, ()))


def proved_at_all() -> set[str]:
    """Return the clauses that theorems speak of."""
    return {*_proved(), *_partly_proved()}


@cache
def _proved() -> Mapping[str, list[str]]:
    return proved_clauses(specification_folder() / "proofs")


@cache
def _partly_proved() -> Mapping[str, list[str]]:
    return partly_proved_clauses(specification_folder() / "proofs")
