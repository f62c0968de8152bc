"""The operations of the adapter protocol: how each call is written as a request, and its answer as a reply.

`spec/10-adapter.md` describes the protocol for writers of adapters in any language; both ends of it here use this table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from bpe.conformance.pipe_encoding import ENCODING
from bpe.conformance.pipe_files import FILES, read_format, write_format
from bpe.conformance.pipe_stages import STAGES
from bpe.conformance.pipe_values import Operation

#: The version of the protocol; a new one only where an old adapter would misunderstand.
PROTOCOL_VERSION: Final = 1

#: Each operation that an adapter may declare, by its name.
OPERATIONS: Final[Mapping[str, Operation]] = {**ENCODING, **STAGES, **FILES}

#: What a target can list, with how an entry is written and read; it goes with the greeting.
LISTS: Final[Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]]] = {
    "ways_to_copy": (str, str),
    "formats": (write_format, read_format),
    "encoding_names": (str, str),
}
