"""kitoken: where special tokens are not to be taken, text is still cut at them."""

import tiktoken
from kitoken import Kitoken
from ranks import rank_file

text = "a <|endoftext|>"
print("got     ", Kitoken.from_tiktoken_file(rank_file("cl100k_base")).encode(text, False))
print("expected", tiktoken.get_encoding("cl100k_base").encode(text, disallowed_special=()))
