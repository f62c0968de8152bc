"""Chapter V: what a well-formed vocabulary is; a malformed one is never taken on."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from bpe.conformance.clauses import clause
from bpe.conformance.model import Model
from bpe.conformance.model_strategies import bare_models, models, pair_models
from bpe.conformance.protocol import Loads, ReportsGaps
from bpe.conformance.refusal import refusal_of


def _is_refused(target: Loads, model: Model) -> bool:
    return refusal_of(lambda: target.load(model)) is not None


@clause("V1", st.tuples(bare_models(), st.integers(0, 255)))
def every_byte_has_an_id(target: Loads, model: Model, value: int) -> None:
    """Each of the 256 single bytes MUST have an id; a vocabulary in which one has none is refused."""
    lacking = {token_id: token for token_id, token in model.tokens.items() if token != bytes([value])}
    assert not _is_refused(target, model)
    assert _is_refused(target, model.change(tokens=lacking, merges=None))


@clause("V2", st.tuples(bare_models(), st.integers(0, 300)))
def tokens_are_distinct_and_not_empty(target: Loads, model: Model, number: int) -> None:
    """Different ids of ordinary tokens MUST have different bytes, and no token is empty; a vocabulary that has such is refused."""
    tokens = list(model.tokens.values())
    more = max(model.tokens) + 1
    for token in (tokens[number % len(tokens)], b""):
        malformed = model.change(tokens={**model.tokens, more: token})
        assert _is_refused(target, malformed), f"{token!r} is accepted"


@clause("V3", st.tuples(models() | bare_models(), st.integers(0, 3)))
def gaps_are_reported(target: ReportsGaps, model: Model, more: int) -> None:
    """Ids MAY have gaps; a gap MUST be reported and never filled by guess."""
    last = max(model.all_ids)
    model = model.change(special_tokens={**model.special_tokens, "<far>": last + 1 + more})
    gaps = list(target.gaps(model))
    missing = [token_id for first, final in gaps for token_id in range(first, final + 1)]
    assert missing == [token_id for token_id in range(last + 1 + more) if token_id not in model.all_ids]
    assert all(after[0] > before[1] + 1 for before, after in pairwise(gaps)), "gaps that touch are one gap"
    for token_id in missing[:3]:
        refusal = refusal_of(lambda token_id=token_id: target.decode_bytes(model, [token_id]))  # type: ignore[misc]
        assert refusal is not None, f"{token_id} is in a gap, and decodes"


@st.composite
def _with_disorder(draw: DrawFn) -> tuple[Model]:
    """Return a model in whose list a merge stands before one that makes a part of it, or joins what it does not make."""
    model = draw(pair_models())
    merges = list(model.merges or ())
    if draw(st.booleans()):
        merges.reverse()
    elif merges:
        left, right, result = merges.pop()
        merges.append((right, left, result))
    return (model.change(merges=tuple(merges)),)


@clause("V4", _with_disorder())
def parts_come_before_the_whole(target: Loads, model: Model) -> None:
    """In a list of merges each merge's parts MUST be single bytes or results of earlier merges, its result their bytes joined, and its pair no earlier merge's; any other list is refused."""
    made = {token_id for token_id, token in model.tokens.items() if len(token) == 1}
    merges = model.merges or ()
    is_ordered = len({merge[:2] for merge in merges}) == len(merges)
    for left, right, result in merges:
        is_ordered &= {left, right} <= made and model.tokens[left] + model.tokens[right] == model.tokens[result]
        made.add(result)
    assert _is_refused(target, model) != is_ordered
