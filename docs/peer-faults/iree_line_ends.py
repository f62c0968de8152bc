r"""iree-tokenizer: the line ends of "\n \n" are cut apart, which the pattern of cl100k_base takes as one piece."""

import tiktoken
from iree.tokenizer import Tokenizer
from ranks import rank_file

print("got     ", Tokenizer.from_tiktoken(rank_file("cl100k_base"), "cl100k_base").encode("\n \n"))
print("expected", tiktoken.get_encoding("cl100k_base").encode("\n \n"))
