"""The properties that every byte-level BPE tokenizer must have, and the checker that tries them on any.

`run_conformance(target)` tries every property that applies to a target, and fails with the smallest input that breaks one.
A target is an object with the methods of those protocols that a tokenizer can fulfil, which raises `Refusal` where it refuses; `bpe.targets` makes targets of other libraries' tokenizers, `open_pipe` of a program.
Nothing here knows any tokenizer but the one it is given; Hypothesis must be installed (the extra `check`).
"""

from bpe.conformance.checking import Plan, Verdict, check, replay
from bpe.conformance.clauses import UNTESTABLE, Property, clause
from bpe.conformance.comparing import Difference, compare
from bpe.conformance.faults import AdapterFault, TargetFault, Unsupported
from bpe.conformance.model import BYTES, Model, Training
from bpe.conformance.pipe import open_pipe
from bpe.conformance.properties import PROPERTIES
from bpe.conformance.protocol import TokenSpan
from bpe.conformance.protocol_files import Format
from bpe.conformance.refusal import Refusal, refusal_of
from bpe.conformance.report import Report
from bpe.conformance.serving import serve
from bpe.conformance.suite import conformance_suite, run_conformance

__all__ = [
    "BYTES",
    "PROPERTIES",
    "UNTESTABLE",
    "AdapterFault",
    "Difference",
    "Format",
    "Model",
    "Plan",
    "Property",
    "Refusal",
    "Report",
    "TargetFault",
    "TokenSpan",
    "Training",
    "Unsupported",
    "Verdict",
    "check",
    "clause",
    "compare",
    "conformance_suite",
    "open_pipe",
    "refusal_of",
    "replay",
    "run_conformance",
    "serve",
]
