"""iree-tokenizer: a character that is more than one token is decoded token by token, and lost."""

from iree.tokenizer import Tokenizer
from ranks import rank_file

tokenizer = Tokenizer.from_tiktoken(rank_file("cl100k_base"), "cl100k_base")
print("ids     ", tokenizer.encode("漢"))
print("got     ", ascii(tokenizer.decode(tokenizer.encode("漢"))))
print("expected", ascii("漢"))
