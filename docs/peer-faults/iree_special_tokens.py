"""iree-tokenizer: of two special tokens that follow ordinary text, the second is lost."""

import tiktoken
from iree.tokenizer import Tokenizer
from ranks import rank_file

text = "x<|endoftext|><|endoftext|>"
print("got     ", Tokenizer.from_tiktoken(rank_file("cl100k_base"), "cl100k_base").encode(text))
print("expected", tiktoken.get_encoding("cl100k_base").encode(text, allowed_special="all"))
