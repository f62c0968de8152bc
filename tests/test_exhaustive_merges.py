"""Chapter M, with nothing left out: every list of up to four merges, every text of up to eight letters.

The definition, both ways in which the engine merges, and the plain merging of the checker are compared case by case.
"""

from __future__ import annotations

from itertools import product
from typing import Final

import pytest

from bpe.conformance import Model
from bpe.targets.own_models import to_vocabulary
from tests.merge_checks import (
    Table,
    check_boundaries_only_vanish,
    check_bytes,
    check_everywhere_at_once,
    check_gluing,
    check_locality,
    check_normal_form,
    check_order,
    is_canonical,
)
from tests.merge_tables import check_everywhere, check_other_semantics, make_table
from tests.small_vocabularies import (
    EVERY_FIRST,
    FIRST_UP_TO_EXCHANGE,
    Split,
    lists_of_merges,
    model_of,
    ranked_models,
    short_pieces,
)


def check_any(model: Model, table: Table) -> None:
    """Check what holds of every vocabulary."""
    check_bytes(model, table)
    check_order(model, table)
    check_normal_form(model, table)
    check_locality(model, table)
    check_gluing(model, table)


def check_merges(splits: tuple[Split, ...], fewer: Table | None, pieces: list[bytes]) -> Table:
    """Check chapter M for one list of merges, and return its table; `fewer` is the table without the last merge."""
    model = model_of(splits)
    table = make_table(model, pieces)
    check_any(model, table)
    check_everywhere_at_once(model, table)
    check_everywhere(to_vocabulary(model), table)
    if fewer is not None:
        check_boundaries_only_vanish(model, fewer, table)
    if is_canonical(model):
        check_other_semantics(model, table)
    return table


def check_lists(first: Split, most: int, longest: int) -> int:
    """Check every list of up to so many merges that begins with this one; return how many there are."""
    pieces = short_pieces(longest)
    tables: list[Table] = [make_table(model_of(()), pieces)]
    count = 0
    for splits in lists_of_merges(most, (first,)):
        del tables[len(splits) :]
        tables.append(check_merges(splits, tables[-1], pieces))
        count += 1
    return count


# --- every list of merges ------------------------------------------------------------------------

#: How many lists of merges, up to a length, begin with one letter twice, and how many with two letters.
COUNTS: Final = {3: (121, 121), 4: (2567, 2585)}


def _name(first: Split) -> str:
    return b"+".join(first).decode()


def expected(first: Split, most: int) -> int:
    """Return how many lists of up to so many merges begin with this one."""
    twice, mixed = COUNTS[most]
    return twice if first[0] == first[1] else mixed


@pytest.mark.parametrize("first", EVERY_FIRST, ids=_name)
def test_every_list_of_three_merges_on_every_text_of_eight_letters(first: Split) -> None:
    assert check_lists(first, 3, 8) == expected(first, 3)


@pytest.mark.parametrize("first", FIRST_UP_TO_EXCHANGE, ids=_name)
def test_every_list_of_four_merges_on_every_text_of_six_letters(first: Split) -> None:
    assert check_lists(first, 4, 6) == expected(first, 4)


@pytest.mark.deep
@pytest.mark.parametrize("first", EVERY_FIRST, ids=_name)
def test_every_list_of_four_merges_on_every_text_of_eight_letters(first: Split) -> None:
    assert check_lists(first, 4, 8) == expected(first, 4)


def test_lists_of_merges_are_all_there_and_distinct() -> None:
    # One merge more can be any pair of tokens that is not in the list; a token is a letter or the result of a merge.
    lists = list(lists_of_merges(3))
    assert len(set(lists)) == len(lists) == 1 + 4 + 4 * 8 + 448 == 1 + sum(map(expected, EVERY_FIRST, [3] * 4))
    assert {splits for splits in lists if len(splits) == 2} == {
        (one, two) for one in EVERY_FIRST for two in product((b"a", b"b", b"".join(one)), repeat=2) if two != one
    }
    for splits in lists:
        to_vocabulary(model_of(splits))  # refuses what is not well formed (V2, V4)


def test_exchanging_the_letters_exchanges_the_lists() -> None:
    def exchange(splits: tuple[Split, ...]) -> tuple[Split, ...]:
        table = bytes.maketrans(b"ab", b"ba")
        return tuple((left.translate(table), right.translate(table)) for left, right in splits)

    for first in FIRST_UP_TO_EXCHANGE:
        (other,) = exchange((first,))
        assert set(map(exchange, lists_of_merges(3, (first,)))) == set(lists_of_merges(3, (other,)))


# --- every table of ranks ------------------------------------------------------------------------


def check_ranks(most: int, longest_token: int, longest: int) -> int:
    """Check what holds of every vocabulary for tables of ranks; return how many there are."""
    pieces = short_pieces(longest)
    count = 0
    for model in ranked_models(most, longest_token):
        check_any(model, make_table(model, pieces))
        count += 1
    return count


def test_every_table_of_two_tokens_on_every_text_of_seven_letters() -> None:
    assert check_ranks(2, 4, 7) == 1 + 28 + 28 * 27


@pytest.mark.deep
def test_every_table_of_three_tokens_on_every_text_of_eight_letters() -> None:
    assert check_ranks(3, 4, 8) == 1 + 28 + 28 * 27 + 28 * 27 * 26
