"""Progress bars: on standard error, and only where that is a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from bpe.cli.sources import Texts
from bpe.training import TrainingProgress

if TYPE_CHECKING:
    from rich.progress import Progress

_SECONDS_BETWEEN_UPDATES: Final = 0.1


@contextmanager
def training_bars(texts: Texts) -> Iterator[Callable[[TrainingProgress], None] | None]:
    """Show how far reading and merging are, and give what tells of it; `None` where nobody watches."""
    if not _is_watched():
        yield None
        return
    with _new_bars() as bars:
        reading = bars.add_task("Reading", total=texts.total_bytes())
        merging = bars.add_task("Merging", total=None, visible=False)

        def show(state: TrainingProgress) -> None:
            if state.phase == "count":
                bars.update(reading, completed=texts.bytes_read())
            else:
                bars.update(reading, total=texts.bytes_read(), completed=texts.bytes_read())
                bars.update(merging, total=state.total, completed=state.done, visible=True)

        yield _seldom(show)


@contextmanager
def download_bar(name: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show how much of a file has arrived, and give what tells of it; `None` where nobody watches."""
    if not _is_watched():
        yield None
        return
    with _new_bars() as bars:
        task = bars.add_task(name, total=None)
        yield lambda received, total: bars.update(task, completed=received, total=total)


def _is_watched() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _new_bars() -> Progress:
    # Imported here because it takes longer than all else, and pipes never need it.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    return Progress(console=Console(stderr=True), transient=True)


def _seldom(show: Callable[[TrainingProgress], None]) -> Callable[[TrainingProgress], None]:
    """Return a function that passes on what it is told, but not more often than anyone can see."""
    shown_at = 0.0

    def show_sometimes(state: TrainingProgress) -> None:
        nonlocal shown_at
        now = time.monotonic()
        if now - shown_at >= _SECONDS_BETWEEN_UPDATES:
            shown_at = now
            show(state)

    return show_sometimes
