"""The same vocabulary in tiktoken, built without the network."""

from __future__ import annotations

import tiktoken

from bpe.tokenizer import Tokenizer


def tiktoken_twin(tokenizer: Tokenizer) -> tiktoken.Encoding:
    """Return the `tiktoken.Encoding` of a tokenizer's own vocabulary."""
    return tiktoken.Encoding(
        f"{tokenizer.name}-twin",
        pat_str=tokenizer.pat_str,
        mergeable_ranks=tokenizer.mergeable_ranks,
        special_tokens=tokenizer.special_tokens,
    )
