"""Wrong in how ids become bytes and text."""

# ruff: noqa: D102 - tiktoken's names say what each method does

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tests.wild.library import OnTop, Scratch
from tests.wild.listing import specimen


@specimen
class DecodeIgnoresErrors(OnTop):
    """Leaves out bytes that are no text, where they are to be replaced."""

    def decode(self, ids: Iterable[int], errors: str = "replace") -> str:
        return self.decode_bytes(ids).decode("utf-8", "ignore" if errors == "replace" else errors)


@specimen
class NegativeIdsCountBack(Scratch):
    """Keeps the bytes of tokens in a list, whose last one is also number -1."""

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        tokens = [self.table[token_id] for token_id in sorted(self.table)]
        return b"".join(tokens[token_id] for token_id in ids)


@specimen
class UnknownIdsAreEmpty(Scratch):
    """Decodes an id that it does not have to nothing."""

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        return b"".join(self.table.get(token_id, b"") for token_id in ids)


@specimen
class LastIdRefused(Scratch):
    """Has `n_vocab` one too small, so that the last id is out of range."""

    def decode_bytes(self, ids: Iterable[Any]) -> bytes:
        given = list(ids)
        n_vocab = max(self.table)
        for position, token_id in enumerate(given):
            if isinstance(token_id, int) and token_id >= n_vocab:
                raise KeyError(f"there is no token {token_id!r}, given at position {position}")
        return super().decode_bytes(given)


@specimen
class OffsetsInBytes(OnTop):
    """Counts offsets in bytes (huggingface/tokenizers #156)."""

    def decode_with_offsets(self, ids: Sequence[int]) -> tuple[str, list[int]]:
        offsets, position = [], 0
        for token_id in ids:
            offsets.append(position)
            position += len(self.decode_bytes([token_id]))
        return self.decode(ids), offsets


@specimen
class DecodeSkipsSpecial(Scratch):
    """Leaves special tokens out when decoding (`skip_special_tokens=True` by default)."""

    def decode(self, ids: Iterable[int], errors: str = "replace") -> str:
        return super().decode((token_id for token_id in ids if token_id not in self.special.values()), errors)


@specimen
class LimitIsStrict(OnTop):
    """Judges a limit with `<` (off by one in every second `is_within_limit`)."""

    def is_within_limit(self, text, limit, *, allowed_special=frozenset(), disallowed_special="all"):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        return self.count(text, allowed_special=allowed_special, disallowed_special=disallowed_special) < limit
