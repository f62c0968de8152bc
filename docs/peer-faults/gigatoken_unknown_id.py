"""gigatoken: an id that does not exist ends in a panic of its Rust code, which `except Exception` does not catch."""

from gigatoken import Tokenizer
from ranks import rank_file

try:
    print("got     ", Tokenizer.from_tiktoken(rank_file("cl100k_base")).as_tiktoken().decode_bytes([100277]))
except BaseException as fault:
    print("got     ", type(fault).__name__, "which is an Exception:", isinstance(fault, Exception))
print("expected an exception that a caller can catch")
