"""The hot loops of the engine, compiled to C by mypyc.

- Text to ids and back: `encoding`, end to end; `special_tokens`; `words`, `pre_split` and `character_classes`; `pre_tokens` with its `pre_token_table`; `pair_table`, `pair_ranks` and `merges`, for very long pre-tokens `left_to_right`; `decoding`; `safe_cuts`; `token_trie`, which two of them use.
- Training: `pre_token_counts`, then `training` with `pair_statistics` and `pair_queue`.
- Besides: `rank_lines`, which reads rank files; `batch_rows`, for what worker processes hand back; `rows`, of which all the tables are made.

They are never imported interpreted: compiled 64-bit arithmetic wraps, and the interpreter's does not.
`bpe.engine.COMPILED` says whether they run, and `hatch_build.py` compiles them.
"""
