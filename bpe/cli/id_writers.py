"""Rows of token ids written as text, as lines of JSON, or as a NumPy array.

A row is the ids of one text; it is written part by part, because it may be long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import BinaryIO, Final

from bpe.cli.numpy_extra import import_numpy

Parts = Iterable[Sequence[int]]


def write_text_row(parts: Parts, stream: BinaryIO) -> None:
    r"""Write ids as numbers with a space between them, and a newline at the end.

    >>> import io
    >>> stream = io.BytesIO()
    >>> write_text_row([[1, 2], [], [3]], stream)
    >>> stream.getvalue()
    b'1 2 3\n'
    """
    _write_joined(parts, " ", stream)
    stream.write(b"\n")


def write_json_row(parts: Parts, stream: BinaryIO) -> None:
    r"""Write ids as an array of JSON on a line.

    >>> import io
    >>> stream = io.BytesIO()
    >>> write_json_row([[1, 2], [], [3]], stream)
    >>> stream.getvalue()
    b'[1, 2, 3]\n'
    """
    stream.write(b"[")
    _write_joined(parts, ", ", stream)
    stream.write(b"]\n")


def write_numpy_row(parts: Parts, stream: BinaryIO) -> None:
    r"""Write ids as a NumPy file: one dimension of 32-bit unsigned integers, little-endian.

    >>> import io
    >>> stream = io.BytesIO()
    >>> write_numpy_row([[1, 2], [], [3]], stream)
    >>> stream.getvalue()[:6], stream.getvalue()[-12::4]
    (b'\x93NUMPY', b'\x01\x02\x03')
    """
    numpy = import_numpy()
    arrays = [numpy.asarray(part, dtype="<u4") for part in parts]
    header = {"descr": "<u4", "fortran_order": False, "shape": (sum(map(len, arrays)),)}
    numpy.lib.format.write_array_header_1_0(stream, header)
    stream.writelines(array.tobytes() for array in arrays)


def write_count(parts: Parts, stream: BinaryIO) -> None:
    r"""Write how many ids there are, and a newline.

    >>> import io
    >>> stream = io.BytesIO()
    >>> write_count([[1, 2], [], [3]], stream)
    >>> stream.getvalue()
    b'3\n'
    """
    stream.write(b"%d\n" % sum(map(len, parts)))


#: How a row is written, by the name of the format.
WRITERS: Final[Mapping[str, Callable[[Parts, BinaryIO], None]]] = MappingProxyType(
    {"text": write_text_row, "jsonl": write_json_row, "npy": write_numpy_row}
)


def _write_joined(parts: Parts, separator: str, stream: BinaryIO) -> None:
    between = ""
    for part in parts:
        if part:
            stream.write((between + separator.join(map(str, part))).encode("ascii"))
            between = separator
