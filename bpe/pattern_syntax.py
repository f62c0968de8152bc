r"""What of a pattern's source depends on Unicode: the character classes in it, and whether that is all.

A pattern is read just far enough to find its classes: groups, sets, escapes, flags and comments.
Whatever is not recognised counts as depending on the `regex` release, so a construct that this module has never heard of costs speed, never correctness.

*Pinned* classes are the general categories in all their spellings (`\p{L}`, `\P{Lu}`, `\pN`, `\p{gc=Letter}`), `\s`, `\d` and their negations.
All other properties (`\w`, `\b`, scripts, POSIX classes, …), case folding beyond ASCII and grapheme clusters remain those of the installed `regex` release.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Final

_PROPERTY = r"[A-Za-z0-9 &_.-]+(?:[:=][A-Za-z0-9 &_./-]*)?"
_ESCAPE = (
    rf"\\(?:[pP]\{{\^?{_PROPERTY}\}}|[pP][CLMNPSZ]|x[0-9A-Fa-f]{{2}}|u[0-9A-Fa-f]{{4}}|U[0-9A-Fa-f]{{8}}"
    r"|N\{[^}]*\}|g<[^>]*>|[0-7]{1,3}|.)"
)
_POSIX = rf"\[:\^?{_PROPERTY}:\]"
_FLAG = r"(?:[abefimprsuwxL]|V[01])"

#: One item of a pattern outside of sets: a set, a comment, flags, a bracket, an escape, or any other character.
OUTSIDE_SETS: Final = (
    # A bracket that comes first in a set is a member of it.
    rf"(?P<set>\[\^?(?>{_ESCAPE}|{_POSIX}|.)(?>{_ESCAPE}|{_POSIX}|[^\]])*\])"
    r"|(?P<comment>\(\?\#(?:\\.|[^)\\])*\))"
    rf"|(?P<flags>\(\?(?P<on>{_FLAG}*)(?:-(?P<off>{_FLAG}+))?(?P<end>[:)]))"
    r"|(?P<open>\((?:\?P=)?)"
    r"|(?P<close>\))"
    rf"|(?P<escape>{_ESCAPE})"
    r"|(?P<other>.)"
)
_IN_SET: Final = rf"(?P<escape>{_ESCAPE})|(?P<posix>{_POSIX})|(?P<other>.)"

_LONG_NAMES: Final = {
    "L": "letter", "LC": "casedletter", "Lu": "uppercaseletter", "Ll": "lowercaseletter", "Lt": "titlecaseletter",
    "Lm": "modifierletter", "Lo": "otherletter", "M": "mark", "Mn": "nonspacingmark", "Mc": "spacingmark",
    "Me": "enclosingmark", "N": "number", "Nd": "decimalnumber", "Nl": "letternumber", "No": "othernumber",
    "P": "punctuation", "Pc": "connectorpunctuation", "Pd": "dashpunctuation", "Ps": "openpunctuation",
    "Pe": "closepunctuation", "Pi": "initialpunctuation", "Pf": "finalpunctuation", "Po": "otherpunctuation",
    "S": "symbol", "Sm": "mathsymbol", "Sc": "currencysymbol", "Sk": "modifiersymbol", "So": "othersymbol",
    "Z": "separator", "Zs": "spaceseparator", "Zl": "lineseparator", "Zp": "paragraphseparator", "C": "other",
    "Cc": "control", "Cf": "format", "Cs": "surrogate", "Co": "privateuse", "Cn": "unassigned",
}  # fmt: skip
_CLASS_NAMES: Final = {spelling.lower(): name for name, long in _LONG_NAMES.items() for spelling in (name, long)}
_ESCAPED_CLASSES: Final = {"s": "White_Space", "d": "Nd"}

#: Letters that after a backslash mean a fixed character or position, whatever the Unicode version.
_FIXED_ESCAPES: Final = frozenset("afnrtvAZzGKR")
_FIXED_IN_SETS: Final = frozenset("abfnrtv")
#: Flags that change neither what a class is nor which characters are equal; `i` is looked at by itself.
_FIXED_FLAGS: Final = frozenset("imsxbep")
_ENCODING_FLAGS: Final = frozenset("auL")


@cache
def compiled(source: str) -> re.Pattern[str]:
    """Return an expression of this module, compiled."""
    # Not when this is imported: named patterns need not be read.
    return re.compile(source, re.DOTALL)


@dataclass(frozen=True, slots=True)
class CharacterClass:
    """A pinned character class in a pattern's source: its name in `bpe.unicode_classes`, and where it stands."""

    source: str
    name: str
    negated: bool
    in_set: bool


@dataclass(frozen=True, slots=True)
class PatternSyntax:
    r"""What a pattern is made of, as far as Unicode is concerned.

    Clauses: P6.
    The sources of `parts`, joined, are the pattern.
    `pinned`: nothing in it depends on the Unicode data of the installed `regex` release.
    `class_only`: it tells two characters beyond ASCII apart by the pinned classes alone.
    `misread`: `regex` gives some class another meaning than that of its code points, because it stands where case is ignored, or in a negated set beside a complement (`[^\s\S]` matches everything).
    """

    parts: tuple[str | CharacterClass, ...]
    pinned: bool
    class_only: bool
    misread: bool

    @property
    def has_classes(self) -> bool:
        """Whether there is any pinned class in it."""
        return any(isinstance(part, CharacterClass) for part in self.parts)


@lru_cache(maxsize=256)
def read_pattern(source: str) -> PatternSyntax:
    r"""Find the character classes of a pattern.

    Clauses: P6.
    A source that is no regular expression is read too, to no purpose: compiling it is what finds the fault.

    >>> read_pattern(r"\p{Lu}\w").parts
    (CharacterClass(source='\\p{Lu}', name='Lu', negated=False, in_set=False), '\\w')
    >>> read_pattern(r"\p{Lu}\w").pinned, read_pattern(r"\p{Lu}").pinned
    (False, True)
    """
    reading = _Reading()
    parts = tuple(_read_parts(source, reading))
    if reading.has_encoding_flag:
        # Under (?a) the classes are ASCII's, in every release: they stay as they are.
        return PatternSyntax((source,), pinned=False, class_only=False, misread=False)
    has_class = any(isinstance(part, CharacterClass) for part in parts)
    folds_classes = reading.folded_class or (has_class and reading.folds_everywhere)
    folds_beyond_ascii = reading.ignores_case and (reading.compares or folds_classes)
    return PatternSyntax(
        parts,
        pinned=not reading.own_data and not folds_beyond_ascii,
        class_only=not reading.own_data and not reading.compares,
        misread=folds_classes or (has_class and reading.complementary_set),
    )


@dataclass(slots=True)
class _Scope:
    """The flags in force inside one group."""

    verbose: bool = False
    folded: bool = False


@dataclass(slots=True)
class _Reading:
    """What has been seen so far."""

    scopes: list[_Scope] = field(default_factory=lambda: [_Scope()])
    own_data: bool = False
    compares: bool = False
    ignores_case: bool = False
    folds_everywhere: bool = False
    folded_class: bool = False
    complementary_set: bool = False
    has_encoding_flag: bool = False


def _read_parts(source: str, reading: _Reading) -> Iterator[str | CharacterClass]:
    position = 0
    while position < len(source):
        scope = reading.scopes[-1]
        if scope.verbose and source[position] == "#":
            stop = source.find("\n", position) + 1 or len(source)
            yield source[position:stop]
            position = stop
            continue
        token = compiled(OUTSIDE_SETS).match(source, position)
        if token is None:  # a lone backslash at the end
            yield source[position:]
            return
        yield from _read_token(token, reading)
        position = token.end()


def _read_token(token: re.Match[str], reading: _Reading) -> Iterator[str | CharacterClass]:
    kind, text = token.lastgroup, token[0]
    match kind:
        case "set":
            yield from _read_set(text, reading)
            return
        case "escape":
            yield _read_escape(text, reading, in_set=False)
            return
        case "flags":
            _enter_flags(token, reading)
        case "open":
            reading.compares |= text == "(?P="
            reading.scopes.append(_Scope(reading.scopes[-1].verbose, reading.scopes[-1].folded))
        case "close" if len(reading.scopes) > 1:
            reading.scopes.pop()
        case "other":
            reading.compares |= not text.isascii()
    yield text


def _enter_flags(token: re.Match[str], reading: _Reading) -> None:
    on, off = token["on"], token["off"] or ""
    reading.has_encoding_flag |= not _ENCODING_FLAGS.isdisjoint(on + off)
    reading.own_data |= not _FIXED_FLAGS.issuperset(on + off)
    reading.ignores_case |= "i" in on
    outer = reading.scopes[-1]
    scope = _Scope((outer.verbose or "x" in on) and "x" not in off, outer.folded or "i" in on)
    if token["end"] == ":":
        reading.scopes.append(scope)
        return
    reading.scopes[-1] = scope
    # Releases differ on how far such a flag reaches, so assume the worst.
    reading.folds_everywhere |= "i" in on


def _read_set(text: str, reading: _Reading) -> Iterator[str | CharacterClass]:
    start = 2 if text.startswith("[^") else 1
    yield text[:start]
    signs = set()
    for item in compiled(_IN_SET).finditer(text, start, len(text) - 1):
        signs.add(_property_sign(item[0]))
        if item.lastgroup == "escape":
            yield _read_escape(item[0], reading, in_set=True)
            continue
        reading.own_data |= item.lastgroup == "posix"
        reading.compares |= not item[0].isascii()
        yield item[0]
    yield "]"
    reading.complementary_set |= start == 2 and signs >= {"+", "-"}


def _property_sign(item: str) -> str:
    r"""Return + for an item of a set such as `\s`, - for one such as `\S`, and nothing for a character."""
    if item.startswith("[:"):
        return "-" if item[2] == "^" else "+"
    if item[0] != "\\" or item[1] not in "pPsSdDwWh":
        return ""
    return "-" if item[1].isupper() != ("{^" in item) else "+"


def _read_escape(text: str, reading: _Reading, *, in_set: bool) -> str | CharacterClass:
    letter, digits = text[1], text[2:]
    name = _ESCAPED_CLASSES.get(letter.lower()) if letter in "sSdD" else _property_name(text)
    if name is not None:
        reading.folded_class |= reading.scopes[-1].folded
        return CharacterClass(text, name, letter.isupper() != ("{^" in text), in_set)
    if letter in "xuU" and digits:
        reading.compares |= int(digits, 16) >= 0x80
    elif letter in "123456789N" or text.startswith("\\g<") or not letter.isascii():
        reading.compares = True
    elif letter.isalpha() and letter not in (_FIXED_IN_SETS if in_set else _FIXED_ESCAPES):
        reading.own_data = True
    return text


def _property_name(text: str) -> str | None:
    r"""Return the class that `\p{…}` names, or None for a property that is not a general category."""
    if text[1] not in "pP" or len(text) < 3:
        return None
    *prefix, value = re.split("[:=]", re.sub(r"[\^{}_ -]", "", text[2:]).lower())
    if prefix not in ([], ["gc"], ["generalcategory"]):
        return None
    return _CLASS_NAMES.get(value)
