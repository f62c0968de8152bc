"""Training: which pairs to merge, and in which order.

corpus → pre-token counts → pair statistics → merges → vocabulary.

Count all pairs of neighbours, merge the most frequent pair everywhere, count again, and so on.
Where several pairs share the highest count, the *tie-break* profile decides, and real trainers differ in it:
`smallest-pair` takes the least pair of ids (rustbpe; Hugging Face once bytes are numbered in GPT-2's order), `first-seen` the pair that comes first in the texts (minbpe), `largest-bytes` the lexicographically greatest pair of byte strings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple

from bpe.byte_order import ByteOrder, byte_order
from bpe.reference.merges import apply_merge
from bpe.reference.pair_statistics import count_pairs
from bpe.reference.utf8 import text_to_bytes
from bpe.vocabulary import Merge, Pair, TokenId, single_bytes

TieBreak = Literal["smallest-pair", "first-seen", "largest-bytes"]


class MergeStep(NamedTuple):
    """One step of training: the merge, how often its pair occurred, and the bytes of the new token."""

    merge: Merge
    count: int  # type: ignore[assignment]  # hides what a tuple counts, which nobody asks of a step
    token: bytes


@dataclass(frozen=True, slots=True)
class TrainingState:
    """Where training stands: each distinct pre-token as ids, with its count; and the bytes of every id."""

    sequences: tuple[tuple[tuple[TokenId, ...], int], ...]
    token_bytes: Mapping[TokenId, bytes]


def start_training(pre_token_counts: Mapping[str, int], order: ByteOrder = "value") -> TrainingState:
    """Return the state before the first merge: every pre-token as the ids of its bytes.

    Clauses: T1, T6.

    >>> start_training({"ab": 2}).sequences
    (((97, 98), 2),)
    """
    token_bytes = single_bytes(byte_order(order))
    id_of_byte = {token[0]: token_id for token_id, token in token_bytes.items()}
    sequences = tuple(
        (tuple(id_of_byte[value] for value in text_to_bytes(pre_token)), count)
        for pre_token, count in pre_token_counts.items()
    )
    return TrainingState(sequences, token_bytes)


def select_pair(counts: Mapping[Pair, int], token_bytes: Mapping[TokenId, bytes], tie_break: TieBreak) -> Pair:
    """Return the pair of highest count; ties go by the profile.

    Clauses: T2.
    `counts` holds its pairs in the order in which they are first met, which is what `first-seen` goes by.

    >>> counts = {(98, 98): 2, (97, 98): 2, (99, 99): 1}
    >>> names = {97: b"a", 98: b"b", 99: b"c"}
    >>> [select_pair(counts, names, t) for t in ("smallest-pair", "first-seen", "largest-bytes")]
    [(97, 98), (98, 98), (98, 98)]
    """
    highest = max(counts.values())
    best = [pair for pair, count in counts.items() if count == highest]
    if tie_break == "first-seen":
        return best[0]
    if tie_break == "smallest-pair":
        return min(best)
    return max(best, key=lambda pair: (token_bytes[pair[0]], token_bytes[pair[1]]))


def train_step(
    state: TrainingState, tie_break: TieBreak, min_frequency: int = 1
) -> tuple[MergeStep, TrainingState] | None:
    """Merge the pair of highest count everywhere, or return `None` where none is frequent enough.

    Clauses: T2, T5, T6.

    1. Count the pairs.
    2. Select one; stop if there is none, or it is too rare.
    3. Give the new token the next id, and its two parts' bytes.
    4. Apply the merge to every pre-token.

    >>> step, state = train_step(start_training({"aaab": 1}), "smallest-pair")
    >>> step.token, step.count, state.sequences
    (b'aa', 2, (((256, 97, 98), 1),))
    """
    counts = count_pairs(state.sequences)
    if not counts:
        return None
    left, right = select_pair(counts, state.token_bytes, tie_break)
    if counts[left, right] < min_frequency:
        return None
    merge = Merge(left, right, TokenId(len(state.token_bytes)))
    token = state.token_bytes[left] + state.token_bytes[right]
    sequences = tuple((tuple(apply_merge(ids, merge)), count) for ids, count in state.sequences)
    return MergeStep(merge, counts[left, right], token), TrainingState(
        sequences, {**state.token_bytes, merge.result: token}
    )


def training_steps(
    pre_token_counts: Mapping[str, int], tie_break: TieBreak, min_frequency: int = 1, order: ByteOrder = "value"
) -> Iterator[tuple[MergeStep, TrainingState]]:
    """Yield each step of training with the state after it, until no pair is frequent enough.

    Clauses: T3, T4, T5.

    >>> [step.token for step, _ in training_steps({"aaabdaaabac": 1}, "first-seen", min_frequency=2)]
    [b'aa', b'aaa', b'aaab']
    """
    state = start_training(pre_token_counts, order)
    while (stepped := train_step(state, tie_break, min_frequency)) is not None:
        step, state = stepped
        yield step, state


def train_merges(
    pre_token_counts: Mapping[str, int],
    merges: int,
    *,
    tie_break: TieBreak = "smallest-pair",
    min_frequency: int = 1,
    byte_order: ByteOrder = "value",
) -> tuple[MergeStep, ...]:
    """Return at most `merges` steps of training.

    Clauses: T1, T2, T3, T5, T6.

    >>> [step.merge.pair for step in train_merges({"aaabdaaabac": 1}, 3, tie_break="first-seen")]
    [(97, 97), (256, 97), (257, 98)]
    """
    steps = training_steps(pre_token_counts, tie_break, min_frequency, byte_order)
    return tuple(step for step, _ in islice(steps, merges))
