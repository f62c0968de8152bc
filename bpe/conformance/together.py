"""Many calls of one tokenizer that all begin at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from bpe.conformance.refusal import Refusal


def encode_in_threads(encode: Callable[[str], Sequence[int]], texts: Sequence[str]) -> list[Sequence[int] | None]:
    """Return what a function gives for each text, called in a thread for each; `None` where it refuses.

    >>> encode_in_threads(lambda text: list(text.encode()), ["a", "bc"])
    [[97], [98, 99]]
    """
    start = Barrier(len(texts))

    def run(text: str) -> Sequence[int] | None:
        start.wait()
        try:
            return encode(text)
        except Refusal:
            return None

    with ThreadPoolExecutor(len(texts)) as threads:
        return list(threads.map(run, texts))
