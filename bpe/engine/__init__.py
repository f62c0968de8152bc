"""The definition, computed fast.

Each module mirrors one of `bpe.reference` by name and has the same signatures; properties say that the two agree.
What is no hot loop exists once, in the reference.
"""
