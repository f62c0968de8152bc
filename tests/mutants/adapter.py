"""Chapter A, broken."""

# ruff: noqa: D102 - the protocols in bpe.conformance say what each method does

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from bpe.conformance.serving import exchange
from tests.mutants.listing import breaks
from tests.staged import Staged

Json = dict[str, Any]


def _changed(lines: Sequence[str], change: Callable[[Json], Json]) -> list[str]:
    return [json.dumps(change(json.loads(line))) for line in lines]


@breaks("replies_come_one_by_one_in_order")
class AnswersTheLastFirst(Staged):
    """Works on several requests at once, and answers when it is done with them all."""

    def exchange(self, lines: Sequence[str]) -> Sequence[str]:
        hello, *replies = exchange(self, lines)
        return [hello, *reversed(replies)]


@breaks("replies_come_one_by_one_in_order")
class CountsByItself(Staged):
    """Numbers its replies instead of giving back the number of the request."""

    def exchange(self, lines: Sequence[str]) -> Sequence[str]:
        return [json.dumps(json.loads(line) | {"seq": n}) for n, line in enumerate(exchange(self, lines))]


@breaks("what_it_cannot_do_is_unsupported")
class FailsAtWhatItDoesNotKnow(Staged):
    """Answers a command that it does not know as a failure."""

    def exchange(self, lines: Sequence[str]) -> Sequence[str]:
        return [line.replace('"unsupported": {"reason"', '"errored": {"message"') for line in exchange(self, lines)]


@breaks("refusals_are_no_failures")
class FailsWhereItRefuses(Staged):
    """Answers every exception as a failure."""

    def exchange(self, lines: Sequence[str]) -> Sequence[str]:
        def change(reply: Json) -> Json:
            refused = reply.pop("rejected", None)
            return reply if refused is None else {**reply, "errored": {"message": refused["message"]}}

        return _changed(exchange(self, lines), change)


@breaks("answers_are_about_the_model_that_was_loaded")
class KeepsTheFirstModel(Staged):
    """Takes on a vocabulary once, and says yes to all others."""

    def exchange(self, lines: Sequence[str]) -> Sequence[str]:
        loads = [line for line in lines if json.loads(line)["cmd"] == "load"]
        return exchange(self, [loads[0] if line in loads else line for line in lines])


@breaks("values_have_their_form")
class WritesCapitals(Staged):
    """Writes bytes in capital hexadecimal digits."""

    def exchange(self, lines: Sequence[str]) -> Sequence[str]:
        def change(reply: Json) -> Json:
            return {**reply, "bytes": reply["bytes"].upper()} if "bytes" in reply else reply

        return _changed(exchange(self, lines), change)


@breaks("values_have_their_form")
class WritesFractions(Staged):
    """Writes ids as a language does in which all numbers have fractions."""

    def exchange(self, lines: Sequence[str]) -> Sequence[str]:
        def change(reply: Json) -> Json:
            return {**reply, "ids": list(map(float, reply["ids"]))} if "ids" in reply else reply

        return _changed(exchange(self, lines), change)
