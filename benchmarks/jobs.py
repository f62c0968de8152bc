"""A job: what one process measures, once."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

#: One line of results: the fields of its job, and what was measured or what went wrong.
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Job:
    """One process: a part, a tool, what it works on, and the round, so that tools take turns.

    `option` is what varies within a part (kind of output, order of bytes, hostile run), `size` a number of bytes or words, `limit` cuts texts short.
    `cores` is 1 for a process pinned to one core, 0 for all.
    """

    part: str
    tool: str
    files: str
    text: str = ""
    option: str = ""
    round: int = 0
    size: int = 0
    vocabulary_size: int = 0
    limit: int | None = None
    cores: int = 1

    def to_json(self) -> str:
        """Return the job as a JSON object."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Job:
        """Return the job of a JSON object.

        >>> Job.from_json(Job("encode", "tiktoken", "files.json").to_json())
        Job(part='encode', tool='tiktoken', files='files.json', text='', option='', round=0, size=0, vocabulary_size=0, limit=None, cores=1)
        """
        return cls(**json.loads(line))

    def record(self, **measured: Any) -> Record:
        """Return a line of results."""
        fields = {name: value for name, value in asdict(self).items() if name not in ("files", "limit", "cores")}
        return fields | measured
