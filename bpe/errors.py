"""One tree of errors: every refusal names the clause, the input and the remedy.

`BpeError` is a `ValueError`.
Where tiktoken raises something else for the same fault, ours inherits from that too, so that an existing `except KeyError` or `except UnicodeEncodeError` still works.
Every error survives pickling with all its fields, so that it can cross a process boundary.
"""

from __future__ import annotations

from typing import Any, ClassVar


class BpeError(ValueError):
    """The root of every refusal; `clauses` names the rules of the specification that it enforces.

    Fields given by keyword become attributes.

    >>> error = BpeError("no such thing: 'x'", thing="x")
    >>> str(error), error.thing
    ("no such thing: 'x'", 'x')
    """

    clauses: ClassVar[tuple[str, ...]] = ()

    def __init__(self, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields

    def __getattr__(self, name: str) -> Any:
        # Only reached for names that are not ordinary attributes: the fields of this error.
        fields = self.__dict__.get("fields", {})
        if name in fields:
            return fields[name]
        raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")

    def __str__(self) -> str:
        # KeyError would show the repr of its argument, UnicodeError its own wording.
        clauses = f" [{', '.join(self.clauses)}]" if self.clauses else ""
        return self.message + clauses

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message, self.fields)


def _rebuild(kind: type[BpeError], message: str, fields: dict[str, Any]) -> BpeError:
    return kind(message, **fields)


def shown(value: object) -> str:
    """Return a value as messages show it: its repr, or how long a number is that the interpreter refuses to write out.

    >>> shown(-3), shown("a"), shown(1 << 20000)
    ('-3', "'a'", 'an integer of about 6021 digits')
    """
    try:
        return repr(value)
    except ValueError:
        if isinstance(value, int):
            return f"an integer of about {round(value.bit_length() * 0.30103)} digits"
        return f"a {type(value).__name__} of integers too long to show"


class InputTypeError(BpeError, TypeError):
    """Raised when an argument is of the wrong type, for example bytes where text is wanted."""


class MissingExtraError(BpeError, ImportError):
    """Raised when a package is not installed that only an extra of this one brings: `extra`."""


class InvalidSettingError(BpeError):
    """Raised when an environment variable has a value that means nothing: `variable`, `value`."""


class KernelsError(BpeError, ImportError):
    """Raised when the compiled kernels do not load, or are demanded and not compiled: `reason`."""


class WorkerDiedError(BpeError, ChildProcessError):
    """Raised when a worker process of a batch has died with texts in hand: `pid`, and `status`, negative for a signal."""

    clauses = ("E6",)


# --- bytes and text (chapter B) ------------------------------------------------------------------


class LoneSurrogateError(BpeError, UnicodeEncodeError):
    """Raised when text holds a surrogate; `index` is its position, in characters.

    Also a `UnicodeEncodeError`, which is what `str.encode` and parts of tiktoken raise.
    """

    clauses = ("B4",)

    def __init__(self, message: str, *, text: str, index: int) -> None:
        UnicodeEncodeError.__init__(self, "utf-8", text, index, index + 1, "surrogate")
        self.message = message
        self.fields = {"text": text, "index": index}


class InvalidUtf8Error(BpeError, UnicodeDecodeError):
    """Raised by strict decoding when bytes are not UTF-8; `offset` is the first byte at fault."""

    clauses = ("B5",)

    def __init__(self, message: str, *, data: bytes, offset: int, stop: int, cause: str) -> None:
        UnicodeDecodeError.__init__(self, "utf-8", data, offset, stop, cause)
        self.message = message
        self.fields = {"data": data, "offset": offset, "stop": stop, "cause": cause}


# --- special tokens (chapter S) ------------------------------------------------------------------


class DisallowedSpecialTokenError(BpeError):
    """Raised when text holds a special token that is neither allowed nor exempted: `token`, `index`."""

    clauses = ("S3",)


class UnknownSpecialTokenError(BpeError, KeyError):
    """Raised when a special token is named that the tokenizer does not have: `token`."""

    clauses = ("S9",)


class SpecialTokenConflictError(BpeError):
    """Raised when special tokens contradict each other or the vocabulary: `token`."""

    clauses = ("S8",)


# --- pre-split (chapter P) -----------------------------------------------------------------------


class InvalidPatternError(BpeError):
    """Raised when a pattern is neither a known name nor a regular expression that compiles: `pattern`."""

    clauses = ("P1",)


class PatternGapError(BpeError):
    """Raised when a pattern leaves text uncovered: `pattern`, and `start` and `stop` in characters."""

    clauses = ("P2",)


class PatternTimeoutError(BpeError, TimeoutError):
    """Raised when a custom pattern exceeds its time limit: `pattern`, `limit` in seconds."""

    clauses = ("P8",)


# --- ids (chapters D and V) ----------------------------------------------------------------------


class UnknownTokenError(BpeError, KeyError):
    """Raised when an id or a token is not in the vocabulary: `token`, and `position` in the ids."""

    clauses = ("D2",)


class TokenIdRangeError(UnknownTokenError, OverflowError):
    """Raised when an id is negative or does not fit 32 bits: `token`, `position`."""


class TokenIdTypeError(InputTypeError):
    """Raised when an id is not an integer: `token`, `position`."""

    clauses = ("D2",)


class InvalidVocabularyError(BpeError):
    """Raised when a vocabulary is not well formed."""

    clauses: ClassVar[tuple[str, ...]] = ("V1", "V2", "V4")


class VocabularySizeError(InvalidVocabularyError, AssertionError):
    """Raised when `explicit_n_vocab` is not the size that the vocabulary has."""

    clauses = ("V3",)


class EmptyTokenWarning(UserWarning):
    """Given when a token without bytes is left out of a vocabulary (clause V2)."""


# --- training (chapter T) ------------------------------------------------------------------------


class TrainingError(BpeError):
    """Raised when training is asked for something impossible, such as fewer than 256 tokens."""

    clauses = ("T5", "T6")


# --- files and named encodings (chapter F) -------------------------------------------------------


class FileFormatError(BpeError):
    """Raised when a file is malformed: `path`, `line` or `byte` (0-based offset), and the reason."""

    clauses = ("F2",)


class MissingInformationError(BpeError):
    """Raised when a format leaves out what the caller did not give either: `path`, `missing`."""

    clauses = ("F1",)


class CannotExpressError(BpeError):
    """Raised when a format cannot hold this tokenizer; the message says what would be lost."""

    clauses = ("F1",)


class UnknownEncodingError(BpeError, KeyError):
    """Raised when no encoding or model has this name: `name`."""

    clauses = ("F5",)


class EncodingUnavailableError(BpeError, FileNotFoundError):
    """Raised when the file of a named encoding is nowhere to be found: `name`, `searched`."""

    clauses = ("F5", "R4")


class ChecksumError(BpeError):
    """Raised when a file is not the one that was pinned: `path`, `expected`, `found` (sha256)."""

    clauses = ("F5",)


class FetchError(BpeError, ConnectionError):
    """Raised when a download fails; nothing is left under the final name: `url`."""

    clauses = ("F5",)
