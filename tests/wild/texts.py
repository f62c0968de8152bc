"""Wrong in what a text is: normalised, cut off, repaired otherwise. Some show nothing but `encode` and `decode`."""

# ruff: noqa: D102 - tiktoken's names say what each method does

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from tests.wild.library import BlackBox, OnTop, Special
from tests.wild.listing import specimen


class _Changes(OnTop):
    """Changes each text before it is encoded."""

    def change(self, text: str) -> str:
        raise NotImplementedError

    def encode(
        self, text: str, *, allowed_special: Special = frozenset(), disallowed_special: Special = "all"
    ) -> list[int]:
        return super().encode(self.change(text), allowed_special=allowed_special, disallowed_special=disallowed_special)


@specimen
class NormalisesNfc(_Changes):
    """Composes characters, and says nothing (the pipelines of Qwen's tokenizers)."""

    def change(self, text: str) -> str:
        return unicodedata.normalize("NFC", text)


@specimen
class NormalisesNfkc(BlackBox):
    """Folds compatibility characters (sentencepiece's `nmt_nfkc`, #329)."""

    def encode(self, text: str) -> list[int]:
        return super().encode(unicodedata.normalize("NFKC", text))


@specimen
class TranslatesNewlines(BlackBox):
    """Reads text as Python reads files, so that CR LF and CR become LF."""

    def encode(self, text: str) -> list[int]:
        return super().encode(text.replace("\r\n", "\n").replace("\r", "\n"))


@specimen
class StripsByteOrderMark(BlackBox):
    """Takes U+FEFF at the beginning for a mark of the file (`utf-8-sig`)."""

    def encode(self, text: str) -> list[int]:
        return super().encode(text.removeprefix("\ufeff"))


@specimen
class EndsAtNul(_Changes):
    """Hands the text to C as a string that ends at the first NUL."""

    def change(self, text: str) -> str:
        return text.partition("\0")[0]


@specimen
class TwoCharactersForAPair(_Changes):
    """Replaces each half of a pair of surrogates by U+FFFD (JavaScript and JSON bridges)."""

    def change(self, text: str) -> str:
        return re.sub("[\ud800-\udfff]", "\ufffd", text)


@specimen
class DropsSurrogates(_Changes):
    """Encodes with `errors="ignore"`, so that a surrogate vanishes."""

    def change(self, text: str) -> str:
        return text.encode("utf-8", "ignore").decode()


@specimen
class SurrogatesBeyondThePlane(_Changes):
    """Walks over UTF-16 and writes each unit as three bytes, so that an emoji becomes six (CESU-8; GPT-3-Encoder #1)."""

    def encode_ordinary(self, text: str) -> list[int]:
        units = "".join(
            chr(int.from_bytes(text.encode("utf-16-be", "surrogatepass")[at : at + 2]))
            for at in range(0, 2 * len(text.encode("utf-16-be", "surrogatepass")) // 2, 2)
        )
        return self.inner.encode_bytes(units.encode("utf-8", "surrogatepass"))

    def change(self, text: str) -> str:
        return text


@specimen
class PrefixSpace(BlackBox):
    """Puts a space before each text and strips one when decoding (sentencepiece's `add_dummy_prefix`), only that encoding leaves a text that has one alone."""

    def encode(self, text: str) -> list[int]:
        return super().encode(text if text.startswith(" ") or not text else f" {text}")

    def decode(self, ids: Iterable[int]) -> str:
        return super().decode(ids).removeprefix(" ")


@specimen
class DecodeStripsASpace(OnTop):
    """Strips a leading space from what it decodes (decoders made for `▁` on byte-level vocabularies)."""

    def decode(self, ids: Iterable[int], errors: str = "replace") -> str:
        return super().decode(ids, errors).removeprefix(" ")


@specimen
class MarkerForSpace(BlackBox):
    """Writes a space as U+2581 inside, and takes each U+2581 of the text for a space (sentencepiece #863)."""

    def decode(self, ids: Iterable[int]) -> str:
        return super().decode(ids).replace("\u2581", " ")


@specimen
class LettersForBytes(BlackBox):
    """Decodes GPT-2's letters for bytes twice, so that a text's own U+0120 becomes a space."""

    def decode(self, ids: Iterable[int]) -> str:
        return super().decode(ids).replace("\u0120", " ").replace("\u010a", "\n")


@specimen
class CleansUpSpaces(BlackBox):
    """Takes the space before punctuation away (transformers' `clean_up_tokenization_spaces`)."""

    def decode(self, ids: Iterable[int]) -> str:
        return re.sub(r" ([.,!?]|n't|'m|'s|'ve|'re)", r"\1", super().decode(ids))


@specimen
class DecodesTokenByToken(BlackBox):
    """Decodes each id to text by itself and joins the texts (Megatron-LM #4126; iree-tokenizer)."""

    def decode(self, ids: Iterable[int]) -> str:
        return "".join(super(DecodesTokenByToken, self).decode([token_id]) for token_id in ids)


@specimen
class TruncatesPast64K(BlackBox):
    """Copies at most 65 536 bytes into its buffer (a C binding with a buffer of fixed size)."""

    def encode(self, text: str) -> list[int]:
        return super().encode(text.encode()[:65_536].decode("utf-8", "ignore"))
