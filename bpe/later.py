"""Names of a package that are imported when they are first asked for: most programs need few of them, and start sooner."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def import_later(package: str, modules: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a package some of whose names come from the given modules.

    >>> find, listed = import_later("bpe", {"Merge": "bpe.vocabulary"})
    >>> find("Merge").__name__, "Merge" in listed()
    ('Merge', True)
    """
    namespace = sys.modules[package].__dict__

    def find(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        namespace[name] = value = getattr(import_module(modules[name]), name)
        return value

    return find, lambda: sorted({*namespace, *modules})
