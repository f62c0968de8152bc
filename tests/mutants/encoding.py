"""Chapters E, D and O, broken."""

# ruff: noqa: D102 - the protocols in bpe.conformance say what each method does

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from zlib import crc32

from bpe.conformance import Model, Refusal, TokenSpan
from bpe.conformance.plain_text import text_of
from bpe.conformance.protocol import SpecialTokens
from tests.engine_target import Engine
from tests.mutants.listing import breaks
from tests.staged import Staged


@breaks("decoding_gives_back_the_text", "encoding_again_gives_the_same_ids")
class CleansUp(Staged):
    """Tidies what it decodes, as libraries do that remove spaces before full stops."""

    def decode_bytes(self, model: Model, ids: Sequence[int]) -> bytes:
        return super().decode_bytes(model, ids).replace(b"ab", b"a")

    def decode(self, model: Model, ids: Sequence[int], errors: str = "replace") -> str:
        return super().decode(model, ids, errors).replace("ab", "a")


@breaks("bytes_of_text_encode_as_the_text", "any_bytes_encode_by_one_rule")
class BytesThroughText(Staged):
    """Encodes bytes as the text that they decode to with replacement, and without the pattern."""

    def encode_bytes(self, model: Model, data: bytes) -> Sequence[int]:
        return self.encode_ordinary(model.change(pattern=None), text_of(data))


@breaks("ids_are_known_and_few", "decoding_concatenates", "encoding_again_gives_the_same_ids")
class BeginsWithAToken(Staged):
    """Puts a token that is no part of the text at the start."""

    def encode(
        self,
        model: Model,
        text: str,
        *,
        allowed_special: SpecialTokens = (),
        disallowed_special: SpecialTokens = "all",
    ) -> Sequence[int]:
        ids = super().encode(model, text, allowed_special=allowed_special, disallowed_special=disallowed_special)
        return [model.ids[b"\n"], *ids]

    def decode_bytes(self, model: Model, ids: Sequence[int]) -> bytes:
        return super().decode_bytes(model, ids).removeprefix(b"a")


@breaks("canonical_ids_are_their_texts_own", "ids_of_a_text_are_canonical")
class AnyIdsAreCanonical(Staged):
    """Judges all ids canonical that it can decode, or cannot."""

    def is_canonical(self, model: Model, ids: Sequence[int], *, allowed_special: SpecialTokens) -> bool:  # noqa: ARG002
        return True


@breaks("ids_of_a_text_are_canonical")
class ForgetsTheAllowance(Staged):
    """Judges ids without the special tokens that are allowed."""

    def is_canonical(self, model: Model, ids: Sequence[int], *, allowed_special: SpecialTokens) -> bool:  # noqa: ARG002
        return super().is_canonical(model, ids, allowed_special=())


@breaks("a_batch_is_the_map")
class BatchesByLength(Staged):
    """Sorts a batch by length and forgets to put it back."""

    def encode_batch(
        self, model: Model, texts: Sequence[str], *, allowed_special: SpecialTokens, workers: int
    ) -> Sequence[Sequence[int]]:
        ordered = sorted(texts, key=len) if workers > 1 else texts
        return super().encode_batch(model, ordered, allowed_special=allowed_special, workers=workers)


@breaks("another_process_gives_the_same_ids")
class GoesByHash(Staged):
    """Puts the special tokens in the order of a set, which is another in each process; a checksum stands in for the hash, so that it is the same in each test."""

    def encode_elsewhere(
        self, model: Model, text: str, *, allowed_special: SpecialTokens, hash_seed: int
    ) -> Sequence[int]:
        names = sorted(model.special_tokens, key=lambda token: crc32(f"{token} {hash_seed}".encode()))
        shuffled = dict(zip(names, model.special_tokens.values(), strict=True))
        other = model if model.aliases else model.change(special_tokens=shuffled)
        return Staged.encode(_Unchecked(), other, text, allowed_special=allowed_special, disallowed_special=())


class _Unchecked(Staged):
    pass


@breaks("counting_is_encoding")
class CountsCharacters(Staged):
    """Takes four characters for a token, as rules of thumb do."""

    def count(self, model: Model, text: str, *, allowed_special: SpecialTokens) -> int:  # noqa: ARG002
        return -(-len(text) // 4)


@breaks("counting_is_encoding")
class LimitsOffByOne(Staged):
    """Takes a text that has as many tokens as the limit for one that has too many."""

    def is_within_limit(self, model: Model, text: str, limit: int, *, allowed_special: SpecialTokens) -> bool:
        return self.count(model, text, allowed_special=allowed_special) < limit


@breaks("what_is_no_id_is_refused")
class DropsUnknownIds(Staged):
    """Passes over ids that it does not know."""

    def decode_bytes(self, model: Model, ids: Sequence[int]) -> bytes:
        known = [token_id for token_id in ids if token_id in model.all_ids]
        return super().decode_bytes(model, known)


@breaks("what_is_no_id_is_refused")
class IdsFromTheEnd(Staged):
    """Takes a negative id for one counted from the end, as indices of lists are."""

    def decode_bytes(self, model: Model, ids: Sequence[int]) -> bytes:
        ordered = sorted(model.all_ids)
        known = [ordered[i] if type(i) is int and -len(ordered) <= i < 0 else i for i in ids]
        return super().decode_bytes(model, known)

    def decode(self, model: Model, ids: Sequence[int], errors: str = "replace") -> str:
        return self.decode_bytes(model, ids).decode("utf-8", errors)


@breaks("what_is_no_id_is_refused")
class LooksAtTypesFirst(Staged):
    """Looks whether all ids are integers before it looks whether it knows them."""

    def decode_bytes(self, model: Model, ids: Sequence[int]) -> bytes:
        for position, token_id in enumerate(ids):
            if type(token_id) is not int:
                raise Refusal(f"{token_id!r} at {position} is no integer", token=token_id, position=position)
        return super().decode_bytes(model, ids)


@breaks("what_is_no_id_is_refused")
class NamesNoPosition(Staged):
    """Names the id, but not where it stands."""

    def decode_bytes(self, model: Model, ids: Sequence[int]) -> bytes:
        try:
            return super().decode_bytes(model, ids)
        except Refusal as refusal:
            raise Refusal(refusal.message, token=refusal.details.get("token")) from None


@breaks("replacing_adds_nothing_to_a_text", "encoding_again_gives_the_same_ids")
class DecodesOneByOne(Staged):
    """Decodes each id by itself and joins the texts, which breaks characters that two tokens share."""

    def decode(self, model: Model, ids: Sequence[int], errors: str = "replace") -> str:
        return "".join(Staged.decode(_Unchecked(), model, [token_id], errors) for token_id in ids)


@breaks("tokens_start_in_their_first_character")
class StartsInBytes(Engine):
    """Says at which byte each token starts, where the character is meant."""

    def token_starts(self, model: Model, ids: Sequence[int]) -> Sequence[int]:
        lengths = [len(self.decode_bytes(model, [token_id])) for token_id in ids]
        return list(accumulate(lengths, initial=0))[:-1]


@breaks("spans_cover_the_text")
class OffsetsInBytes(Staged):
    """Gives offsets in bytes where characters are meant."""

    def encode_with_offsets(self, model: Model, text: str, *, allowed_special: SpecialTokens) -> Sequence[TokenSpan]:
        spans = super().encode_with_offsets(model, text, allowed_special=allowed_special)
        return [span._replace(char_start=span.byte_start, char_stop=span.byte_stop) for span in spans]
