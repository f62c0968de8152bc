"""What others make of a test vector: each peer answers the calls that it understands, by its own rules.

A judge is given a vector and returns its answer in the notation of the vector's output.
It raises `Abstains` where it has no such operation or other rules, and `Refuses` where it refuses the input as it should.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from bpe.conformance.vectors import Vector
from tests import vector_judge_python, vector_judge_tiktoken, vector_judge_tokenizers, vector_judge_trainers
from tests.vector_judging import Abstains, Refuses

Judge = Callable[[Vector], Any]

#: Each peer's judge, by the name that `confirmed_by` has.
JUDGES: Final[Mapping[str, Judge]] = {
    "tiktoken": vector_judge_tiktoken.judge,
    "tokenizers": vector_judge_tokenizers.judge,
    "rustbpe": vector_judge_trainers.judge,
    "python": vector_judge_python.judge,
}


def agrees(peer: str, vector: Vector) -> bool | None:
    """Tell whether a peer gives a vector's answer, or refuses what is to be refused; `None` where it cannot judge."""
    try:
        answer = JUDGES[peer](vector)
    except Abstains:
        return None
    except Refuses:
        return vector.call.rejected is not None
    if vector.call.rejected is not None:
        return False
    return bool(answer == vector.call.output)


def opinions(vector: Vector) -> dict[str, bool]:
    """Return who agrees and who does not, of those who can judge."""
    judged = {peer: agrees(peer, vector) for peer in JUDGES}
    return {peer: opinion for peer, opinion in judged.items() if opinion is not None}
