"""What is the same for all texts of a batch, and how it is shared out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from bpe.engine.encoder import Encoder
from bpe.reference.encoding import SpecialTokens
from bpe.vocabulary import TokenId, Vocabulary

#: The ids of each text.
Rows = list[list[TokenId]]


class Task(NamedTuple):
    """The vocabulary of a batch, and what special tokens are in it."""

    vocabulary: Vocabulary
    allowed_special: SpecialTokens
    disallowed_special: SpecialTokens

    def encode(self, encoder: Encoder, texts: Iterable[str]) -> Rows:
        """Return the ids of each text, by an encoder of the vocabulary.

        >>> from bpe.engine.encoder import make_encoder
        >>> from bpe.vocabulary import single_bytes
        >>> task = Task(Vocabulary(single_bytes()), frozenset(), ())
        >>> task.encode(make_encoder(task.vocabulary), ["a", "bc"])
        [[97], [98, 99]]
        """
        encode, allowed, disallowed = encoder.encode, self.allowed_special, self.disallowed_special
        return [encode(text, allowed, disallowed) for text in texts]


@dataclass(frozen=True, slots=True)
class Sharing:
    """When a batch gets helpers, and in what measures it is shared out; the ids depend on none of it."""

    #: Seconds in line before there are helpers: about what it takes to start one.
    head_start: float = 0.25
    #: Characters of a part, which is encoded at one go.
    part: int = 1 << 17
    #: Seconds of work in the share that a process is given.
    share: float = 0.05
    #: Whether the process that asks encodes too, and does not just wait.
    lends_a_hand: bool = True
