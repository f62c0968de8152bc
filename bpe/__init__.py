"""Byte-level BPE, to the letter: a tokenizer, the definition that it equals, and the properties that both keep."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from bpe.encodings import encoding_for_model, encoding_name_for_model, get_encoding, list_encoding_names
from bpe.engine.encoding import TokenSpan
from bpe.errors import BpeError
from bpe.patterns import Pattern
from bpe.tokenizer import Tokenizer
from bpe.version import SPECIFICATION_VERSION, __version__
from bpe.vocabulary import Merge, TokenId, Vocabulary

if TYPE_CHECKING:
    from bpe.loading import load
    from bpe.reference.training import MergeStep
    from bpe.training import TrainingProgress, train, train_with_trace

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

#: What a program that opens a named encoding never asks for, and the module that it comes from when it is asked for.
_LATER: Final = {
    "MergeStep": "bpe.reference.training",
    "TrainingProgress": "bpe.training",
    "load": "bpe.loading",
    "train": "bpe.training",
    "train_with_trace": "bpe.training",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_LATER[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
