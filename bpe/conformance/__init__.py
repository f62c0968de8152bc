"""The properties that every byte-level BPE tokenizer must have, and what it takes to try them on one.

Write a target: an object with the methods of those protocols that your tokenizer can fulfil, which raises `Refusal` where the tokenizer refuses.
Then `property.check(target)`, for each property of `PROPERTIES` that applies, fails with the smallest input that breaks one.
Nothing here knows any tokenizer but the one it is given; Hypothesis must be installed (the extra `conformance`).
"""

from bpe.conformance.clauses import UNTESTABLE, Property, clause
from bpe.conformance.model import BYTES, Model, Training
from bpe.conformance.properties import PROPERTIES
from bpe.conformance.protocol import TokenSpan
from bpe.conformance.protocol_files import Format
from bpe.conformance.refusal import Refusal, refusal_of

__all__ = [
    "BYTES",
    "PROPERTIES",
    "UNTESTABLE",
    "Format",
    "Model",
    "Property",
    "Refusal",
    "TokenSpan",
    "Training",
    "clause",
    "refusal_of",
]
