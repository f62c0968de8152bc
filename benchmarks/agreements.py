"""What the part `agreement` found: which tools give the ids of tiktoken, on which text, and which calls they have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.jobs import Record


@dataclass(frozen=True, slots=True)
class Agreement:
    """One tool's ids beside tiktoken's: `texts` has None where they are the same, else why the tool is not timed there.

    `pieces` are texts that it refuses whole, while short pieces of them have the same ids; `digests` and `tokens`, how many, are of the second halves.
    """

    texts: dict[str, str | None] = field(default_factory=dict)
    hazards: dict[str, str | None] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)
    pieces: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
    problem: str | None = None

    def agrees_on(self, text: str) -> bool:
        """Tell whether this tool may be timed on a text."""
        return self.problem is None and text in self.texts and self.texts[text] is None

    def refuses(self, text: str) -> bool:
        """Tell whether this tool refuses the whole text, but gives the same ids on short pieces of it."""
        return self.problem is None and text in self.pieces

    @property
    def usable(self) -> bool:
        """Whether there is anything to time this tool on."""
        return any(self.agrees_on(text) or self.refuses(text) for text in self.texts)

    @property
    def failed_hazards(self) -> dict[str, str]:
        """The hazards on which this tool differs, and where."""
        return {name: found for name, found in self.hazards.items() if found is not None}


def read_agreements(records: Iterable[Record]) -> dict[str, Agreement]:
    """Return the agreement of each tool.

    >>> line = {"tool": "other", "text": "English", "option": "", "same": False, "place": {"byte": 7, "text": " wor"}}
    >>> read_agreements([line])["other"].texts
    {'English': "ids differ at byte 7, ' wor'"}
    """
    by_tool: dict[str, list[Record]] = {}
    for record in records:
        by_tool.setdefault(record["tool"], []).append(record)
    return {tool: _agreement(lines) for tool, lines in by_tool.items()}


def _agreement(records: list[Record]) -> Agreement:
    compared = [record for record in records if "same" in record]
    return Agreement(
        texts={record["text"]: _verdict(record) for record in compared if record["text"]},
        hazards={record["option"]: _verdict(record) for record in compared if record["option"]},
        digests={record["text"]: record["digest"] for record in compared if record["text"] and record["same"]},
        tokens={record["text"]: record["tokens"] for record in compared if record["text"] and record["same"]},
        pieces=frozenset(record["text"] for record in compared if record.get("pieces")),
        calls=frozenset(call for record in records for call in record.get("calls", ())),
        problem=next((record["error"] for record in records if "error" in record), None),
    )


def _verdict(record: Record) -> str | None:
    if record["same"]:
        return None
    if "refused" in record:
        return f"refuses ({record['refused']})"
    place = record["place"]
    return f"ids differ at byte {place['byte']:,}, {place['text']!r}"


def check_digest(record: Record, agreement: Agreement) -> Record:
    """Return the line, or one that says that the ids of the very call that was timed are not those that were compared."""
    if record.get("phase") != "warm" or not agreement.agrees_on(record["text"]):
        return record
    text = record["text"]
    if (
        record.get("digest", agreement.digests[text]) == agreement.digests[text]
        and record["tokens"] == agreement.tokens[text]
    ):
        return record
    kept = {name: record[name] for name in ("part", "tool", "text", "option", "round")}
    return kept | {"error": "ids differ from tiktoken's in the call that was timed"}
