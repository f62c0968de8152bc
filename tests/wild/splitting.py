"""Wrong in where ordinary text is cut."""

# ruff: noqa: D102 - tiktoken's names say what each method does

from __future__ import annotations

import re
from itertools import chain

import regex

from bpe.patterns import NAMED_PATTERNS
from tests.wild.library import Scratch
from tests.wild.listing import specimen
from tests.wild.shapes import ScratchCl100k, ScratchO200k

#: Letters and digits that came with Unicode 16.
_NEW_IN_16 = dict.fromkeys((*range(68928, 69008), *range(93504, 93562), 7305, 7306, *range(42955, 42958), *range(42970, 42973), *range(67008, 67060)), "\u0378")  # fmt: skip


@specimen
class DigitsByTwo(Scratch):
    r"""Has `\p{N}{1,2}` where the pattern says `{1,3}` (nanochat's choice, carried into a cl100k port)."""

    def split(self, text: str) -> list[str]:
        self.source = NAMED_PATTERNS["cl100k_base"].replace("{1,3}+", "{1,2}")
        return super().split(text)


@specimen
class UnicodeSeventeen(Scratch):
    """Uses the installed `regex` as it is, whose Unicode is a version on (quicktok, tokie, gigatoken)."""

    def split(self, text: str) -> list[str]:
        return list(regex.findall(self.pat_str, text))


@specimen
class UnicodeFifteen(Scratch):
    """Has the classes of Unicode 15, so that later letters and digits are symbols (iree-tokenizer)."""

    def split(self, text: str) -> list[str]:
        return self.split_as_if(text, _NEW_IN_16)


@specimen
class StandardLibrarySpaces(Scratch):
    r"""Takes `str.isspace` for `\s`, so that U+001C to U+001F are white space (ports to Python's own `re`)."""

    def split(self, text: str) -> list[str]:
        return self.split_as_if(text, dict.fromkeys(range(0x1C, 0x20), "\t"))


@specimen
class ContractionsWithoutLongS(ScratchO200k):
    """Folds case in contractions by ASCII alone, so that U+017F is no s (quicktok, splintr-rs, fastokens under o200k)."""

    def split(self, text: str) -> list[str]:
        return self.split_as_if(text, {0x17F: "\xdf"})


@specimen
class NoLookaheadAtTheEnd(Scratch):
    """Finds no end of text behind white space, so that its last character stands alone (rust-gems d86dcde)."""

    def split(self, text: str) -> list[str]:
        pieces = super().split(text)
        last = pieces[-1] if pieces else ""
        if len(last) < 2 or not last.isspace() or "\n" in last or "\r" in last:
            return pieces
        return [*pieces[:-1], last[:-1], last[-1]]


@specimen
class SplitsInBlocks(Scratch):
    """Cuts a long text after each 4 096 characters, wherever that is (tokie's parallel chunks; readers of files)."""

    def split(self, text: str) -> list[str]:
        blocks = (text[start : start + 4096] for start in range(0, len(text), 4096))
        return list(chain.from_iterable(super(SplitsInBlocks, self).split(block) for block in blocks))


@specimen
class BlocksAtSpaces(Scratch):
    """Cuts a long text at the space nearest to 32 768 characters, which is behind the space where it must be before it."""

    def split(self, text: str) -> list[str]:
        pieces = []
        while len(text) > 32_768:
            cut = text.rfind(" ", 0, 32_768) + 1 or 32_768
            pieces += super().split(text[:cut])
            text = text[cut:]
        return pieces + super().split(text)


@specimen
class EverythingElseIsALetter(Scratch):
    """Has a fast path by bytes in which all that is not ASCII is a letter, dashes and quotes too."""

    def split(self, text: str) -> list[str]:
        return self.split_as_if(text, {ord(each): "é" for each in text if ord(each) > 0x7F and not each.isspace()})


@specimen
class MarksAreLetters(ScratchCl100k):
    r"""Has `[\p{L}\p{M}]+` for `\p{L}+` (surogate #105; Qwen 3.5's pattern under another's vocabulary)."""

    def split(self, text: str) -> list[str]:
        marks = {ord(each): "a" for each in text if regex.match(r"\p{M}", each)}
        return self.split_as_if(text, marks)


@specimen
class FindsGroups(Scratch):
    """Calls `findall` on a pattern with a group, and gets the groups (minbpe; tiktoken's `_educational`)."""

    def split(self, text: str) -> list[str]:
        return re.findall(r"( ?\w+)|\s|[^\s\w]+", text)


@specimen
class DropsGaps(Scratch):
    """Has a pattern whose last alternative was taken for superfluous; what it leaves is dropped (tiktoken drops it too)."""

    def split(self, text: str) -> list[str]:
        return list(
            regex.findall(
                r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s*[\r\n]|\s+(?!\S)",
                text,
            )
        )


@specimen
class CaseSensitiveContractions(Scratch):
    """Lost `(?i:…)` on the way to an engine without it (Go and JavaScript ports)."""

    def split(self, text: str) -> list[str]:
        self.source = NAMED_PATTERNS["cl100k_base"].replace("(?i:", "(?:")
        return super().split(text)


@specimen
class PatternOfAnother(Scratch):
    """Splits as GPT-2 does whatever the file says (llama.cpp #6920)."""

    def split(self, text: str) -> list[str]:
        self.source = NAMED_PATTERNS["gpt2"]
        return super().split(text)
