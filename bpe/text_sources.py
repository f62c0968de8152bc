r"""Texts from files: a file, a line, or a field of a line of JSON is one text.

Files are UTF-8, whatever the locale says, and nothing in them is translated: a carriage return and a byte-order mark are characters of the text.
A file is read in blocks, so that its size does not matter; `bpe.engine.safe_cuts.rechunk` makes of such blocks what may be worked on one by one.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO, Final

from bpe.errors import FileFormatError, InvalidUtf8Error

#: How many bytes of a file are read at once.
BLOCK_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Text:
    """One text: the place that messages give for it, and its characters in blocks, which are read once."""

    place: str
    blocks: Iterable[str]


class Utf8Decoder:
    r"""Turns blocks of UTF-8, which may be cut anywhere, into text; a refusal gives the place of the byte at fault.

    Clauses: B5.
    `errors` is "strict", or "replace" for U+FFFD; `offset` is the place of the first byte; `remedy` ends the message of a refusal.

    >>> decoder = Utf8Decoder("x.txt")
    >>> decoder.decode(b"caf\xc3"), decoder.decode(b"\xa9", final=True)
    ('caf', 'é')
    """

    def __init__(
        self, name: str, *, errors: str = "strict", offset: int = 0, remedy: str = "convert the file to UTF-8"
    ) -> None:
        self._name = name
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors)
        self._offset = offset
        self._remedy = remedy

    def decode(self, block: bytes, *, final: bool = False) -> str:
        """Return the text that the block completes; raise `InvalidUtf8Error` for what is not UTF-8."""
        start = self._offset - len(self._decoder.getstate()[0])
        try:
            text = self._decoder.decode(block, final)
        except UnicodeDecodeError as fault:
            raise self._refusal(fault, start + fault.start) from None
        self._offset += len(block)
        return text

    def _refusal(self, fault: UnicodeDecodeError, offset: int) -> InvalidUtf8Error:
        data = fault.object[fault.start : fault.end]
        return InvalidUtf8Error(
            f"{self._name}: byte 0x{data[0]:02x} at offset {offset} is not UTF-8 ({fault.reason}): {self._remedy}",
            data=data,
            offset=offset,
            stop=offset + len(data),
            cause=fault.reason,
        )


def read_file(stream: BinaryIO, name: str, *, block_bytes: int = BLOCK_BYTES) -> Iterator[Text]:
    r"""Yield the content of a file as one text.

    Clauses: B1, R3.
    Its blocks raise `InvalidUtf8Error` with the byte at fault.

    >>> import io
    >>> [list(text.blocks) for text in read_file(io.BytesIO(b"one\r\ntwo\n"), "x.txt", block_bytes=5)]
    [['one\r\n', 'two\n']]
    """
    yield Text(name, decode_blocks(iter(partial(stream.read, block_bytes), b""), name))


def read_lines(stream: BinaryIO, name: str) -> Iterator[Text]:
    r"""Yield each line of a file as a text, without the newline that ends it.

    Clauses: B1.
    A line ends at `\n` and nowhere else; a newline at the end of the file begins no further line.
    Raises `InvalidUtf8Error`.

    >>> import io
    >>> [list(text.blocks) for text in read_lines(io.BytesIO(b"one\r\n\ntwo"), "x.txt")]
    [['one\r'], [''], ['two']]
    """
    for place, offset, line in _lines(stream, name):
        yield Text(place, ["".join(decode_blocks([line], name, offset=offset))])


def read_json_lines(stream: BinaryIO, name: str, field: str) -> Iterator[Text]:
    r"""Yield one field of each line of a file of JSON objects as a text; empty lines are passed over.

    Clauses: B1, F2, R2.
    Raises `FileFormatError` with the line, and `InvalidUtf8Error`.

    >>> import io
    >>> [list(text.blocks) for text in read_json_lines(io.BytesIO(b'{"id": 1, "text": "caf\\u00e9"}\n'), "x.jsonl", "text")]
    [['café']]
    """
    for place, offset, line in _lines(stream, name):
        content = "".join(decode_blocks([line], name, offset=offset))
        if content.strip():
            yield Text(place, [_field_of(content, field, place)])


def split_byte_lines(stream: BinaryIO, name: str) -> Iterator[tuple[str, bytes]]:
    r"""Yield each line of a file as bytes, without its newline, with its place.

    >>> import io
    >>> list(split_byte_lines(io.BytesIO(b"\xff\n\n"), "x.bin"))
    [('x.bin, line 1', b'\xff'), ('x.bin, line 2', b'')]
    """
    for place, _, line in _lines(stream, name):
        yield place, line


def decode_blocks(blocks: Iterable[bytes], name: str, *, offset: int = 0) -> Iterator[str]:
    r"""Yield the text of blocks of UTF-8, which may be cut anywhere, inside a character too.

    Clauses: B1.
    `offset` is the place of the first block in its file.
    Raises `InvalidUtf8Error` that names the file and the byte in it.

    >>> list(decode_blocks([b"\xc3", b"\xa9"], "x.txt"))
    ['é']
    >>> list(decode_blocks([b"ab", b"c\xff"], "x.txt"))
    Traceback (most recent call last):
    bpe.errors.InvalidUtf8Error: x.txt: byte 0xff at offset 3 is not UTF-8 (invalid start byte): convert the file to UTF-8 [B5]
    """
    decoder = Utf8Decoder(name, offset=offset)
    for block in blocks:
        if text := decoder.decode(block):
            yield text
    decoder.decode(b"", final=True)


def _lines(stream: BinaryIO, name: str) -> Iterator[tuple[str, int, bytes]]:
    """Yield the place, the offset and the bytes of each line."""
    offset = 0
    for number, line in enumerate(stream, 1):
        yield f"{name}, line {number}", offset, line.removesuffix(b"\n")
        offset += len(line)


def _field_of(line: str, field: str, place: str) -> str:
    try:
        value: Any = json.loads(line)
    except (ValueError, RecursionError) as fault:
        raise FileFormatError(f"{place}: not JSON ({fault})", place=place) from None
    if not isinstance(value, dict):
        raise FileFormatError(f"{place}: a JSON {type(value).__name__}, where an object is wanted", place=place)
    if field not in value:
        has = ", ".join(map(repr, value)) or "none"
        raise FileFormatError(f"{place}: no field {field!r}; the fields are: {has}", place=place)
    text = value[field]
    if not isinstance(text, str):
        raise FileFormatError(f"{place}: the field {field!r} is no string, but {text!r:.60}", place=place)
    return text
