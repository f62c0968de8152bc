"""quicktok, splintr, fastokens: in o200k_base a long s does not count as an s, which the pattern's (?i:'s) makes it."""

import fastokens
import quicktok
import splintr
import tiktoken
from ranks import rank_file

text = "aB'ſ'Llb"
print("quicktok ", quicktok.get_encoding("o200k_base").encode(text))
print("splintr  ", splintr.Tokenizer.from_pretrained("o200k_base").encode(text))
print("fastokens", fastokens.Tokenizer.from_tiktoken(rank_file("o200k_base"), encoding="o200k_base").encode(text).ids)
print("expected ", tiktoken.get_encoding("o200k_base").encode(text))
