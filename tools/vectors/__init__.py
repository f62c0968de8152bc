"""The sources of the test vectors, one module for each chapter, and what `tools/write_vectors.py` does with them."""
