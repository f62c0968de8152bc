"""What the documentation site is made of besides hand-written pages: chapters, invariants, and the files that they cite."""
