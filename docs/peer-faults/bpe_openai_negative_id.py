"""bpe-openai: a negative id, which no token has, is decoded, where tiktoken raises an error."""

import bpe_openai

try:
    print("got     ", repr(bpe_openai.get_encoding("cl100k_base").decode([-1])))
except Exception as fault:
    print("got     ", repr(fault))
print("expected an exception")
