"""A rank file of one of tiktoken's encodings, for libraries that read such files."""

import base64
import tempfile
from pathlib import Path

import tiktoken


def rank_file(name):
    """Write the file, and return its path."""
    ranks = tiktoken.get_encoding(name)._mergeable_ranks
    path = Path(tempfile.mkdtemp()) / f"{name}.tiktoken"
    lines = [
        base64.b64encode(token) + f" {rank}\n".encode() for token, rank in sorted(ranks.items(), key=lambda i: i[1])
    ]
    path.write_bytes(b"".join(lines))
    return str(path)
