"""Every property can fail: a wrong tokenizer for each, which it rejects within the examples of one run."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import HypothesisDeprecationWarning, HypothesisException

from bpe.conformance import PROPERTIES, Property
from tests.mutants import MUTANTS, Mutant
from tests.smallest_cases import compare_cases, read_case, smallest_case
from tests.staged import Staged
from tests.targets import REFERENCE
from tools.documentation.counterexamples import read_counterexamples

BY_NAME = {each.name: each for each in PROPERTIES}

#: As in the profile `ci`, whatever the profile of this run: the same cases each time.
_FIXED = settings(
    max_examples=150,
    derandomize=True,
    database=None,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
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


@pytest.mark.parametrize(
    ("mutant", "each"), [pytest.param(m, each, id=f"{each}-{m.target.__name__}") for m, each in _PAIRS]
)
def test_recorded_case_shows_the_mutant_and_nothing_else(mutant: Mutant, each: Property) -> None:
    """The smallest case in `docs/counterexamples.json`: the mutant fails in it, and the definition does not."""
    case = read_case(read_counterexamples()[each.name][mutant.target.__name__])
    target = mutant.target()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisDeprecationWarning)  # of `assume` outside a test
        with pytest.raises(Exception) as caught:  # noqa: PT011
            each(*each.parties(target, REFERENCE), *case)
        assert not isinstance(caught.value, HypothesisException)
        if each.applies_to(REFERENCE):
            each(*each.parties(REFERENCE, REFERENCE), *case)


@pytest.mark.parametrize(
    "name", ["RightmostFirst", "FirstRegisteredFirst", "Cesu8", "OffsetsInBytes", "FirstSeenAlways"]
)
def test_the_smallest_case_is_the_recorded_one(name: str) -> None:
    """`make mutants` does this for each mutant, with many seeds."""
    mutant = next(mutant for mutant in MUTANTS if mutant.target.__name__ == name)
    each = BY_NAME[mutant.breaks[0]]
    assert compare_cases(read_counterexamples()[each.name][name], smallest_case(each, mutant, _FIXED)) in {
        "the same",
        "as small",
    }


@pytest.mark.parametrize("each", [p for p in PROPERTIES if p.applies_to(Staged())], ids=str)
def test_what_mutants_are_made_from_is_right(each: Property) -> None:
    each.check(Staged(), REFERENCE, using=settings(_FIXED, max_examples=30))


def test_every_property_has_a_mutant() -> None:
    broken = {name for mutant in MUTANTS for name in mutant.breaks}
    assert [each for each in PROPERTIES if each.name not in broken] == []
