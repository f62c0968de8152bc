"""What a worker process of a batch runs: it is given a task, then shares of the texts, and answers each with arrays of ids.

Every message to the other side means that this one is idle, and nothing is sent to it before: so no two sides ever wait for each other to read.
It ends when the other side hangs up, however that came about.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection

from bpe.engine.batch_rows import PackedRows, pack_rows
from bpe.engine.batch_task import Task
from bpe.engine.encoder import Encoder, make_encoder


def work(descriptor: int) -> None:
    """Serve the batch at the other end of a connection until it hangs up."""
    with Connection(descriptor) as connection, suppress(EOFError, ConnectionError):
        connection.send(None)  # started
        task = connection.recv()
        encoder = make_encoder(task.vocabulary)
        connection.send(None)  # ready
        while True:
            connection.send(encode_share(encoder, task, connection.recv()))


def encode_share(encoder: Encoder, task: Task, texts: Sequence[str]) -> PackedRows | Exception:
    """Return the ids of some texts, or the refusal of the first that is refused.

    >>> from bpe.vocabulary import Vocabulary, single_bytes
    >>> task = Task(Vocabulary(single_bytes()), frozenset(), ())
    >>> encode_share(make_encoder(task.vocabulary), task, ["a", "bc"]).lengths
    array('Q', [1, 2])
    """
    _, allowed, disallowed = task
    try:
        return pack_rows([encoder.encode_to_array(text, allowed, disallowed) for text in texts])
    except Exception as fault:  # noqa: BLE001 - raised in the process that asked
        return fault
