"""wordchipper: a download that fails leaves an empty file, which is taken for a vocabulary, now and in later runs."""

import os
import tempfile

os.environ["WORDCHIPPER_CACHE_DIR"] = tempfile.mkdtemp()
os.environ["https_proxy"] = os.environ["HTTPS_PROXY"] = "http://127.0.0.1:9"  # where nobody answers

from wordchipper import Tokenizer

try:
    tokenizer = Tokenizer.from_pretrained("cl100k_base")
    print("got     ", tokenizer.encode("hello"), "from", tokenizer.vocab_size, "tokens")
except Exception as refusal:
    print("got     ", repr(refusal))
print("expected an exception, or [15339] from 100256 tokens")
