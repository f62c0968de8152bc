"""Byte-level BPE, to the letter: a tokenizer, the definition that it equals, and the properties that both keep."""

from bpe.encodings import encoding_for_model, encoding_name_for_model, get_encoding, list_encoding_names
from bpe.engine.encoding import TokenSpan
from bpe.errors import BpeError
from bpe.loading import load
from bpe.patterns import Pattern
from bpe.reference.training import MergeStep
from bpe.tokenizer import Tokenizer
from bpe.training import TrainingProgress, train, train_with_trace
from bpe.version import SPECIFICATION_VERSION, __version__
from bpe.vocabulary import Merge, TokenId, Vocabulary

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
