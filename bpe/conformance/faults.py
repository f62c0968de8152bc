"""What a target can do instead of answering or refusing."""

from __future__ import annotations

from typing import Literal

FaultKind = Literal["errored", "crashed", "timed out"]


class TargetFault(Exception):  # noqa: N818 - the fault is the target's
    """A call that ended in no answer and no refusal: the target failed.

    >>> TargetFault("crashed", "exit status 134").kind
    'crashed'
    """

    def __init__(self, kind: FaultKind, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind: FaultKind = kind
        self.message = message


class Unsupported(Exception):  # noqa: N818 - neither the target's fault nor the caller's
    """Raised by a target that cannot do what it was asked, and says why: a kind of model, an operation, an argument."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AdapterFault(Exception):  # noqa: N818 - the fault is the adapter's
    """The adapter, not the tokenizer behind it, is at fault: it does not start, or does not speak the protocol."""


class UnknownTargetError(AdapterFault):
    """Raised for a name that is no target's: the kind is not known, or what comes behind the colon is missing."""


def describe_exception(error: BaseException) -> str:
    """Return the type and the message of what a target raised, which may have no message to give.

    >>> describe_exception(IndexError("out of range"))
    'IndexError: out of range'
    """
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 - the target's own code makes the message
        return type(error).__name__
