"""Chapter B, broken."""

# ruff: noqa: D102 - the protocols in bpe.conformance say what each method does

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import regex

from bpe.conformance import Model
from bpe.conformance.protocol import SpecialTokens
from tests.mutants.listing import breaks
from tests.staged import Staged


@breaks("bytes_are_utf8")
class Latin1(Staged):
    """Takes characters below U+0100 for bytes."""

    def data_of(self, text: str) -> bytes:
        return text.encode("latin-1") if max(text, default="") < "\u0100" else text.encode()


@breaks("bytes_are_utf8", "decoding_gives_back_the_text")
class Cesu8(Staged):
    """Writes characters beyond U+FFFF as two surrogates of three bytes each."""

    def data_of(self, text: str) -> bytes:
        data = text.encode("utf-16-be")
        halves = (chr(int.from_bytes(data[index : index + 2])) for index in range(0, len(data), 2))
        return "".join(halves).encode("utf-8", "surrogatepass")


@breaks("different_texts_have_different_bytes")
class DropsNul(Staged):
    """Loses the character U+0000, as strings do that end with it."""

    def scalars(self, model: Model, text: str) -> str:
        return super().scalars(model, text).replace("\x00", "")


@breaks("bytes_are_utf8", "bytes_concatenate", "different_texts_have_different_bytes")
class Normalising(Staged):
    """Normalises text first, as tokenizers for other models do."""

    def scalars(self, model: Model, text: str) -> str:
        return unicodedata.normalize("NFC", super().scalars(model, text))


@breaks("surrogates_are_refused_or_repaired")
class SurrogatesPass(Staged):
    """Lets surrogates through as three bytes."""

    def scalars(self, model: Model, text: str) -> str:  # noqa: ARG002
        return text

    def data_of(self, text: str) -> bytes:
        return text.encode("utf-8", "surrogatepass")


@breaks("surrogates_are_refused_or_repaired", "repair_looks_at_the_whole_text")
class EachSurrogateReplaced(Staged):
    """Puts U+FFFD for each surrogate, pairs included."""

    def scalars(self, model: Model, text: str) -> str:
        if model.surrogates == "replace":
            text = regex.sub("[\ud800-\udfff]", "\ufffd", text)
        return super().scalars(model, text)


@breaks("surrogates_are_refused_or_repaired")
class OnePolicyOnly(Staged):
    """Repairs surrogates in one method and refuses them in the other."""

    def count(self, model: Model, text: str, *, allowed_special: SpecialTokens) -> int:
        return super().count(model.change(surrogates="replace"), text, allowed_special=allowed_special)


@breaks("decoding_replaces_maximal_subparts")
class OneReplacementAByte(Staged):
    """Puts U+FFFD for each byte that is not UTF-8."""

    def decode(self, model: Model, ids: Sequence[int], errors: str = "replace") -> str:
        data = self.decode_bytes(model, ids)
        if errors != "replace":
            return super().decode(model, ids, errors)
        return regex.sub("[\udc80-\udcff]", "\ufffd", data.decode("utf-8", "surrogateescape"))


@breaks("decoding_replaces_maximal_subparts")
class StrictIgnores(Staged):
    """Drops what is not UTF-8 where it should refuse it."""

    def decode(self, model: Model, ids: Sequence[int], errors: str = "replace") -> str:
        data = self.decode_bytes(model, ids)
        return data.decode("utf-8", "ignore" if errors == "strict" else errors)
