"""Byte-level BPE, to the letter: a tokenizer, the definition that it equals, and the properties that both keep."""

from typing import TYPE_CHECKING

from bpe.encodings import encoding_for_model, encoding_name_for_model, get_encoding, list_encoding_names
from bpe.engine.encoding import TokenSpan
from bpe.errors import BpeError
from bpe.later import import_later
from bpe.patterns import Pattern
from bpe.tokenizer import Tokenizer
from bpe.version import SPECIFICATION_VERSION, __version__
from bpe.vocabulary import Merge, TokenId, Vocabulary

if TYPE_CHECKING:
    from bpe.loading import load
    from bpe.reference.training import MergeStep
    from bpe.training import TrainingProgress, train, train_with_trace
else:
    # A program that opens a named encoding asks for none of these.
    __getattr__, __dir__ = import_later(
        __name__,
        {
            "load": "bpe.loading",
            "MergeStep": "bpe.reference.training",
            **dict.fromkeys(("TrainingProgress", "train", "train_with_trace"), "bpe.training"),
        },
    )

__all__ = [
    "SPECIFICATION_VERSION",
    "BpeError",
    "Merge",
    "MergeStep",
    "Pattern",
    "TokenId",
    "TokenSpan",
    "Tokenizer",
    "TrainingProgress",
    "Vocabulary",
    "__version__",
    "encoding_for_model",
    "encoding_name_for_model",
    "get_encoding",
    "list_encoding_names",
    "load",
    "train",
    "train_with_trace",
]
