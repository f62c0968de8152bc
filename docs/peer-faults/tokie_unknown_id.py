"""tokie: an id that does not exist ends in a panic of its Rust code, which `except Exception` does not catch."""

import tempfile

import tokie
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

made = Tokenizer(
    models.BPE({letter: number for number, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}, [])
)
made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
made.decoder = decoders.ByteLevel()
path = tempfile.mkdtemp() + "/tokenizer.json"
made.save(path)

try:
    print("got     ", tokie.Tokenizer.from_json(path).decode_bytes([300]))
except BaseException as fault:
    print("got     ", type(fault).__name__, "which is an Exception:", isinstance(fault, Exception))
print("expected an exception that a caller can catch")
