"""Wrong tokenizers, one module for each chapter: each breaks a clause, most in ways met in the wild."""

from tests.mutants import bytes as bytes_chapter
from tests.mutants import encoding, files, merges, pre_split, resources, special_tokens, training, vocabulary
from tests.mutants.listing import Mutant, listed_in

__all__ = ["MUTANTS", "Mutant"]

_CHAPTERS = (bytes_chapter, special_tokens, pre_split, merges, encoding, training, vocabulary, files, resources)

MUTANTS = tuple(mutant for chapter in _CHAPTERS for mutant in listed_in(chapter))
