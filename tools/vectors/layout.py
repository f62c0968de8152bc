"""How a file of vectors is laid out: a note, a group and a test have lines of their own, so that changes can be read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from bpe.unicode_classes import general_category

_JSON: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def format_chapter(document: Mapping[str, Any]) -> str:
    """Return the text of a file."""
    head = [f'"{name}": {_one_line(document[name])}' for name in ("schema", "spec", "chapter", "about")]
    notes = ",\n".join(f"  {_one_line(name)}: {_one_line(note)}" for name, note in document["notes"].items())
    groups = ",\n".join(map(_format_group, document["groups"]))
    return "{\n" + ",\n".join(head) + f',\n"notes": {{\n{notes}\n}},\n"groups": [\n{groups}\n]\n}}\n'


def _format_group(group: Mapping[str, Any]) -> str:
    shared = [f'"{name}": {_one_line(group[name])}' for name in ("model", "chunks") if name in group]
    tests = ",\n".join(f"    {_one_line(test)}" for test in group["tests"])
    return "  {" + ",\n   ".join([*shared, f'"tests": [\n{tests}\n   ]']) + "}"


def _one_line(value: Any) -> str:
    return re.sub(r"[^\x20-\x7e]", lambda match: _show(match.group()), _JSON.encode(value))


def _show(character: str) -> str:
    r"""Return a character that can be seen as it is, and any other as JSON's `\uXXXX`, in two halves where need be.

    >>> _show("é"), _show("\u0301"), _show("\u200d")
    ('é', '\\u0301', '\\u200d')
    """
    if general_category(ord(character))[0] in "LNPS":
        return character
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[index]:02x}{units[index + 1]:02x}" for index in range(0, len(units), 2))
