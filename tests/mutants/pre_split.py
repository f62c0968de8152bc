"""Chapter P, broken."""

# ruff: noqa: D102 - the protocols in bpe.conformance say what each method does

from __future__ import annotations

from collections.abc import Sequence

from bpe.conformance import Model, Refusal
from bpe.conformance.model import Gaps
from bpe.reference import pre_split
from bpe.targets.own_models import to_pattern
from tests.engine_target import Engine
from tests.mutants.listing import breaks
from tests.staged import Staged


@breaks("pieces_concatenate_to_the_text", "pieces_are_those_of_the_definition")
class DropsTrailingSpace(Staged):
    """Loses white space at the end of a text."""

    def cut(self, pattern: str, text: str, gaps: Gaps) -> list[str]:
        return super().cut(pattern, text.rstrip(), gaps)


@breaks("gaps_are_refused_or_isolated", "an_uncovered_stretch_is_one_piece")
class FindsAll(Staged):
    """Keeps the matches and drops what lies between them."""

    def cut(self, pattern: str, text: str, gaps: Gaps) -> list[str]:  # noqa: ARG002
        resolved = to_pattern(pattern)
        assert resolved is not None
        source = pre_split.write_out(resolved.source)
        return [match.group() for match in pre_split.compile_source(source, source).finditer(text) if match.group()]


@breaks("an_uncovered_stretch_is_one_piece")
class IsolatesCharacters(Staged):
    """Makes each uncovered character a piece of its own."""

    def cut(self, pattern: str, text: str, gaps: Gaps) -> list[str]:
        cut = super().cut
        return cut(f"{pattern}|(?s:.)" if gaps == "isolate" else pattern, text, "refuse")


@breaks("a_piece_splits_to_itself")
class CutsInHalves(Staged):
    """Cuts each long piece in the middle."""

    def cut(self, pattern: str, text: str, gaps: Gaps) -> list[str]:
        pieces = super().cut(pattern, text, gaps)
        return [half for piece in pieces for half in (piece[: len(piece) // 2], piece[len(piece) // 2 :]) if half]


@breaks("the_rest_splits_as_before")
class LooksBehind(Staged):
    """Cuts letters one by one behind a digit."""

    def cut(self, pattern: str, text: str, gaps: Gaps) -> list[str]:
        pieces = super().cut(pattern, text, gaps)
        before = ["", *pieces[:-1]]
        return [
            part for old, piece in zip(before, pieces, strict=True) for part in (piece if old.isdigit() else [piece])
        ]


@breaks("appended_text_changes_two_pieces_at_most")
class LooksFarAhead(Staged):
    """Keeps a text whole that ends with white space."""

    def cut(self, pattern: str, text: str, gaps: Gaps) -> list[str]:
        return [text] if text[-1:].isspace() else super().cut(pattern, text, gaps)


@breaks("classes_are_of_the_stated_version", "pieces_are_those_of_the_definition")
class OtherUnicode(Staged):
    """Takes letters that later versions of Unicode have, or that this Python does not know yet, for what they are there."""

    def cut(self, pattern: str, text: str, gaps: Gaps) -> list[str]:
        later = text.translate(
            dict.fromkeys(map(ord, "\u088f\ua7ce\u1acf\U00011de1\U0003347a\u0378\u20ac\u0295\u1c89"), "\u01bb")
        )
        pieces = super().cut(pattern, later, gaps)
        stops = [sum(map(len, pieces[: index + 1])) for index in range(len(pieces))]
        return [text[stop - len(piece) : stop] for stop, piece in zip(stops, pieces, strict=True)]


@breaks("merges_never_cross_a_boundary")
class MergesAcross(Staged):
    """Merges over the boundaries of pre-tokens."""

    def pieces(self, model: Model, text: str) -> list[str]:
        return super().pieces(model.change(pattern=None), text)


@breaks("merges_never_cross_a_boundary")
class SplitsTwice(Staged):
    """Splits each piece again."""

    def pieces(self, model: Model, text: str) -> list[str]:
        return [
            part
            for piece in super().pieces(model, text)
            for part in super().pieces(model, piece[:2]) + super().pieces(model, piece[2:])
        ]


@breaks("an_endless_pattern_is_stopped")
class GivesUpSilently(Engine):
    """Keeps a text whole where its pattern takes too long."""

    def pre_split_within(self, pattern: str, text: str, seconds: float) -> Sequence[str]:
        try:
            return super().pre_split_within(pattern, text, seconds)
        except Refusal:
            return [text]


@breaks("safe_cuts_change_no_piece")
class CutsAtAnySpace(Staged):
    """Takes the place before any white space for a safe cut."""

    def safe_cuts(self, pattern: str, text: str) -> Sequence[int]:  # noqa: ARG002
        return [index for index in range(1, len(text)) if text[index].isspace()]


@breaks("ordinary_text_has_safe_cuts")
class NeverCuts(Staged):
    """Finds no safe cut."""

    def safe_cuts(self, pattern: str, text: str) -> Sequence[int]:  # noqa: ARG002
        return []


@breaks("the_two_forms_differ_in_trailing_white_space")
class OneFormOfCl100k(Staged):
    """Takes one form of cl100k's pattern for the other."""

    def cut(self, pattern: str, text: str, gaps: Gaps) -> list[str]:
        return super().cut("cl100k_original" if pattern == "cl100k_base" else pattern, text, gaps)
