"""tokie: with one and the same tokenizer.json it cuts a tab, a sign and a letter otherwise than Hugging Face's tokenizers."""

import tempfile

import tokie
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

GPT4 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
made = Tokenizer(models.BPE())
byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
made.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(GPT4), "isolated"), byte_level])
made.decoder = decoders.ByteLevel()
alphabet = pre_tokenizers.ByteLevel.alphabet()
made.train_from_iterator(
    ["$a $a 'a 'a"], trainers.BpeTrainer(vocab_size=260, initial_alphabet=alphabet, show_progress=False)
)
path = tempfile.mkdtemp() + "/tokenizer.json"
made.save(path)

print(
    "got     ",
    [
        tokie.Tokenizer.from_json(path).decode([i])
        for i in tokie.Tokenizer.from_json(path).encode("\t$a", add_special_tokens=False).ids
    ],
)
print("expected", [made.decode([i]) for i in made.encode("\t$a").ids])
