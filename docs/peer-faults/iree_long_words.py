"""iree-tokenizer: of a long word in which nothing merges quickly, only a part is encoded."""

import tiktoken
from iree.tokenizer import Tokenizer
from ranks import rank_file

text = "漢" * 200
ids = Tokenizer.from_tiktoken(rank_file("r50k_base"), "r50k_base").encode(text)
expected = tiktoken.get_encoding("r50k_base").encode(text)
print("got     ", len(ids), "ids, of", len(tiktoken.get_encoding("r50k_base").decode_bytes(ids)), "bytes")
print("expected", len(expected), "ids, of", len(text.encode()), "bytes")
