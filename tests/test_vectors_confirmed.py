"""Who is said to confirm a vector does confirm it, and who differs is named."""

from __future__ import annotations

import pytest

from bpe.conformance.vectors import Vector, read_vectors
from tests.vector_peers import JUDGES, agrees

VECTORS = read_vectors()


@pytest.mark.parametrize("peer", JUDGES)
def test_a_peer_confirms_what_it_is_said_to(peer: str) -> None:
    opinions = {vector.id: agrees(peer, vector) for vector in VECTORS}
    assert {name for name, opinion in opinions.items() if opinion} == {v.id for v in VECTORS if peer in v.confirmed_by}
    differing = {vector.id for vector in VECTORS if peer in vector.source.get("differs", {})}
    assert {name for name, opinion in opinions.items() if opinion is False} == differing


def test_what_nobody_confirms_says_why() -> None:
    def needs(vector: Vector) -> bool:
        return vector.confirmed_by == ("by hand",) and not vector.source.get("why")

    assert [vector for vector in VECTORS if needs(vector)] == []


def test_most_are_confirmed_by_others() -> None:
    """Sessions with adapters are left out: no other library has any."""
    judged = [vector for vector in VECTORS if vector.operation != "exchange"]
    confirmed = sum(vector.confirmed_by != ("by hand",) for vector in judged)
    assert confirmed * 4 >= len(judged) * 3
