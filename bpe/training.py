"""Training a tokenizer: texts → pre-token counts → merges → `Tokenizer`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from bpe.byte_order import ByteOrder
from bpe.byte_order import byte_order as byte_values
from bpe.engine.special_tokens import split_special_tokens
from bpe.engine.trainer import start_counting, train_merges, train_untraced
from bpe.engine.utf8 import scalar_text
from bpe.errors import InputTypeError, LoneSurrogateError, SpecialTokenConflictError, TrainingError, shown
from bpe.patterns import Pattern, resolve_pattern
from bpe.reference.training import MergeStep, TieBreak
from bpe.reference.utf8 import first_surrogate
from bpe.tokenizer import Tokenizer
from bpe.vocabulary import MAX_TOKEN_ID, Merge, SurrogateProfile, trained_vocabulary


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """How far training is: texts counted, or merges made of how many at most; and the latest merge."""

    phase: Literal["count", "merge"]
    done: int
    total: int | None
    step: MergeStep | None = None


Progress = Callable[[TrainingProgress], None]


def train(
    texts: Iterable[str],
    vocab_size: int,
    *,
    pattern: str | Pattern | None = "cl100k_base",
    special_tokens: Sequence[str] = (),
    min_frequency: int = 1,
    tie_break: TieBreak = "smallest-pair",
    byte_order: ByteOrder = "value",
    errors: SurrogateProfile = "strict",
    progress: Progress | None = None,
) -> Tokenizer:
    """Train a tokenizer of `vocab_size` ids, special tokens included, on texts that are read once.

    Clauses: T1, T2, T5, T6, T12, T13.
    Only the distinct pre-tokens are kept in memory; with `pattern=None` each text is one pre-token.
    Texts are cut at the special tokens, which take no part in the merges and get the ids after them.
    Fewer ids than `vocab_size` result where no pair occurs `min_frequency` times any more.
    Raises `TrainingError`, `InvalidPatternError`, `PatternGapError`, `LoneSurrogateError`, `SpecialTokenConflictError`.

    >>> import bpe
    >>> tokenizer = bpe.train(["aaabdaaabac"], 259, pattern=None, tie_break="first-seen")
    >>> tokenizer.encode("aaabdaaabac")
    [258, 100, 258, 97, 99]
    """
    if progress is not None:  # who is told of each step pays for the steps
        tokenizer, _ = train_with_trace(
            texts,
            vocab_size,
            pattern=pattern,
            special_tokens=special_tokens,
            min_frequency=min_frequency,
            tie_break=tie_break,
            byte_order=byte_order,
            errors=errors,
            progress=progress,
        )
        return tokenizer
    merges = _check_arguments(
        vocab_size=vocab_size,
        special_tokens=special_tokens,
        min_frequency=min_frequency,
        tie_break=tie_break,
        order=byte_order,
        errors=errors,
    )
    resolved = resolve_pattern(pattern)
    counts = _count(texts, resolved, special_tokens, errors, None)
    made, tokens = train_untraced(
        counts, merges, tie_break=tie_break, min_frequency=min_frequency, byte_order=byte_order
    )
    return _tokenizer(made, tokens, order=byte_order, pattern=resolved, special_tokens=special_tokens, errors=errors)


def train_with_trace(
    texts: Iterable[str],
    vocab_size: int,
    *,
    pattern: str | Pattern | None = "cl100k_base",
    special_tokens: Sequence[str] = (),
    min_frequency: int = 1,
    tie_break: TieBreak = "smallest-pair",
    byte_order: ByteOrder = "value",
    errors: SurrogateProfile = "strict",
    progress: Progress | None = None,
) -> tuple[Tokenizer, tuple[MergeStep, ...]]:
    """Train as `train` does, and return also each merge with its pair's count and the new token's bytes.

    Clauses: T2, T4, T6.

    >>> import bpe
    >>> _, trace = bpe.train_with_trace(["aaabdaaabac"], 258, pattern=None)
    >>> [(step.merge.pair, step.count, step.token) for step in trace]
    [((97, 97), 4, b'aa'), ((97, 98), 2, b'ab')]
    """
    merges = _check_arguments(
        vocab_size=vocab_size,
        special_tokens=special_tokens,
        min_frequency=min_frequency,
        tie_break=tie_break,
        order=byte_order,
        errors=errors,
    )
    resolved = resolve_pattern(pattern)
    counts = _count(texts, resolved, special_tokens, errors, progress)
    made = 0

    def report(step: MergeStep) -> None:
        nonlocal made
        made += 1
        if progress is not None:
            progress(TrainingProgress("merge", made, merges, step))

    trace = train_merges(
        counts, merges, tie_break=tie_break, min_frequency=min_frequency, byte_order=byte_order, progress=report
    )
    tokenizer = _tokenizer(
        tuple(step.merge for step in trace),
        [step.token for step in trace],
        order=byte_order,
        pattern=resolved,
        special_tokens=special_tokens,
        errors=errors,
    )
    return tokenizer, trace


def _tokenizer(
    merges: tuple[Merge, ...],
    tokens: list[bytes],
    *,
    order: ByteOrder,
    pattern: Pattern | None,
    special_tokens: Sequence[str],
    errors: SurrogateProfile,
) -> Tokenizer:
    vocabulary = trained_vocabulary(
        merges, tokens, byte_values(order), pattern=pattern, special_tokens=special_tokens, errors=errors
    )
    return Tokenizer.when_used(vocabulary, name="trained")


def count_pre_tokens(
    texts: Iterable[str],
    pattern: Pattern | None,
    *,
    special_tokens: Sequence[str] = (),
    errors: SurrogateProfile = "strict",
    progress: Progress | None = None,
) -> dict[str, int]:
    """Return how often each pre-token occurs in texts that are cut at the special tokens.

    Clauses: T12.
    Raises `LoneSurrogateError` that names the text as well as the index in it.

    >>> from bpe.patterns import resolve_pattern
    >>> count_pre_tokens(["a b<end>b"], resolve_pattern("gpt2"), special_tokens=["<end>"])
    {'a': 1, ' b': 1, 'b': 1}
    """
    return dict(_count(texts, pattern, special_tokens, errors, progress))


def _count(
    texts: Iterable[str],
    pattern: Pattern | None,
    special_tokens: Sequence[str],
    errors: SurrogateProfile,
    progress: Progress | None,
) -> Mapping[str, int]:
    if isinstance(texts, str | bytes):
        raise InputTypeError("texts must be an iterable of strings, not one string: pass [text]")
    given: object = texts
    if not isinstance(given, Iterable):
        raise InputTypeError(f"texts must be an iterable of strings, not {type(given).__name__}")
    counter = start_counting(pattern)
    allowed = frozenset(special_tokens)
    for number, text in enumerate(texts, start=1):
        for span in split_special_tokens(_scalar_text(text, number, errors), allowed):
            if not span.is_special:
                counter.add(span.text)
        if progress is not None:
            progress(TrainingProgress("count", number, None))
    return counter.result()


def _scalar_text(text: str, number: int, errors: SurrogateProfile) -> str:
    try:
        return scalar_text(text, errors)
    except LoneSurrogateError as error:
        raise LoneSurrogateError(f"text {number}: {error.message}", text=text, index=error.start) from None
    except InputTypeError as error:
        raise InputTypeError(f"text {number}: {error.message}") from None


def _check_arguments(
    *, vocab_size: int, special_tokens: Sequence[str], min_frequency: int, tie_break: str, order: str, errors: str
) -> int:
    """Return how many merges are wanted; refuse what cannot be trained."""
    _check_special_tokens(special_tokens)
    for name, value in (("vocab_size", vocab_size), ("min_frequency", min_frequency)):
        if isinstance(value, bool) or not isinstance(value, int):
            raise InputTypeError(f"{name} must be an integer, not {value!r}")
    if min_frequency < 1:
        raise TrainingError(f"min_frequency is {shown(min_frequency)}, but a pair occurs at least once: give 1 or more")
    profiles = (
        ("tie_break", tie_break, TieBreak),
        ("byte_order", order, ByteOrder),
        ("errors", errors, SurrogateProfile),
    )
    for name, profile, known in profiles:
        if profile not in get_args(known):
            raise TrainingError(f"{name} is {profile!r}: give one of {', '.join(map(repr, get_args(known)))}")
    least = 256 + len(special_tokens)
    if not least <= vocab_size <= MAX_TOKEN_ID:
        raise TrainingError(
            f"vocab_size is {shown(vocab_size)}, but 256 bytes and {len(special_tokens)} special tokens need at least {least} "
            f"ids, and ids end at {MAX_TOKEN_ID}"
        )
    return vocab_size - least


def _check_special_tokens(special_tokens: Any) -> None:
    if isinstance(special_tokens, str):
        raise InputTypeError("special_tokens must be a sequence of strings, not one string: pass [token]")
    if not isinstance(special_tokens, Sequence):
        # A set would number its tokens in the order of their hashes, which is another in each process.
        kind = type(special_tokens).__name__
        raise InputTypeError(f"special_tokens must be a list or a tuple, whose order gives the ids, not {kind}")
    seen: set[str] = set()
    for token in special_tokens:
        if not isinstance(token, str) or not token:
            raise SpecialTokenConflictError(f"special token {token!r} is not a non-empty text", token=token)
        if first_surrogate(token) is not None:
            raise SpecialTokenConflictError(
                f"special token {token!r} holds a surrogate, which no text has", token=token
            )
        if token in seen:
            raise SpecialTokenConflictError(f"special token {token!r} is given twice", token=token)
        seen.add(token)
