"""Chapter S, broken."""

# ruff: noqa: D102 - the protocols in bpe.conformance say what each method does

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bpe.conformance import Model, Refusal
from bpe.conformance.plain_merging import occurrences
from bpe.conformance.protocol import SpecialTokens
from bpe.reference import special_tokens
from tests.engine_target import Engine
from tests.mutants.listing import breaks
from tests.staged import Staged


@breaks("splitting_loses_nothing", "special_tokens_part_the_text", "decoding_gives_back_the_text")
class StripsAroundSpecials(Staged):
    """Strips white space beside special tokens, as some libraries offer to."""

    def spans(self, model: Model, text: str, allowed: frozenset[str]) -> list[tuple[bool, str]]:
        spans = super().spans(model, text, allowed)
        if not any(special for special, _ in spans):
            return spans
        return [(special, part if special else part.strip()) for special, part in spans]


@breaks("scan_takes_leftmost_then_longest")
class ShortestFirst(Staged):
    """Takes the shortest token where several occur."""

    def spans(self, model: Model, text: str, allowed: frozenset[str]) -> list[tuple[bool, str]]:  # noqa: ARG002
        return _scan(text, sorted(allowed, key=len))


@breaks("scan_takes_leftmost_then_longest", "order_of_registration_plays_no_part")
class FirstRegisteredFirst(Staged):
    """Takes the token that was registered first where several occur: an alternation left as it is."""

    def spans(self, model: Model, text: str, allowed: frozenset[str]) -> list[tuple[bool, str]]:
        return _scan(text, [token for token in model.special_tokens if token in allowed])


@breaks("scan_takes_leftmost_then_longest")
class HiddenByOthers(Staged):
    """Lets a longer token that is not allowed hide one that is."""

    def spans(self, model: Model, text: str, allowed: frozenset[str]) -> list[tuple[bool, str]]:
        spans = super().spans(model, text, frozenset(model.special_tokens))
        return [(special and part in allowed, part) for special, part in spans]


def _scan(text: str, tokens: Sequence[str]) -> list[tuple[bool, str]]:
    """Cut at the tokens, the first in the list going first where several occur."""
    spans: list[tuple[bool, str]] = []
    position = 0
    for index in range(len(text)):
        here = next((token for token in tokens if text.startswith(token, index)), None)
        if here is not None and index >= position:
            spans += [(False, text[position:index]), (True, here)]
            position = index + len(here)
    return [span for span in (*spans, (False, text[position:])) if span[1]]


@breaks("disallowed_tokens_are_refused")
class NamesTheLast(Staged):
    """Names the last disallowed token of a text."""

    def refuse(self, text: str, disallowed: frozenset[str]) -> None:
        found = occurrences(text, disallowed)
        if found:
            raise special_tokens.disallowed_error(*found[-1])


@breaks("disallowed_tokens_are_refused")
class LooksBetweenTheAllowed(Staged):
    """Looks for disallowed tokens only in what the allowed ones leave, and so misses those inside them."""

    def encode(
        self,
        model: Model,
        text: str,
        *,
        allowed_special: SpecialTokens = (),
        disallowed_special: SpecialTokens = "all",
    ) -> Sequence[int]:
        allowed, disallowed = self.roles(model, allowed_special, disallowed_special)
        for special, part in self.spans(model, self.scalars(model, text), allowed):
            if not special and occurrences(part, disallowed):
                index, token = occurrences(text, disallowed)[0]
                raise Refusal(f"{token!r} at {index}", token=token, index=index)
        return super().encode(model, text, allowed_special=allowed_special, disallowed_special=())


@breaks("special_token_yields_its_id")
class AliasesBesideTheirId(Staged):
    """Counts special tokens up from the first, whatever ids they have."""

    def special_id(self, model: Model, token: str) -> int:
        first = min(model.special_tokens.values())
        return first + list(model.special_tokens).index(token)


@breaks("ordinary_text_yields_no_special_id")
class AlwaysSpecial(Staged):
    """Takes special tokens for what they are in ordinary text as well."""

    def encode_ordinary(self, model: Model, text: str) -> Sequence[int]:
        return self.encode(model, text, allowed_special="all")


@breaks("fragments_are_ordinary_text")
class TakesFragments(Staged):
    """Takes a special token that has lost its last character for the token."""

    def spans(self, model: Model, text: str, allowed: frozenset[str]) -> list[tuple[bool, str]]:
        whole = next((token for token in allowed if token[:-1] == text and text), None)
        return [(True, whole)] if whole else super().spans(model, text, allowed)


@breaks("special_tokens_part_the_text", "scan_takes_leftmost_then_longest")
class NothingBehindASpecial(Staged):
    """Takes text behind a special token for the start of a text, and puts a space before it."""

    def spans(self, model: Model, text: str, allowed: frozenset[str]) -> list[tuple[bool, str]]:
        spans = super().spans(model, text, allowed)
        behind = [False, *(special for special, _ in spans[:-1])]
        return [
            (special, " " + part if after and not special else part)
            for (special, part), after in zip(spans, behind, strict=True)
        ]


@breaks("conflicting_special_tokens_are_refused")
class AcceptsConflicts(Staged):
    """Accepts whatever special tokens it is given."""

    def load(self, model: Model) -> None:
        pass


@breaks("well_formed_models_are_accepted")
class RefusesAliases(Staged):
    """Refuses two texts for one id even where one is declared an alias."""

    def load(self, model: Model) -> None:
        super().load(model)
        if model.aliases:
            raise Refusal("two texts have one id")


@breaks("a_second_id_for_a_text_is_refused")
class Overwrites(Engine):
    """Gives a special token another id when told so."""

    def add_special_tokens(self, model: Model, special_tokens: Mapping[str, int]) -> None:
        super().load(model.change(special_tokens={**model.special_tokens, **special_tokens}, aliases={}))


@breaks("allowing_an_unknown_token_is_refused")
class IgnoresUnknown(Staged):
    """Passes over special tokens that it does not have, as tiktoken does."""

    def roles(
        self, model: Model, allowed: SpecialTokens, disallowed: SpecialTokens
    ) -> tuple[frozenset[str], frozenset[str]]:
        known = allowed if isinstance(allowed, str) else set(allowed) & set(model.special_tokens)
        return super().roles(model, known, disallowed)
