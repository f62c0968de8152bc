"""The right tokenizers again, with other vocabularies."""

from __future__ import annotations

import bpe
from tests.wild.library import OnTop, Scratch, cl100k, trained


class OnCl100k(OnTop):
    """cl100k_base under another interface."""

    def __init__(self) -> None:
        super().__init__(cl100k())


class ScratchCl100k(Scratch):
    """cl100k_base, written anew."""

    def __init__(self) -> None:
        super().__init__(cl100k())


class ScratchO200k(Scratch):
    """The project's files under o200k's pattern."""

    def __init__(self) -> None:
        super().__init__(trained("o200k_base"))


class WithShortcut(Scratch):
    """A vocabulary with whole words that no merge makes, as Llama 3 has them: the shortcut alone gives them."""

    #: Words of which no part but the letters is a token beside the others.
    WORDS = (b"qzxjwvk", b" xqzkjv", b"zqxj", b" \xe4\xb8\xad\xe6\x96\x87")

    def __init__(self) -> None:
        base = trained()
        first = max(base.special_tokens.values()) + 1
        self.added = {word: first + index for index, word in enumerate(self.WORDS)}
        super().__init__(
            bpe.Tokenizer(
                "with words",
                pat_str=base.pat_str,
                mergeable_ranks={**base.mergeable_ranks, **self.added},
                special_tokens=base.special_tokens,
            ).with_errors("strict")
        )
