"""Batches on several cores: equal to the map, and nothing of them is left behind."""

# ruff: noqa: D102 - the protocols in bpe.conformance say what each method does

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from array import array
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import bpe
from bpe.conformance.model import Model
from bpe.conformance.properties import encoding as properties
from bpe.conformance.protocol import SpecialTokens
from bpe.engine import batch_processes, batch_rows, batch_sharing, batches
from bpe.engine.batch_rows import PackedRows, RowReader, pack_rows
from bpe.engine.batch_task import Sharing, Task
from bpe.engine.encoding import PortableEncoder
from bpe.errors import DisallowedSpecialTokenError, InputTypeError, LoneSurrogateError, WorkerDiedError
from bpe.vocabulary import TokenId, Vocabulary, single_bytes
from tests.engine_target import Engine
from tests.hazards import hazards

needs_processes = pytest.mark.skipif(not batch_processes.can_start(), reason="no workers can be started here")

PROJECT = Path(__file__).parents[1]

#: Everything after the first text goes to workers, a text at a time or a few.
AT_ONCE = Sharing(head_start=0.0, part=1, share=0.0, lends_a_hand=False)
A_FEW = replace(AT_ONCE, part=100)
TOGETHER = replace(A_FEW, lends_a_hand=True)

TOKENIZER = bpe.train(["the cat sat on the mat, the end"] * 3, 280, special_tokens=["<|end|>"])


def share(
    texts: Any,
    sharing: Sharing = AT_ONCE,
    cores: int = 2,
    allowed: SpecialTokens = frozenset(),
    disallowed: SpecialTokens = "all",
) -> list[list[TokenId]]:
    task = Task(TOKENIZER.vocabulary, allowed, disallowed)
    return batches.encode_batch(task, TOKENIZER._encoder, texts, cores, sharing)


def children() -> set[int]:
    """Return the processes that this one has started and that are there, ended ones that nobody waited for included."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    running = {pid for pid, parent in pairs if parent == os.getpid()}
    return {pid for pid in running if _exists(pid)}


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:  # that was `ps` itself
        return False
    return True


@contextmanager
def nothing_left_behind() -> Iterator[None]:
    """See that no process, file descriptor or thread is there that was not there before."""
    # The first connection imports what it needs; that may open things for good.
    descriptors = Path("/proc/self/fd")
    before = children(), threading.active_count(), len(list(descriptors.iterdir())) if descriptors.is_dir() else 0
    yield
    after = children(), threading.active_count(), len(list(descriptors.iterdir())) if descriptors.is_dir() else 0
    assert after == before


# --- equal to the map ------------------------------------------------------------------------------


@needs_processes
@pytest.mark.parametrize("sharing", [A_FEW, TOGETHER], ids=["workers alone", "together"])
def test_hazards_are_encoded_by_workers_as_in_line(sharing: Sharing) -> None:
    texts = [*hazards(1, 3_000), "", "the cat" * 5_000, ""]
    with nothing_left_behind():
        assert share(texts, sharing, cores=3) == [TOKENIZER.encode(text) for text in texts]


@needs_processes
def test_special_tokens_and_repaired_surrogates_come_back_too() -> None:
    tokenizer = TOKENIZER.with_errors("replace")
    texts = ["the", "a<|end|>b", "<|end|><|end|>", "\ud800 the", ""] * 4
    task = Task(tokenizer.vocabulary, "all", "all")
    rows = batches.encode_batch(task, tokenizer._encoder, texts, 2, AT_ONCE)
    assert rows == [tokenizer.encode(text, allowed_special="all") for text in texts]


class Shared(Engine):
    """What users hold, with batches that workers encode, however small."""

    name = "shared"

    def encode_batch(
        self, model: Model, texts: Sequence[str], *, allowed_special: SpecialTokens, workers: int
    ) -> Sequence[Sequence[int]]:
        tokenizer = self.tokenizer(model)
        task = Task(tokenizer.vocabulary, frozenset(allowed_special), ())
        return batches.encode_batch(task, tokenizer._encoder, texts, max(2, workers), AT_ONCE)


@needs_processes
def test_the_property_of_batches_holds_of_workers() -> None:
    # Each case starts interpreters: few of them here, more by the day.
    examples = 4 if settings().max_examples < 1_000 else 300
    target = Shared()
    properties.a_batch_is_the_map.check(target, using=settings(max_examples=examples))
    target.close()


def test_threads_give_the_map_too() -> None:
    texts = [*hazards(2, 500), ""]
    parts = batches.cut_into_parts(texts, 100)
    task = Task(TOKENIZER.vocabulary, frozenset(), "all")
    assert batches.encode_in_threads(task, parts, 3) == [TOKENIZER.encode(text) for text in texts]


def test_without_the_interpreter_lock_threads_do_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    encode_in_threads = batches.encode_in_threads

    def note(task: Task, parts: Iterator[list[str]], cores: int) -> list[list[TokenId]]:
        asked.append(cores)
        return encode_in_threads(task, parts, cores)

    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)
    monkeypatch.setattr(batches, "encode_in_threads", note)
    assert share(["the", "cat", "sat"]) == [TOKENIZER.encode(text) for text in ("the", "cat", "sat")]
    assert asked == [2]


# --- what a batch may be ---------------------------------------------------------------------------


@needs_processes
def test_an_iterable_is_read_once_and_may_be_empty() -> None:
    assert share(iter([])) == []
    assert share(iter(["the"])) == [TOKENIZER.encode("the")]
    assert share(text for text in ("the", "", "cat")) == [TOKENIZER.encode(text) for text in ("the", "", "cat")]


def test_nothing_is_started_where_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_sharing, "share_out", None)
    assert share(["the"]) == [TOKENIZER.encode("the")]
    with pytest.raises(LookupError, match="no more texts"):
        share(fails_after(["the"]))


def test_parts_are_of_like_size_and_keep_the_order() -> None:
    texts = ["a" * size for size in (1, 9, 0, 30, 2, 2, 7, 0)]
    parts = list(batches.cut_into_parts(texts, 10))
    assert parts == [texts[:2], texts[2:4], texts[4:7], texts[7:]]


def test_one_core_encodes_in_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_share_out", None)
    assert share(["the", "cat"], cores=1) == [TOKENIZER.encode("the"), TOKENIZER.encode("cat")]
    assert TOKENIZER.encode_batch(["the", "cat"], num_threads=1) == share(["the", "cat"], cores=1)


def test_the_number_of_threads_is_a_number_of_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "available_cores", lambda: 4)
    assert [batches.cores_for(number) for number in (-1, 1, 3, 8)] == [-1, 1, 3, 4]
    with pytest.raises(InputTypeError, match="num_threads must be an integer, not None"):
        TOKENIZER.encode_batch(["the"], num_threads=None)  # type: ignore[arg-type]


@pytest.mark.parametrize("executable", ["", "/opt/host/blender", None])
def test_a_program_that_embeds_python_encodes_in_line(executable: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", executable)
    assert not batch_processes.can_start()
    monkeypatch.setattr(batch_sharing, "share_out", None)
    assert share(["the", "cat", "sat"]) == [TOKENIZER.encode(text) for text in ("the", "cat", "sat")]


@needs_processes
def test_where_no_process_can_be_started_the_batch_goes_on_in_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int) -> None:
        del descriptor
        raise OSError("no more processes")

    monkeypatch.setattr(batch_processes, "_start", refuse)
    with nothing_left_behind():
        assert share(["the", "cat", "sat"]) == [TOKENIZER.encode(text) for text in ("the", "cat", "sat")]


@needs_processes
def test_workers_that_do_not_get_ready_are_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_processes, "_PROGRAM", "pass  # {path} {descriptor}")
    with nothing_left_behind():
        assert share(["the", "cat", "sat"]) == [TOKENIZER.encode(text) for text in ("the", "cat", "sat")]


# --- rows of ids -----------------------------------------------------------------------------------


@pytest.mark.parametrize("greatest", [2**32 - 1, 2**31, batch_rows.MOST_SHARED, batch_rows.MOST_SHARED - 1, 300])
def test_ids_of_any_size_come_through(greatest: int) -> None:
    vocabulary = Vocabulary(single_bytes() | {TokenId(greatest): b"aa"})
    rows = [[], [97], [greatest, 0, 255], [], [greatest]]
    encoded = pack_rows(rows)
    assert RowReader(vocabulary).to_lists(encoded) == rows
    tokenizer = bpe.Tokenizer.from_vocabulary(vocabulary)
    arrays = [tokenizer._encoder.encode_to_array(text, frozenset(), ()) for text in ("aab", "", "aa")]
    assert RowReader(vocabulary).to_lists(pack_rows(arrays)) == [[greatest, 98], [], [greatest]]


def test_lists_share_the_integers(monkeypatch: pytest.MonkeyPatch) -> None:
    for has_kernel in {batch_rows._HAS_KERNEL, False}:
        monkeypatch.setattr(batch_rows, "_HAS_KERNEL", has_kernel)
        first, second = RowReader(TOKENIZER.vocabulary).to_lists(pack_rows([[270], [270, 270]]))
        assert {id(value) for value in first} == {id(value) for value in second}


def test_a_buffer_that_is_too_short_is_no_crash() -> None:
    with pytest.raises((IndexError, ValueError)):
        RowReader(TOKENIZER.vocabulary).to_lists(PackedRows(array("Q", [2]), b"\0\0\0\0"))[0][1]


# --- refusals --------------------------------------------------------------------------------------


@needs_processes
@pytest.mark.parametrize("sharing", [AT_ONCE, TOGETHER, A_FEW], ids=["one by one", "together", "a few"])
def test_the_first_refusal_is_raised_as_in_line(sharing: Sharing) -> None:
    texts = ["the cat"] * 40 + ["<|end|> first"] + ["the"] * 40 + ["\ud800 second", "<|end|> third"]
    with nothing_left_behind(), pytest.raises(DisallowedSpecialTokenError) as caught:
        share(texts, sharing, cores=3)
    with pytest.raises(DisallowedSpecialTokenError) as expected:
        [TOKENIZER.encode(text) for text in texts]
    assert (str(caught.value), caught.value.fields) == (str(expected.value), expected.value.fields)


@needs_processes
def test_an_earlier_refusal_wins_though_it_is_known_later() -> None:
    # A long text before it keeps one worker busy, while another meets the second refusal.
    slow = "".join(hazards(3, 60_000)) + "\ud800"
    with pytest.raises(LoneSurrogateError) as caught:
        share(["the", slow, "<|end|>"], cores=3, disallowed={"<|end|>"})
    assert caught.value.index == len(slow) - 1


@needs_processes
def test_what_is_no_text_is_refused_where_it_stands() -> None:
    for texts in (["the", "cat", 5, "<|end|>"], ["the", "cat", lambda: 0, "<|end|>"]):
        with pytest.raises(InputTypeError, match=r"int|function"):
            share(texts)
    with pytest.raises(DisallowedSpecialTokenError):
        share(["the", "cat", "<|end|>", 5])


class Text(str):
    """A class of texts that no other process knows."""

    __slots__ = ()

    def __reduce__(self) -> str:
        raise TypeError("not to be sent")


@needs_processes
def test_texts_of_a_class_of_their_own_stay_here() -> None:
    assert share(["the", Text("cat"), "sat"]) == [TOKENIZER.encode(text) for text in ("the", "cat", "sat")]


def fails_after(texts: Collection[str]) -> Iterator[str]:
    yield from texts
    raise LookupError("no more texts")


@needs_processes
def test_a_fault_of_the_iterable_comes_after_the_texts_before_it() -> None:
    for encode in (share, in_threads):
        with pytest.raises(LookupError, match="no more texts"):
            encode(fails_after(["the", "cat", "sat"]))
        with pytest.raises(DisallowedSpecialTokenError):
            encode(fails_after(["the", "cat", "<|end|>"]))


def in_threads(texts: Iterator[str]) -> list[list[TokenId]]:
    task = Task(TOKENIZER.vocabulary, frozenset(), "all")
    return batches.encode_in_threads(task, batches.cut_into_parts(texts, 1), 2)


# --- endings ---------------------------------------------------------------------------------------


@needs_processes
def test_a_worker_that_dies_with_texts_in_hand_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    give = batch_processes.Worker.give

    def give_and_kill(self: batch_processes.Worker, first: int, texts: Sequence[str]) -> None:
        os.kill(self.pid, signal.SIGSTOP)  # so that it cannot answer first
        give(self, first, texts)
        os.kill(self.pid, signal.SIGKILL)

    monkeypatch.setattr(batch_processes.Worker, "give", give_and_kill)
    with nothing_left_behind(), pytest.raises(WorkerDiedError, match="num_threads=1") as caught:
        share(["the", "cat", "sat"])
    assert caught.value.status == -signal.SIGKILL
    assert isinstance(caught.value, ChildProcessError)


INTERRUPTED = """
    import os, signal, sys, threading, time
    import bpe
    from bpe.engine import batch_sharing, batches
    from bpe.engine.batch_task import Sharing, Task

    def told(wait):
        def first_tell(workers, seconds):
            heard = wait(workers, seconds)
            if heard and all(worker.first is not None for worker in workers):
                print(*(worker.pid for worker in workers), flush=True)
            return heard
        return first_tell

    # A shell starts what runs in the background with the signal ignored, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    batch_sharing._heard = told(batch_sharing._heard)
    tokenizer = bpe.train(["hello hello"], 260)
    texts = (text for _ in range(10**9) for text in ["hello"] * 50)
    sharing = Sharing(head_start=0.0, part=5_000, share=0.0, lends_a_hand={helps})
    task = Task(tokenizer.vocabulary, frozenset(), "all")
    batches.encode_batch(task, tokenizer._encoder, texts, 3, sharing)
"""


@needs_processes
@pytest.mark.parametrize(("number", "helps"), [(signal.SIGINT, True), (signal.SIGINT, False), (signal.SIGKILL, True)])
def test_what_ends_a_batch_ends_its_workers(number: signal.Signals, helps: bool) -> None:
    """Ctrl-C is a `KeyboardInterrupt`, and a death that nobody can see coming leaves no worker either."""
    program = textwrap.dedent(INTERRUPTED).format(helps=helps)
    command = [sys.executable, "-W", "error", "-c", program]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        workers = [int(pid) for pid in process.stdout.readline().split()]
        assert len(workers) == 3 - helps
        process.send_signal(number)
        # Its output ends with the last process that holds it: the workers' ends are waited for here.
        process.stdout.read()
        errors = process.stderr.read()
        assert process.wait() == -number
    assert ("KeyboardInterrupt" in errors) == (number == signal.SIGINT)
    assert errors.count("Traceback") == (number == signal.SIGINT)
    wait_for_the_end_of(workers)


def wait_for_the_end_of(workers: Sequence[int]) -> None:
    """See that processes which are nobody's children any more have ended, or do within seconds."""
    listing = ["ps", "-o", "stat=", "-p", ",".join(map(str, workers))]
    for _ in range(100):
        states = subprocess.run(listing, capture_output=True, text=True, check=False).stdout.split()
        if all(state.startswith("Z") for state in states):
            return
        time.sleep(0.1)
    raise AssertionError(f"workers are still there: {states}")


WITHOUT_GUARD = """
    import bpe
    from bpe.engine import batch_task, batches
    from dataclasses import replace

    # Imported again by a worker, this line would begin another batch.
    tokenizer = bpe.train(["hello hello"], 260)
    task = batch_task.Task(tokenizer.vocabulary, frozenset(), "all")
    sharing = batch_task.Sharing(head_start=0.0, part=1, lends_a_hand=False)
    print(len(batches.encode_batch(task, tokenizer._encoder, ["hello"] * 100, 2, sharing)))
"""


@needs_processes
@pytest.mark.parametrize("given", ["script", "standard input"])
def test_a_program_needs_no_guard(given: str, tmp_path: Path) -> None:
    program = textwrap.dedent(WITHOUT_GUARD)
    script = tmp_path / "script.py"
    script.write_text(program, encoding="utf-8")
    command = [sys.executable, "-W", "error", str(script) if given == "script" else "-"]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    result = subprocess.run(command, input=program, capture_output=True, text=True, check=False, env=environment)
    assert (result.stdout, result.stderr) == ("100\n", "")


def test_importing_starts_nothing() -> None:
    program = "import sys, bpe; print([name for name in ('multiprocessing', 'bpe.engine.batch_processes') if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


def test_the_portable_encoder_shares_as_well() -> None:
    vocabulary = TOKENIZER.vocabulary
    task = Task(vocabulary, frozenset(), "all")
    rows = batches.encode_batch(task, PortableEncoder(vocabulary), ["the", "cat"], 2)
    assert rows == [TOKENIZER.encode("the"), TOKENIZER.encode("cat")]
