"""The checker convicts tokenizers that are wrong in ways met in the wild, and acquits the right ones beside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bpe.conformance.checking import Plan, Verdict, check
from bpe.targets.opening import open_target
from bpe.targets.own_models import to_model
from tests.encodings_folder import encodings_folder, require_encoding
from tests.wild import CONTROLS, SPECIMENS
from tests.wild.library import trained

__all__ = ["encodings_folder"]

pytestmark = pytest.mark.usefixtures("encodings_folder")

#: What convicts within a second or two, of all properties that could; the rest need the whole minute of a real trial.
QUICK = {
    "DecodeIgnoresErrors": "B5",
    "UnknownIdsAreEmpty": "D2",
    "LastIdRefused": "D2",
    "DecodeSkipsSpecial": "E4",
    "LimitIsStrict": "E8",
    "TwoTokensSwapped": "E9",
    "SixteenBitIds": "B1",
    "BytesByValue": "B1",
    "BrokenTokensDropped": "E9",
    "GreedyLongestMatch": "E9",
    "OverlappingMerge": "B2",
    "SpecialTokenAsExpression": "S2",
    "SpecialTokenInsideAWord": "S2",
    "SpecialByDefault": "S2",
    "BatchForgetsAllowed": "E6",
    "FindsGroups": "B1",
    "DropsGaps": "B1",
    "PatternOfAnother": "E9",
    "CacheByStrippedWord": "B1",
    "HandsOutItsCache": "R5",
    "SharedBuffer": "R5",
    "RemembersThePrompt": "R5",
    "BatchByLength": "E6",
    "BatchWithoutEmpty": "E6",
    "NormalisesNfc": "B3",
    "NormalisesNfkc": "B1",
    "StripsByteOrderMark": "B3",
    "TwoCharactersForAPair": "B4",
    "DropsSurrogates": "B4",
    "SurrogatesBeyondThePlane": "B1",
    "PrefixSpace": "B2",
    "DecodeStripsASpace": "E4",
    "DecodesTokenByToken": "B1",
    "TruncatesPast64K": "E1",
}


def _verdicts(name: str, plan: Plan) -> Iterator[Verdict]:
    each = {**SPECIMENS, **CONTROLS}[name]
    if each.needs_cl100k:
        require_encoding("cl100k_base")
    target: Any = open_target(f"python:tests.wild:{name}")
    if each.held_to_trained:
        target.model, target.knows_vocabulary = to_model(trained().vocabulary), True
    return check(target, open_target("bpe:any"), plan)


@pytest.mark.parametrize("name", QUICK)
def test_specimen_is_convicted_at_once(name: str) -> None:
    verdicts = list(_verdicts(name, Plan(clauses={QUICK[name]}, max_examples=150, seed=0)))
    assert any(verdict.is_broken for verdict in verdicts), verdicts


@pytest.mark.deep
@pytest.mark.parametrize("name", [name for name in SPECIMENS if name not in QUICK])
def test_specimen_is_convicted_within_a_minute(name: str) -> None:
    assert any(verdict.is_broken for verdict in _verdicts(name, Plan(seconds=60)))


@pytest.mark.parametrize("name", CONTROLS)
def test_right_ones_are_acquitted(name: str) -> None:
    assert [verdict for verdict in _verdicts(name, Plan(max_examples=8, seed=0)) if verdict.is_broken] == []


@pytest.mark.deep
@pytest.mark.parametrize("name", CONTROLS)
def test_right_ones_are_acquitted_after_a_minute(name: str) -> None:
    assert [verdict for verdict in _verdicts(name, Plan(seconds=60)) if verdict.is_broken] == []


def test_each_says_where_it_was_seen_and_what_is_wrong() -> None:
    for name, specimen in SPECIMENS.items():
        assert vars(specimen.make)["__doc__"], name
    assert len(SPECIMENS) >= 30
    assert len(CONTROLS) >= 3
