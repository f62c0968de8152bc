"""The clauses of chapter M for one vocabulary and every short text at once.

Each function says what the property of the same clause says in `bpe.conformance.properties.merges`.
It differs in one thing: results are looked up in a table of all texts up to a length, which is made once.
A part of such a text is such a text, so every result that a clause speaks of stands in the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise

from bpe.conformance import Model
from bpe.conformance.plain_merging import boundaries, merge_alone, merge_everywhere, merge_of

#: The ids of each text by merging alone.
Table = Mapping[bytes, list[int]]


def check_bytes(model: Model, table: Table) -> None:
    """M1: the bytes of the ids are those of the text."""
    for piece, ids in table.items():
        assert b"".join([model.tokens[token_id] for token_id in ids]) == piece


def check_order(model: Model, table: Table) -> None:
    """M3: the ids are those of the plainest loop that takes the lowest rank, and among equal ones the leftmost."""
    for piece, ids in table.items():
        assert ids == merge_alone(model, piece), piece


def check_normal_form(model: Model, table: Table) -> None:
    """M4: no two neighbours may merge."""
    merge = merge_of(model)
    for piece, ids in table.items():
        assert not any(merge(left, right) for left, right in pairwise(ids)), piece


def check_everywhere_at_once(model: Model, table: Table) -> None:
    """M5: where each token has one merge, applying each merge once, everywhere and in order, gives the same."""
    assert model.merges is not None
    if len({result for *_, result in model.merges}) < len(model.merges):
        return
    for piece, ids in table.items():
        row = list(piece)  # the id of a byte is its value
        for merge in model.merges:
            row = merge_everywhere(row, merge)
        assert ids == row, piece


def check_boundaries_only_vanish(model: Model, fewer: Table, table: Table) -> None:
    """M8: the boundaries are among those under one merge less."""
    for piece, ids in table.items():
        assert set(boundaries(model, ids)) <= set(boundaries(model, fewer[piece])), piece


def check_locality(model: Model, table: Table) -> None:
    """M9: what lies between two boundaries merges alone to the ids that stand there."""
    for piece, ids in table.items():
        cuts = boundaries(model, ids)
        for start, stop in combinations(range(len(cuts)), 2):
            assert table[piece[cuts[start] : cuts[stop]]] == ids[start:stop], piece


def check_gluing(model: Model, table: Table) -> None:
    """M10: the rows in which every two neighbours are a result are the results; there is one row for a text at most."""
    longest = max(map(len, table))
    tokens = {token_id: token for token_id, token in model.tokens.items() if token in table}
    behind = {
        left: [right for right in tokens if table.get(tokens[left] + tokens[right]) == [left, right]] for left in tokens
    }
    glued = [
        (row, piece)
        for token_id in tokens
        for row, piece in _rows([token_id], tokens[token_id], tokens, behind, longest)
    ]
    assert all(table[piece] == row for row, piece in glued)
    assert len(glued) == sum(len(ids) > 1 for ids in table.values())


def _rows(
    row: list[int], piece: bytes, tokens: Mapping[int, bytes], behind: Mapping[int, list[int]], longest: int
) -> Iterator[tuple[list[int], bytes]]:
    """Yield each row of two or more ids that begins as given and goes on with what may stand behind, and its bytes."""
    if len(row) > 1:
        yield row, piece
    for token_id in behind[row[-1]]:
        if len(piece) + len(tokens[token_id]) <= longest:
            yield from _rows([*row, token_id], piece + tokens[token_id], tokens, behind, longest)


def is_canonical(model: Model) -> bool:
    """Return whether each token has one merge, and encodes by merging alone to itself."""
    made = {token_id: token for token_id, token in model.tokens.items() if len(token) > 1}
    one_each = model.merges is not None and len(model.merges) == len(made)
    return one_each and all(merge_alone(model, token) == [token_id] for token_id, token in made.items())
