"""Chapter R: what no input may do to a tokenizer, nor one call to the next."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from bpe.conformance.clauses import clause
from bpe.conformance.hazards import SURROGATE_CHUNKS
from bpe.conformance.model import BYTES, Model
from bpe.conformance.model_strategies import Models, models
from bpe.conformance.protocol import Copies, Encodes, Loads
from bpe.conformance.protocol_files import Stores
from bpe.conformance.refusal import Refusal, refusal_of
from bpe.conformance.strategies import texts, with_allowed
from bpe.conformance.watch import watched

#: More than the calls that fit on the stack of most languages' interpreters, and few enough for a slow tokenizer.
DEEP: Final = 3_000

#: Long runs: of one letter, of white space, of punctuation, of pairs, of characters of many bytes, of what is refused.
RUNS: Final = tuple(
    unit * (DEEP // len(unit)) for unit in ("a", "ab", " ", "\n", "'", "a ", "\r\n", "1", "é", "😀", "<s>", "\ud800")
)

#: A vocabulary in which runs of `a` double again and again, so that a run takes nearly as many merges as it has letters.
_DOUBLING: Final = Model(
    BYTES | {256 + level: b"a" * 2 ** (level + 1) for level in range(11)},
    tuple((97 if level == 0 else 255 + level, 97 if level == 0 else 255 + level, 256 + level) for level in range(11)),
    special_tokens={"<s>": 300},
)

#: Patterns that nest or repeat beyond reason: some are expressions, some are none.
_MONSTROUS: Final = (
    "(" * 2_000 + "a" + ")" * 2_000,
    "(" * 2_000,
    "a|" * 2_000 + "[^a]",
    "[" * 500,
    "(?:" * 300 + "a" + ")*" * 300,
)


@clause("R2", st.tuples(st.sampled_from((None, "gpt2", "cl100k_base", "o200k_base")), st.sampled_from(RUNS)))
def long_runs_are_encoded_or_refused(target: Loads, pattern: str | None, text: str) -> None:
    """No input MUST end the process: there is no recursion on input, and every refusal is a typed error."""
    model = _DOUBLING.change(pattern=pattern)
    ids: list[int] = []
    # Whatever is raised and is no refusal passes on, and is the fault.
    refusal = refusal_of(lambda: ids.extend(target.encode(model, text, allowed_special="all")))
    assert (refusal is not None) == ("\ud800" in text), f"{refusal}"
    if refusal is None:
        assert target.decode_bytes(model, ids) == text.encode()


@clause("R2", st.tuples(st.sampled_from(_MONSTROUS)))
def monstrous_patterns_are_taken_or_refused(target: Loads, pattern: str) -> None:
    """No input MUST end the process: there is no recursion on input, and every refusal is a typed error."""
    refusal = refusal_of(lambda: target.encode_ordinary(_DOUBLING.change(pattern=pattern, gaps="isolate"), "ab"))
    assert refusal is None or refusal.message


class _Payload:
    """What makes a folder when it is unpickled."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (self.folder,)


def _programs(folder: str) -> tuple[bytes, ...]:
    """Return files that make a folder, for a reader that runs them."""
    call = f"__import__('os').mkdir({folder!r})".encode()
    return (
        *(pickle.dumps(_Payload(folder), protocol) for protocol in (0, 2, 5)),
        *(call, b"minbpe v1\n\n0\n" + call + b"\n", b"#version: 0.2\n" + call + b"\n", call + b" 0\n"),
        b'{"!!python/object/apply:os.mkdir": [' + call + b"]}",
        b"!!python/object/apply:os.mkdir [" + folder.encode() + b"]\n",
    )


@clause("R4", st.tuples(st.integers(0, 8)))
def files_are_not_run(target: Stores, number: int) -> None:
    """Loading MUST run no code from the file, open no network connection, and write nothing but what it was asked to."""
    for file_format in target.formats:
        with TemporaryDirectory() as folder:
            content = _programs(str(Path(folder) / "made"))[number]
            path = Path(folder) / file_format.file_name
            path.write_bytes(content)
            omitted: dict[str, Any] = {name: getattr(_DOUBLING, name) for name in file_format.omits}
            with watched() as deeds:
                refusal = refusal_of(lambda form=file_format, p=path, o=omitted: target.restore(p, form, o))  # type: ignore[misc]
            assert refusal is not None, f"{file_format.name}: a program is taken for a tokenizer"
            assert [each.name for each in Path(folder).iterdir()] == [path.name], (
                f"{file_format.name}: the file was run"
            )
            assert not deeds, f"{file_format.name}: loading did {deeds}"


@clause("R4", st.tuples(models()))
def loading_only_reads(target: Stores, model: Model) -> None:
    """Loading MUST run no code from the file, open no network connection, and write nothing but what it was asked to."""
    for file_format in target.formats:
        with TemporaryDirectory() as folder:
            path = Path(folder) / file_format.file_name
            if refusal_of(lambda form=file_format, p=path: target.save(model, p, form)) is not None:  # type: ignore[misc]
                continue
            omitted: dict[str, Any] = {name: getattr(model, name) for name in file_format.omits}
            with watched() as deeds:
                target.restore(path, file_format, omitted)
            assert not deeds, f"{file_format.name}: loading did {deeds}"


Answer = tuple[int, ...] | str


def _answer(target: Encodes, model: Model, text: str, allowed: frozenset[str] = frozenset()) -> Answer:
    """Return the ids of a text, or the refusal."""
    try:
        return tuple(target.encode(model, text, allowed_special=allowed, disallowed_special=()))
    except Refusal as refusal:
        return refusal.message


@st.composite
def _with_texts(draw: DrawFn, given: Models) -> tuple[Model, list[str]]:
    """Return a model and some texts, refused ones among them."""
    model = draw(given)
    one = texts(model) | st.sampled_from(SURROGATE_CHUNKS)
    return model, draw(st.lists(one, min_size=2, max_size=6))


@clause("R5", _with_texts)
def answers_do_not_depend_on_earlier_calls(target: Encodes, model: Model, several: list[str]) -> None:
    """A tokenizer MUST be immutable; it may be shared by threads, pickled and copied."""
    first = [_answer(target, model, text) for text in several]
    for call in (
        lambda: target.decode_bytes(model, [-1]),
        lambda: target.encode(model, "".join(model.special_tokens) or "\ud800"),
        lambda: target.encode(model, "a", allowed_special={"no such token"}),
    ):
        refusal_of(call)
    again = [_answer(target, model, text) for text in reversed(several)]
    assert list(reversed(again)) == first


@clause("R5", _with_texts)
def threads_do_not_disturb_each_other(target: Encodes, model: Model, several: list[str]) -> None:
    """A tokenizer MUST be immutable; it may be shared by threads, pickled and copied."""
    alone = [_answer(target, model, text) for text in several]
    together = _answers_together(target, model, several)
    assert together == alone


def _answers_together(target: Encodes, model: Model, several: Sequence[str]) -> list[Answer]:
    """Return the answers of threads that all begin at once."""
    start = Barrier(len(several))

    def run(text: str) -> Answer:
        start.wait()
        return _answer(target, model, text)

    with ThreadPoolExecutor(len(several)) as threads:
        return list(threads.map(run, several))


@clause("R5", with_allowed)
def copies_answer_alike(target: Copies, model: Model, text: str, allowed: frozenset[str]) -> None:
    """A tokenizer MUST be immutable; it may be shared by threads, pickled and copied."""
    original = _answer(target, model, text, allowed)
    for way in target.ways_to_copy:
        try:
            copied: Answer = tuple(target.encode_copied(model, text, way, allowed_special=allowed))
        except Refusal as refusal:
            copied = refusal.message
        assert copied == original, way
