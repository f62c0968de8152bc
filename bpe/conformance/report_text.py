"""A report for people: what was asked, what came back, what was expected."""

from __future__ import annotations

import unicodedata
from typing import Any

from bpe.conformance.attempts import Verdict
from bpe.conformance.report import replay_command
from bpe.conformance.vector_json import read_text

#: How many calls of a counterexample are shown: the last ones are those that matter.
SHOWN_CALLS = 6


def describe_case(target: str, verdict: Verdict) -> list[str]:
    """Return the lines that show a counterexample: input, calls, got and expected, and how to try it again."""
    found = verdict.counterexample
    lines = [f"{verdict.name}: {verdict.state}" + (f": {_flat(verdict.reason)}" if verdict.reason else "")]
    if found is None:
        return lines
    lines += [
        f"  input     {_label(name, value)}{describe_value(value)}"
        for name, value in zip(found.names, found.case, strict=True)
    ]
    if len(found.calls) > SHOWN_CALLS:
        lines.append(f"  call      … {len(found.calls) - SHOWN_CALLS} calls before …")
    lines += [f"  call      {_visible(str(call))}" for call in found.calls[-SHOWN_CALLS:]]
    explanation = found.explanation
    if explanation.got is not None:
        lines += [f"  got       {_visible(explanation.got)}", f"  expected  {_visible(str(explanation.expected))}"]
    if explanation.message:
        lines.append(f"  because   {_visible(explanation.message)}")
    if found.attributed is not None:
        clause, why = found.attributed
        lines.append(f"  stage     {clause}: {why}")
    if found.cut_short:
        lines.append("  size      there was no time to make the input as small as it can be")
    return [*lines, f"  again     {replay_command(target, verdict)}"]


def describe_value(value: Any) -> str:  # noqa: PLR0911 - one line for each kind of value
    r"""Return a value of a case in a notation that leaves nothing open: invisible characters are written out.

    >>> describe_value({"text": "a\u200b "}), describe_value({"set": [{"text": "<s>"}]}), describe_value({"model": "own"})
    ("'a\\u200b '", "{'<s>'}", "the target's own vocabulary")
    """
    if isinstance(value, list):
        return f"[{', '.join(map(describe_value, value))}]"
    if not isinstance(value, dict):
        return repr(value)
    ((kind, content),) = value.items()
    if kind == "text":
        return ascii_visible(read_text(content))
    if kind == "bytes":
        return f"bytes {content}"
    if kind in ("set", "tuple"):
        return f"{{{', '.join(map(describe_value, content))}}}"
    if kind == "model":
        return "the target's own vocabulary" if content == "own" else f"model {content}"
    return f"{kind} {content}"


def ascii_visible(text: str) -> str:
    r"""Return a text as Python writes it, with all but letters, digits and usual signs written as escapes.

    >>> ascii_visible("é\u0301😀\n")
    "'é\\u0301😀\\n'"
    """
    return _visible(repr(text))


def _label(name: str, value: Any) -> str:
    """Return what a value is, where its kind does not say so already."""
    return "" if isinstance(value, dict) and "model" in value else f"{name.replace('_', ' ')} "


def _visible(line: str) -> str:
    return "".join(c if c.isprintable() and not _combines(c) else ascii(c)[1:-1] for c in _flat(line))


def _combines(character: str) -> bool:
    """Tell whether a character may be seen as part of another, or for another."""
    if unicodedata.normalize("NFC", character) != character:
        return True
    # How a terminal shows a character is a matter of the version that is installed.
    category = unicodedata.category(character)
    return category[0] in "MC" or (category in ("Zs", "Lm") and character != " ")


def _flat(text: str) -> str:
    return " ".join(text.split("\n"))
