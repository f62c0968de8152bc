"""Which named encoding a model reads its text with.

OpenAI's model names, as tiktoken has them; a name that is not listed goes by its longest listed prefix.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from bpe.encoding_table import suggest
from bpe.errors import InputTypeError, UnknownEncodingError


def _by_model(table: Mapping[str, str]) -> Mapping[str, str]:
    """Turn "encoding: its models" into "model: its encoding"."""
    return MappingProxyType({model: encoding for encoding, models in table.items() for model in models.split()})


#: Each model's encoding, by the model's whole name.
MODELS: Final[Mapping[str, str]] = _by_model(
    {
        "o200k_base": "o1 o3 o4-mini gpt-5 gpt-4.1 gpt-4o",
        "cl100k_base": """
            gpt-4 gpt-3.5 gpt-3.5-turbo gpt-35-turbo davinci-002 babbage-002
            text-embedding-3-large text-embedding-3-small text-embedding-ada-002
        """,
        "p50k_base": """
            text-davinci-003 text-davinci-002 davinci-codex cushman-codex
            code-davinci-002 code-davinci-001 code-cushman-002 code-cushman-001
        """,
        "p50k_edit": "text-davinci-edit-001 code-davinci-edit-001",
        "r50k_base": """
            davinci curie babbage ada
            text-davinci-001 text-curie-001 text-babbage-001 text-ada-001
            text-similarity-davinci-001 text-similarity-curie-001 text-similarity-babbage-001 text-similarity-ada-001
            text-search-davinci-doc-001 text-search-curie-doc-001 text-search-babbage-doc-001 text-search-ada-doc-001
            code-search-babbage-code-001 code-search-ada-code-001
        """,
        "gpt2": "gpt2 gpt-2",
    }
)

#: The encoding of every model whose name begins so, unless a longer prefix says otherwise.
MODEL_PREFIXES: Final[Mapping[str, str]] = _by_model(
    {
        "o200k_base": "o1- o3- o4-mini- gpt-5 gpt-4.5- gpt-4.1- gpt-4o- chatgpt-4o- ft:gpt-4o",
        "o200k_harmony": "gpt-oss-",
        "cl100k_base": """
            gpt-4- gpt-3.5-turbo- gpt-35-turbo-
            ft:gpt-4 ft:gpt-3.5-turbo ft:davinci-002 ft:babbage-002
        """,
    }
)


def encoding_name_for_model(model: str) -> str:
    """Return the name of the encoding that a model uses.

    Clauses: F5.
    Raises `UnknownEncodingError`, which is a `KeyError` as in tiktoken.

    >>> encoding_name_for_model("gpt-4o"), encoding_name_for_model("gpt-4-0314")
    ('o200k_base', 'cl100k_base')
    """
    if not isinstance(model, str):
        raise InputTypeError(f"the name of a model is a text, not {type(model).__name__}")
    if model in MODELS:
        return MODELS[model]
    prefix = max(_matching(model, MODEL_PREFIXES), key=len, default=None)
    if prefix is None:
        raise UnknownEncodingError(
            f"no encoding is known for the model {model!r}{suggest(model, MODELS)}: "
            "name the encoding itself, e.g. get_encoding('o200k_base')",
            name=model,
        )
    return MODEL_PREFIXES[prefix]


def _matching(model: str, prefixes: Iterable[str]) -> list[str]:
    return [prefix for prefix in prefixes if model.startswith(prefix)]
