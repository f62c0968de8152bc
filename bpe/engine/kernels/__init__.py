"""The hot loops of the engine, compiled to C by mypyc; each module mirrors one of `bpe.reference` by name, as far as it can.

They are never imported interpreted: compiled 64-bit arithmetic wraps, and the interpreter's does not.
`bpe.engine.COMPILED` says whether they run, and `hatch_build.py` compiles them.
"""
