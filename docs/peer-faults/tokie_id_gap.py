"""tokie: where a gap in the ids comes before special tokens, as in cl100k_base, each is decoded as the next one."""

import tempfile

import tokie
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

letters = {letter: number for number, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
made = Tokenizer(models.BPE({**letters, "<|a|>": 257, "<|b|>": 258}, []))
made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
made.decoder = decoders.ByteLevel()
made.add_special_tokens(["<|a|>", "<|b|>"])
path = tempfile.mkdtemp() + "/tokenizer.json"
made.save(path)

ids = tokie.Tokenizer.from_json(path).encode("<|a|>", add_special_tokens=False).ids
print("ids     ", ids)
print("got     ", tokie.Tokenizer.from_json(path).decode(ids))
print("expected", made.decode(made.encode("<|a|>").ids, skip_special_tokens=False))
