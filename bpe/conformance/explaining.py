"""What an assertion expected and what it got: read from the failed line itself.

Properties are plain assertions, so that they read as what they say; this finds both sides of a comparison that failed.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any, Final

_PACKAGE: Final = "bpe.conformance.properties"


@dataclass(frozen=True)
class Explanation:
    """The two sides of a comparison that failed, or what the property said instead."""

    got: str | None
    expected: str | None
    message: str | None


def explain(fault: BaseException) -> Explanation:
    """Return what a failed assertion of a property says.

    The expressions of the failed line are evaluated again, which asks the target once more.
    """
    message = str(fault) or None
    frame = _property_frame(fault.__traceback__)
    if not isinstance(fault, AssertionError) or frame is None:
        return Explanation(None, None, message)
    sides = _sides_of(*frame)
    return Explanation(None, None, message) if sides is None else Explanation(*sides, message)


def _property_frame(traceback: TracebackType | None) -> tuple[FrameType, int] | None:
    """Return the innermost frame of a property, and the line that failed in it."""
    found = None
    while traceback is not None:
        if str(traceback.tb_frame.f_globals.get("__name__", "")).startswith(_PACKAGE):
            found = traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next
    return found


def _sides_of(frame: FrameType, line: int) -> tuple[str, str] | None:
    """Return both sides of the comparison on a line, evaluated and shown."""
    try:
        lines, first = inspect.getsourcelines(frame.f_code)
    except (OSError, TypeError):
        return None
    tree = ast.parse(textwrap.dedent("".join(lines)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and node.lineno <= line - first + 1 <= (node.end_lineno or node.lineno):
            test = node.test
            if ast.unparse(test) == "refusal is not None":
                return "no refusal", "a refusal"
            if isinstance(test, ast.Compare) and len(test.ops) == 1:
                return _evaluate(
                    test.left, frame
                ), f"{_WORDS[type(test.ops[0])]}{_evaluate(test.comparators[0], frame)}"
            return None
    return None


_WORDS: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "",
    ast.NotEq: "other than ",
    ast.Lt: "less than ",
    ast.LtE: "at most ",
    ast.Gt: "more than ",
    ast.GtE: "at least ",
    ast.Is: "",
    ast.IsNot: "other than ",
    ast.In: "one of ",
    ast.NotIn: "none of ",
}


def _evaluate(node: ast.expr, frame: FrameType) -> str:
    code = compile(ast.Expression(node), "<assertion>", "eval")
    try:
        # Names of a comprehension are looked up among globals, so both are given as these.
        value: Any = eval(code, {**frame.f_globals, **frame.f_locals})  # noqa: S307 - the property's own line
    except Exception as fault:  # noqa: BLE001 - the target may fail the second time
        return f"{ast.unparse(node)} ({type(fault).__name__})"
    shown = repr(value)
    return shown if len(shown) <= 500 else f"{shown[:500]}… ({len(shown)} characters)"
