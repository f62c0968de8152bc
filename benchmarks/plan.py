"""Which processes each part runs, in which order.

In every round each tool has its turn, so that whatever slows the machine for a while slows all of them; the order shifts from round to round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from benchmarks.agreements import Agreement
from benchmarks.jobs import Job
from benchmarks.measures import train
from benchmarks.peers import BASE, OURS, TOOLS
from benchmarks.texts import RUNS, read_texts

#: What each kind of output needs a call for; the base is measured with each, if need be by the length of a list.
OUTPUT_CALLS: Final = {"list": None, "array": "to_array", "count": "count"}

Item = TypeVar("Item")
Agreements = Mapping[str, Agreement]


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: rounds by part, texts cut to `limit` characters, sizes, and the seconds that a process may take.

    `training` is pairs of a corpus's bytes and a vocabulary's size; `kinds` is how many kinds of text other parts than `encode` use.
    """

    rounds: Mapping[str, int]
    limit: int | None
    training: Sequence[tuple[int, int]]
    longest_run: int
    words: int
    tools: Sequence[str] = tuple(TOOLS)
    outputs: Sequence[str] = tuple(OUTPUT_CALLS)
    kinds: int | None = None
    runs: Sequence[str] = tuple(RUNS)
    limits: Mapping[str, float] = field(default_factory=lambda: {"growth": 30.0, "train": 600.0, "leak": 300.0})

    def seconds_for(self, part: str) -> float:
        """Return how long a process of this part may take."""
        return self.limits.get(part, 180.0)


FULL: Final = Extent(
    rounds={"encode": 7, "short": 9, "batch": 3, "decode": 7, "load": 5, "train": 7, "growth": 1, "leak": 1},
    limit=None,
    training=((1_000_000, 8_256), (4_000_000, 8_256), (12_000_000, 8_256), (12_000_000, 1_256), (12_000_000, 32_256)),
    longest_run=10_000_000,
    words=1_000_000,
)
#: Two minutes: to see that everything works, and which way it goes.
QUICK: Final = Extent(
    rounds={"encode": 2, "short": 2, "batch": 2, "decode": 2, "load": 2, "train": 2, "growth": 1, "leak": 1},
    kinds=1,
    runs=("a", "random letters"),
    limit=200_000,
    training=((200_000, 1_256),),
    longest_run=100_000,
    words=20_000,
    tools=(OURS, BASE, "fastokens", "rustbpe"),
    outputs=("list", "array"),
    limits={"growth": 5.0},
)


@dataclass(frozen=True, slots=True)
class Plan:
    """The jobs of each part for one vocabulary."""

    files: str
    encoding: str
    extent: Extent
    agreements: Agreements = field(default_factory=dict)

    def jobs(self, part: str) -> Iterator[Job]:
        """Yield the jobs of a part in the order in which they run."""
        yield from {
            "agreement": self._agreement,
            "encode": self._encode,
            "short": self._short,
            "batch": self._batch,
            "decode": self._decode,
            "load": self._load,
            "train": self._train,
            "growth": self._growth,
            "leak": self._leak,
        }[part]()

    def _agreement(self) -> Iterator[Job]:
        for tool in self.extent.tools:
            if TOOLS[tool].version is not None and self.encoding in TOOLS[tool].encodings:
                yield Job("agreement", tool, self.files, limit=self.extent.limit)

    def _encode(self) -> Iterator[Job]:
        outputs = {name: call for name, call in OUTPUT_CALLS.items() if name in self.extent.outputs}
        yield from self._timed("encode", outputs)

    def _short(self) -> Iterator[Job]:
        yield from self._timed("short", {"": None}, long=False)

    def _batch(self) -> Iterator[Job]:
        yield from self._timed("batch", {"": None}, long=False, cores=0)

    def _decode(self) -> Iterator[Job]:
        yield from self._timed("decode", {"": None})

    def _load(self) -> Iterator[Job]:
        text = next(iter(read_texts()))
        for number, tools in self._rounds("load"):
            for tool in tools:
                yield Job("load", tool, self.files, text=text, round=number, limit=self.extent.limit)

    def _train(self) -> Iterator[Job]:
        named = [each for each in train.CONTENDERS if each[0] in self.extent.tools]
        installed = [each for each in named if TOOLS[each[0]].version is not None]
        for number in range(self.extent.rounds["train"]):
            for size, vocabulary_size in self.extent.training:
                for tool, order in rotated(installed, number):
                    yield Job("train", tool, self.files, "", order, number, size, vocabulary_size)

    def _growth(self) -> Iterator[Job]:
        for number, tools in self._rounds("growth"):
            for run in self.extent.runs:
                for tool in tools:
                    yield Job("growth", tool, self.files, option=run, round=number, size=self.extent.longest_run)

    def _leak(self) -> Iterator[Job]:
        for number, tools in self._rounds("leak"):
            for tool in tools:
                yield Job("leak", tool, self.files, round=number, size=self.extent.words)

    def _timed(
        self, part: str, options: Mapping[str, str | None], *, long: bool = True, cores: int = 1
    ) -> Iterator[Job]:
        for number, tools in self._rounds(part):
            for text in list(read_texts())[: None if part == "encode" else self.extent.kinds]:
                for option, call in options.items():
                    for tool in tools:
                        if self._may_time(tool, text, long=long) and self._has(tool, call):
                            yield Job(
                                part, tool, self.files, text, option, number, limit=self.extent.limit, cores=cores
                            )

    def _rounds(self, part: str) -> Iterator[tuple[int, Sequence[str]]]:
        usable = [tool for tool in self.extent.tools if tool in self.agreements and self.agreements[tool].usable]
        for number in range(self.extent.rounds[part]):
            yield number, rotated(usable, number)

    def _may_time(self, tool: str, text: str, *, long: bool) -> bool:
        agreement = self.agreements[tool]
        return agreement.agrees_on(text) or (not long and agreement.refuses(text))

    def _has(self, tool: str, call: str | None) -> bool:
        return call is None or tool == BASE or call in self.agreements[tool].calls


def rotated(items: Sequence[Item], by: int) -> Sequence[Item]:
    """Return the items, beginning further on.

    >>> rotated("abc", 4)
    ['b', 'c', 'a']
    """
    at = by % len(items) if items else 0
    return [*items[at:], *items[:at]]


def choose(tools: Iterable[str]) -> tuple[str, ...]:
    """Return the named tools, in the order of the registry, with ours and the base.

    Raises `ValueError` for a name that is no tool's.
    """
    asked = set(tools)
    unknown = sorted(asked - set(TOOLS))
    if unknown:
        raise ValueError(f"no tool is called {unknown[0]!r}: they are {', '.join(TOOLS)}")
    return tuple(name for name in TOOLS if name in asked | {OURS, BASE})
