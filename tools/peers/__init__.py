"""The page of other tokenizers: which are tried, and how what came of it is told."""
