"""Wrong in the vocabulary that was loaded, while what it shows is right."""

# ruff: noqa: D102 - tiktoken's names say what each method does

from __future__ import annotations

from collections.abc import Iterable

from tests.wild.library import BlackBox, Scratch, Special, trained
from tests.wild.listing import held_to_trained, specimen
from tests.wild.shapes import OnCl100k, ScratchCl100k


@specimen
class MergesSorted(Scratch):
    """Sorts the tokens by their bytes on loading, and ranks them so."""

    def load(self) -> None:
        self.real = dict(self.ranks)
        single = sorted(token for token in self.ranks if len(token) == 1)
        longer = sorted(token for token in self.ranks if len(token) > 1)
        self.ranks = {token: rank for rank, token in enumerate([*single, *longer])}

    def encode_piece(self, piece: bytes) -> list[int]:
        names = {rank: token for token, rank in self.ranks.items()}
        return [self.real[names[rank]] for rank in super().encode_piece(piece)]


@specimen
class OneMergeMissing(Scratch):
    """Skips a line of the file, here the five-hundredth merge (a header that is none; HF #229)."""

    def load(self) -> None:
        del self.ranks[self.table[756]]


@specimen
class LastMergeMissing(ScratchCl100k):
    """Drops the last line of the file, which has no line end."""

    def load(self) -> None:
        del self.ranks[self.table[max(self.ranks.values())]]


@specimen
class TwoTokensSwapped(Scratch):
    """Has two tokens' ids the wrong way round, in encoding and decoding alike (a patched `encoder.json`)."""

    def load(self) -> None:
        first, second = self.table[2_000], self.table[2_999]
        self.ranks[first], self.ranks[second] = 2_999, 2_000
        self.table[2_000], self.table[2_999] = second, first


@specimen
class TwoTokensSwappedInCl100k(ScratchCl100k):
    """The same among a hundred thousand."""

    def load(self) -> None:
        first, second = self.table[70_000], self.table[90_000]
        self.ranks[first], self.ranks[second] = 90_000, 70_000
        self.table[70_000], self.table[90_000] = second, first


@specimen
class SixteenBitIds(OnCl100k):
    """Keeps ids in sixteen bits (arrays of `uint16` that were made for GPT-2)."""

    def encode(
        self, text: str, *, allowed_special: Special = frozenset(), disallowed_special: Special = "all"
    ) -> list[int]:
        ids = super().encode(text, allowed_special=allowed_special, disallowed_special=disallowed_special)
        return [token_id & 0xFFFF for token_id in ids]


@specimen
class LongTokensDropped(Scratch):
    """Leaves out tokens of more than thirty-two bytes (outlines #2042)."""

    def load(self) -> None:
        self.ranks = {token: rank for token, rank in self.ranks.items() if len(token) <= 32}


@specimen
class LongTokensDroppedFromCl100k(ScratchCl100k):
    """The same for tokens of more than a hundred bytes, of which cl100k has few."""

    def load(self) -> None:
        self.ranks = {token: rank for token, rank in self.ranks.items() if len(token) <= 100}


@specimen
class BytesByValue(ScratchCl100k):
    """Numbers the single bytes by value where cl100k has GPT-2's order (the permutation that minbpe explains)."""

    def encode_piece(self, piece: bytes) -> list[int]:
        return [self.table[i][0] if len(self.table[i]) == 1 else i for i in super().encode_piece(piece)]


@specimen
class BrokenTokensDropped(Scratch):
    """Reads tokens as text with `errors="ignore"`, so that those that are no text are gone."""

    def load(self) -> None:
        self.ranks = {
            token: rank
            for token, rank in self.ranks.items()
            if len(token) == 1 or token.decode("utf-8", "ignore").encode() == token
        }


@held_to_trained
class VocabularyOfAnotherVersion(BlackBox):
    """Was trained on the same files with other pre-tokens (rasbt/LLMs-from-scratch #975); shows no vocabulary."""

    def __init__(self) -> None:
        super().__init__()
        self._inner = trained("qwen2")


@held_to_trained
class IdsShifted(BlackBox):
    """Adds the offset of reserved ids once too often, and takes it off again when decoding (fairseq's vocabularies)."""

    def encode(self, text: str) -> list[int]:
        return [token_id + 4 for token_id in super().encode(text)]

    def decode(self, ids: Iterable[int]) -> str:
        return super().decode([token_id - 4 for token_id in ids])


@held_to_trained
class ByteFallbackReversed(BlackBox):
    """Numbers the bytes for what no token has from the other end, in both directions."""

    def encode(self, text: str) -> list[int]:
        return [255 - token_id if token_id < 256 else token_id for token_id in super().encode(text)]

    def decode(self, ids: Iterable[int]) -> str:
        return super().decode([255 - token_id if token_id < 256 else token_id for token_id in ids])
