"""The definition of byte-level BPE, written to be read.

Read the files in this order; each adds one idea to those before it.

1. `utf8`: text is a sequence of Unicode scalar values, and has bytes.
2. `special_tokens`: some texts are tokens by decree, and are found first.
3. `pre_split`: a pattern cuts the rest into pre-tokens.
4. `pair_statistics`: how often does each pair of neighbours occur?
5. `merges`: replacing pairs, lowest rank first.
6. `canonical`: on which vocabularies ranks and merges say the same.
7. `training`: choosing which pairs to merge, most frequent first.
8. `encoding`: all of it together, and back.
9. `safe_cuts`: where a long text may be cut before any of this.

Nothing here is fast, cached or clever: where a clearer form is quadratic, it is quadratic.
The engine computes the same functions quickly, and a property says that the two agree.
"""
