"""Every property can fail: a wrong tokenizer for each, which it rejects within the examples of one run."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import HypothesisException

from bpe.conformance import PROPERTIES, Property
from tests.mutants import MUTANTS, Mutant
from tests.staged import Staged
from tests.targets import REFERENCE

BY_NAME = {each.name: each for each in PROPERTIES}

#: As in the profile `ci`, whatever the profile of this run: the same cases each time.
_FIXED = settings(
    max_examples=150,
    derandomize=True,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
_FIRST_FAILURE = settings(_FIXED, phases=(Phase.generate,))

_PAIRS = [(mutant, BY_NAME[name]) for mutant in MUTANTS for name in mutant.breaks]


@pytest.mark.parametrize(
    ("mutant", "each"), [pytest.param(m, each, id=f"{each}-{m.target.__name__}") for m, each in _PAIRS]
)
def test_mutant_is_rejected(mutant: Mutant, each: Property) -> None:
    target = mutant.target()
    assert each.applies_to(target)
    # A mutant may also end in an exception that is no refusal; what Hypothesis itself complains of does not count.
    with pytest.raises(Exception) as caught:  # noqa: PT011
        each.check(target, REFERENCE, using=_FIRST_FAILURE)
    assert not isinstance(caught.value, HypothesisException)


@pytest.mark.parametrize("mutant", [m for m in MUTANTS if m.smallest], ids=lambda mutant: mutant.target.__name__)
def test_counterexample_shrinks_to_the_smallest(mutant: Mutant) -> None:
    with pytest.raises(AssertionError) as caught:
        BY_NAME[mutant.breaks[0]].check(mutant.target(), REFERENCE, using=_FIXED)
    report = "\n".join(caught.value.__notes__)
    assert mutant.smallest is not None
    assert re.search(mutant.smallest, report), report


@pytest.mark.parametrize("each", [p for p in PROPERTIES if p.applies_to(Staged())], ids=str)
def test_what_mutants_are_made_from_is_right(each: Property) -> None:
    each.check(Staged(), REFERENCE, using=settings(_FIXED, max_examples=30))


def test_every_property_has_a_mutant() -> None:
    broken = {name for mutant in MUTANTS for name in mutant.breaks}
    assert [each for each in PROPERTIES if each.name not in broken] == []
