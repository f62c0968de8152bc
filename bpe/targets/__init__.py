"""Tokenizers of many libraries as targets of the checker, each imported when it is asked for."""

from bpe.targets.object_target import ObjectTarget, object_target
from bpe.targets.opening import KINDS, open_target

__all__ = ["KINDS", "ObjectTarget", "object_target", "open_target"]
