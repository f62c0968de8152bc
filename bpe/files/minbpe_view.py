"""minbpe's `.vocab` view: how each token was made, for people.

A view is written and never read: it leaves out the pattern, and shows special tokens and ordinary ones alike.
Tokens are in the notation of `bpe.files.token_notation`, where minbpe itself puts U+FFFD for bytes that are not UTF-8.

    [t][he] -> [the] 257
"""

from __future__ import annotations

from bpe.files.token_notation import escape_invisible, show_token
from bpe.vocabulary import Vocabulary


def format_minbpe_view(vocabulary: Vocabulary) -> bytes:
    """Return the view of a vocabulary, one token a line, by id.

    Clauses: F4.

    >>> from bpe.vocabulary import Merge, single_bytes
    >>> v = Vocabulary(single_bytes() | {256: b"aa"}, (Merge(97, 97, 256),), special_tokens={"<|end|>": 257})
    >>> format_minbpe_view(v).decode().splitlines()[96:98] + format_minbpe_view(v).decode().splitlines()[-2:]
    ['[`] 96', '[a] 97', '[a][a] -> [aa] 256', '[<|end|>] 257']
    """
    shown = {token_id: _show(token) for token_id, token in vocabulary.token_bytes.items()}
    lines = {token_id: f"[{text}] {token_id}\n" for token_id, text in shown.items()}
    for merge in vocabulary.merges or ():
        lines[merge.result] = f"[{shown[merge.left]}][{shown[merge.right]}] -> {lines[merge.result]}"
    for token_id, text in vocabulary.special_texts.items():
        lines[token_id] = f"[{_show(text.encode())}] {token_id}\n"
    return "".join(line for _, line in sorted(lines.items())).encode()


def _show(token: bytes) -> str:
    # Line breaks and the like would break the line.
    controls = {value: f"\\x{value:02x}" for value in range(32)}
    return escape_invisible(show_token(token).translate(controls))
