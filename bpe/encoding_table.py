"""The named encodings as plain facts: which files, with which sha256, pattern and special tokens.

The sizes and hashes are those of the files that their owners publish.
A name means one behaviour for ever: a file that differs in a single byte is refused (clause F5).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from bpe.errors import InputTypeError, UnknownEncodingError

_PUBLIC = "https://openaipublic.blob.core.windows.net/"


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """A file of a named encoding, and the size and sha256 that its bytes must have.

    `url` is where its owner publishes it; where there is no such address, `terms` says how to get it.
    """

    name: str
    size: int
    sha256: str
    url: str | None
    other_names: tuple[str, ...] = ()
    terms: str = ""


@dataclass(frozen=True, slots=True)
class NamedEncoding:
    """What a name stands for: files, pattern, special tokens, and those that share an id."""

    name: str
    files: tuple[PinnedFile, ...]
    pattern: str
    special_tokens: Mapping[str, int]
    #: Known without the files, which need not be here.
    n_vocab: int
    aliases: Mapping[str, str] = field(default_factory=dict)


_VOCAB_BPE = PinnedFile(
    "vocab.bpe",
    456_318,
    "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5",
    _PUBLIC + "gpt-2/encodings/main/vocab.bpe",
)
_ENCODER_JSON = PinnedFile(
    "encoder.json",
    1_042_301,
    "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783",
    _PUBLIC + "gpt-2/encodings/main/encoder.json",
)
_R50K = PinnedFile(
    "r50k_base.tiktoken",
    835_554,
    "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930",
    _PUBLIC + "encodings/r50k_base.tiktoken",
)
_P50K = PinnedFile(
    "p50k_base.tiktoken",
    836_186,
    "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
    _PUBLIC + "encodings/p50k_base.tiktoken",
)
_CL100K = PinnedFile(
    "cl100k_base.tiktoken",
    1_681_126,
    "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    _PUBLIC + "encodings/cl100k_base.tiktoken",
)
_O200K = PinnedFile(
    "o200k_base.tiktoken",
    3_613_922,
    "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    _PUBLIC + "encodings/o200k_base.tiktoken",
)
_LLAMA3 = PinnedFile(
    "tokenizer.model",
    2_183_982,
    "82e9d31979e92ab929cd544440f129d9ecd797b69e327f80f17e1c50d5551b55",
    None,
    ("llama3.tiktoken",),
    "Meta gives it out under the Llama 3 Community License, which you have to accept, "
    "at https://www.llama.com/llama-downloads/ or at https://huggingface.co/meta-llama/Meta-Llama-3-8B "
    "(there: original/tokenizer.model)",
)


def _harmony_special_tokens() -> dict[str, int]:
    named = {
        "<|startoftext|>": 199_998,
        "<|endoftext|>": 199_999,
        "<|return|>": 200_002,
        "<|constrain|>": 200_003,
        "<|channel|>": 200_005,
        "<|start|>": 200_006,
        "<|end|>": 200_007,
        "<|message|>": 200_008,
        "<|call|>": 200_012,
    }
    taken = set(named.values())
    reserved = {f"<|reserved_{i}|>": i for i in range(200_000, 201_088) if i not in taken}
    # 200018 is both reserved and o200k_base's end of prompt: the one pair of texts with one id.
    return named | {"<|endofprompt|>": 200_018} | reserved


def _llama3_special_tokens() -> dict[str, int]:
    named = (
        "<|begin_of_text|>",
        "<|end_of_text|>",
        "<|reserved_special_token_0|>",
        "<|reserved_special_token_1|>",
        "<|finetune_right_pad_id|>",
        "<|step_id|>",
        "<|start_header_id|>",
        "<|end_header_id|>",
        "<|eom_id|>",
        "<|eot_id|>",
        "<|python_tag|>",
        "<|image|>",
    )
    texts = (*named, *(f"<|reserved_special_token_{i}|>" for i in range(2, 2 + 256 - len(named))))
    return {text: 128_000 + index for index, text in enumerate(texts)}


_FIM = ("<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>")
_P50K_EDIT_SPECIAL = {"<|endoftext|>": 50_256} | {text: 50_281 + n for n, text in enumerate(_FIM)}
_CL100K_SPECIAL = {
    "<|endoftext|>": 100_257,
    **{text: 100_258 + n for n, text in enumerate(_FIM)},
    "<|endofprompt|>": 100_276,
}
_O200K_SPECIAL = {"<|endoftext|>": 199_999, "<|endofprompt|>": 200_018}

_ALL = (
    NamedEncoding("gpt2", (_VOCAB_BPE, _ENCODER_JSON), "gpt2", {"<|endoftext|>": 50_256}, 50_257),
    NamedEncoding("r50k_base", (_R50K,), "gpt2", {"<|endoftext|>": 50_256}, 50_257),
    NamedEncoding("p50k_base", (_P50K,), "gpt2", {"<|endoftext|>": 50_256}, 50_281),
    NamedEncoding("p50k_edit", (_P50K,), "gpt2", _P50K_EDIT_SPECIAL, 50_284),
    NamedEncoding("cl100k_base", (_CL100K,), "cl100k_base", _CL100K_SPECIAL, 100_277),
    NamedEncoding("o200k_base", (_O200K,), "o200k_base", _O200K_SPECIAL, 200_019),
    NamedEncoding(
        "o200k_harmony",
        (_O200K,),
        "o200k_base",
        _harmony_special_tokens(),
        201_088,
        {"<|reserved_200018|>": "<|endofprompt|>"},
    ),
    NamedEncoding("llama3", (_LLAMA3,), "llama3", _llama3_special_tokens(), 128_256),
)

#: Each named encoding, by name.
ENCODINGS: Final[Mapping[str, NamedEncoding]] = MappingProxyType({encoding.name: encoding for encoding in _ALL})


def look_up_encoding(name: str) -> NamedEncoding:
    """Return the facts about the encoding of this name.

    Clauses: F5, S8.
    Raises `UnknownEncodingError`, with the nearest known names.

    >>> look_up_encoding("cl100k_base").special_tokens["<|endofprompt|>"]
    100276
    >>> look_up_encoding("o200k_harmony").aliases
    {'<|reserved_200018|>': '<|endofprompt|>'}
    """
    if not isinstance(name, str):
        raise InputTypeError(f"the name of an encoding is a text, not {type(name).__name__}")
    if name not in ENCODINGS:
        raise UnknownEncodingError(
            f"no encoding is named {name!r}{suggest(name, ENCODINGS)}: the names are {', '.join(ENCODINGS)}", name=name
        )
    return ENCODINGS[name]


def suggest(name: str, known: Iterable[str]) -> str:
    """Return " (did you mean …?)" with the known names nearest to this one, or nothing.

    >>> suggest("cl100k", ["cl100k_base", "gpt2"])
    " (did you mean 'cl100k_base'?)"
    >>> suggest("zzz", ["cl100k_base", "gpt2"])
    ''
    """
    near = difflib.get_close_matches(name, known, n=3)
    return f" (did you mean {' or '.join(map(repr, near))}?)" if near else ""
