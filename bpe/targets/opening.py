"""Targets by name: `kind:argument`, such as `tiktoken:cl100k_base` or `exec:node adapter.js`."""

from __future__ import annotations

import importlib
import shlex
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from bpe.conformance.faults import AdapterFault, UnknownTargetError
from bpe.conformance.pipe import open_pipe
from bpe.errors import BpeError
from bpe.targets.object_target import object_target, vocabulary_of

Opener = Callable[[str], Any]

#: The module and the function that open each kind of target, imported when the kind is asked for.
KINDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "bpe": ("bpe.targets.own_opening", "open_own", "our own: a named encoding, a file, or `any` for every model"),
    "tiktoken": ("bpe.targets.tiktoken_target", "open_tiktoken", "an encoding of tiktoken, or `any` for rank models"),
    "tokenizers": ("bpe.targets.tokenizers_target", "open_tokenizers", "a tokenizer.json, or the folder that has it"),
    "transformers": ("bpe.targets.transformers_target", "open_transformers", "a folder with a pretrained tokenizer"),
    "sentencepiece": ("bpe.targets.sentencepiece_target", "open_sentencepiece", "a sentencepiece model file"),
    "rustbpe": ("bpe.targets.rustbpe_target", "open_rustbpe", "`any`: what it trains, and how it encodes with it"),
    "python": ("bpe.targets.opening", "open_python", "package.module:factory, called without arguments"),
    "exec": ("bpe.targets.opening", "open_exec", "a command that speaks the adapter protocol"),
    **{
        name: ("bpe.targets.peers", f"open_{name.replace('-', '_')}", f"an encoding of {package}")
        for name, package in {
            "bpe-openai": "bpe-openai",
            "rs-bpe": "rs-bpe",
            "quicktok": "quicktok-v1",
            "gigatoken": "gigatoken",
            "iree-tokenizer": "iree-tokenizer",
            "tokie": "tokie",
            "splintr": "splintr-rs",
            "fastokens": "fastokens",
            "kitoken": "kitoken",
            "wordchipper": "wordchipper",
        }.items()
    },
}


def open_target(name: str, *, isolate: bool = False, seconds: float = 10.0) -> Any:
    """Return the target of a name; with `isolate` it runs in a process of its own, whose end is survived.

    `seconds` is the time for one answer of a process.
    Raises `UnknownTargetError` for a name that is none, `AdapterFault` for a library that is not installed, or a target that does not open.

    >>> open_target("bpe:any").name
    'bpe'
    """
    kind, argument = split_name(name)
    if kind == "exec":
        return open_exec(argument, seconds=seconds)
    if isolate:
        # Its end of the pipe is ours, and not what is on trial.
        return open_pipe([sys.executable, "-m", "bpe.targets", name], seconds=seconds, on_trial=False)
    module, function, _ = KINDS[kind]
    try:
        opener: Opener = getattr(importlib.import_module(module), function)
        return opener(argument)
    except ImportError as fault:
        raise AdapterFault(f"{name}: {fault}: install it beside this package") from fault
    except (BpeError, OSError) as fault:
        raise AdapterFault(f"{name} does not open: {fault}") from fault


def split_name(name: str) -> tuple[str, str]:
    """Return the kind and the argument of a target's name.

    >>> split_name("tiktoken:cl100k_base")
    ('tiktoken', 'cl100k_base')
    """
    kind, colon, argument = name.partition(":")
    if not colon or kind not in KINDS:
        raise UnknownTargetError(f"{name!r} is no target: give kind:argument, with a kind of {', '.join(KINDS)}")
    if not argument:
        raise UnknownTargetError(f"{name!r} lacks what comes behind the colon: {KINDS[kind][2]}")
    return kind, argument


def open_python(argument: str) -> Any:
    """Return the target for the object that a factory gives; it may be a target itself."""
    module_name, _, attribute = argument.partition(":")
    sys.path.insert(0, str(Path.cwd()))  # as `python -m` has it: the user's own module is beside them
    try:
        module = importlib.import_module(module_name)
        factory = getattr(module, attribute or "tokenizer")
    except (ImportError, AttributeError) as fault:
        raise AdapterFault(f"python:{argument}: {fault}") from fault
    finally:
        sys.path.pop(0)
    made = factory() if callable(factory) else factory
    return made if hasattr(made, "models") else object_target(made, f"python:{argument}", vocabulary_of(made))


def open_exec(argument: str, *, seconds: float = 10.0) -> Any:
    """Return the target for a command line."""
    command = shlex.split(argument)
    if not command:
        raise UnknownTargetError("exec: lacks a command")
    return open_pipe(command, seconds=seconds)
