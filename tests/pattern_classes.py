"""The classes of characters that a named pattern can tell apart, derived from the pattern.

A pattern looks at characters through its *atoms* alone: classes, sets, and letters.
Two characters that the same atoms match are one class: no text is cut otherwise when one takes the place of the other.
Two classes can also be exchanged where exchanging the letters leaves the pattern as it is, as `'t` and `'d` do.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

import regex

from bpe.patterns import NAMED_PATTERNS
from bpe.reference.pre_split import write_out

_ATOM = re.compile(r"\[(?:\\.|[^\]\\])*\]|\\p\{\w+\}|\\[sSrn]|\(\?i:|\(\?[:!]|\{[\d,]+\}|[()|?+*$]|.", re.DOTALL)
_SYNTAX = re.compile(r"\(\?[:!]|\{[\d,]+\}|[()|?+*$]")

#: Every scalar value, in order.
SCALARS = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)


def atoms_of(source: str) -> set[str]:
    r"""Return what a pattern looks at characters through, each as an expression of its own.

    >>> sorted(atoms_of(r"(?i:'s)|\p{N}{1,3}| ?[^\s!]+"))
    [' ', "(?i:')", '(?i:s)', '[^\\s!]', '\\p{N}']
    """
    atoms: set[str] = set()
    depth, ignoring = 0, None
    for part in _ATOM.findall(source):
        if part == "(?i:":
            ignoring = depth
        depth += part.startswith("(") - (part == ")")
        if part == ")" and ignoring == depth:
            ignoring = None
        if part != "(?i:" and not _SYNTAX.fullmatch(part):
            atoms.add(part if ignoring is None else f"(?i:{part})")
    return atoms


@dataclass(frozen=True)
class Classes:
    """The stretches of scalar values that the same atoms match, and these atoms; equal atoms mean one class."""

    starts: tuple[int, ...]
    atoms: tuple[frozenset[str], ...]

    def of(self, character: str) -> frozenset[str]:
        """Return the class of a character: the atoms that match it."""
        code = ord(character)
        return self.atoms[bisect_right(self.starts, code - 0x800 * (code >= 0xE000)) - 1]

    def members(self, wanted: frozenset[str]) -> str:
        """Return a character of each stretch of a class."""
        return "".join(SCALARS[start] for start, atoms in zip(self.starts, self.atoms, strict=True) if atoms == wanted)

    @property
    def distinct(self) -> frozenset[frozenset[str]]:
        """All classes."""
        return frozenset(self.atoms)


@cache
def classes_of(name: str) -> Classes:
    """Return the classes of characters that a named pattern can tell apart."""
    edges: dict[int, list[tuple[str, bool]]] = defaultdict(list, {0: []})
    for atom in atoms_of(NAMED_PATTERNS[name]):
        for run in regex.finditer(f"(?:{write_out(atom)})+", SCALARS):
            edges[run.start()].append((atom, True))
            edges[run.end()].append((atom, False))
    edges.pop(len(SCALARS), None)
    matching: set[str] = set()
    stretches: list[frozenset[str]] = []
    for start in sorted(edges):
        for atom, begins in edges[start]:
            (matching.add if begins else matching.discard)(atom)
        stretches.append(frozenset(matching))
    return Classes(tuple(sorted(edges)), tuple(stretches))


def exchangeable(name: str) -> list[set[str]]:
    """Return the letters of a pattern in groups that can take each other's place without changing it."""
    source = NAMED_PATTERNS[name]
    groups: list[set[str]] = []
    for letter in sorted(set("sdmtlver")):
        for group in groups:
            if all(_normal(_exchange(source, letter, other)) == _normal(source) for other in group):
                group.add(letter)
                break
        else:
            groups.append({letter})
    return groups


def _exchange(source: str, one: str, other: str) -> str:
    # Letters behind a backslash, or inside \p{…} and (?i:, are no letters of texts.
    parts = re.split(r"(\\p\{\w+\}|\\.|\(\?i:)", source)
    table = str.maketrans(one + other, other + one)
    return "".join(part if index % 2 else part.translate(table) for index, part in enumerate(parts))


def _normal(source: str) -> list[str]:
    """Return the alternatives of a pattern in an order that does not depend on that of letters."""
    ordered = re.sub(r"\[([a-z]+)\]", lambda found: f"[{''.join(sorted(found[1]))}]", source)
    ordered = re.sub(r"\((\?i:|\?:)([^()]*)\)", lambda found: f"({found[1]}{_sorted(found[2])})", ordered)
    return sorted(re.split(r"\|(?![^(]*\))", ordered))


def _sorted(alternatives: str) -> str:
    return "|".join(sorted(alternatives.split("|")))


def unrepresented(name: str, alphabet: tuple[str, ...]) -> list[str]:
    """Return members of the classes of which an alphabet holds none, nor one of a class that could stand for it."""
    classes = classes_of(name)
    held = {classes.of(character) for character in alphabet}
    groups = {letter: group for group in exchangeable(name) for letter in group}
    missing = []
    for each in classes.distinct - held:
        members = classes.members(each)
        others = {other for letter in members if letter.lower() in groups for other in _alike(letter, groups)}
        if not any(classes.of(other) in held for other in others):
            missing.append(members[:5])
    return missing


def _alike(letter: str, groups: dict[str, set[str]]) -> set[str]:
    """Return the letters that can stand for one, in its case."""
    others = groups[letter.lower()]
    return {other.upper() for other in others} if letter.isupper() else others
