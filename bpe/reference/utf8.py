"""Text and bytes.

Text is a sequence of Unicode *scalar values*: every code point but the 2 048 surrogates (U+D800 to U+DFFF), which are half-characters that UTF-16 uses and that no UTF-8 text can hold.
A Python `str` can hold surrogates nevertheless, so the first step of encoding is to refuse or to repair them.
"""

from __future__ import annotations

import codecs

from bpe.errors import InputTypeError, InvalidUtf8Error, LoneSurrogateError
from bpe.vocabulary import SurrogateProfile


def scalar_text(text: str, errors: SurrogateProfile = "strict") -> str:
    r"""Return `text` as a sequence of scalar values: refuse surrogates, or repair them.

    Clauses: B1, B4.
    Under `replace` a high surrogate followed by a low one becomes the character that the two mean in UTF-16, and every other surrogate becomes U+FFFD.
    Raises `LoneSurrogateError` with the index of the first surrogate, `InputTypeError` if `text` is no string.

    >>> scalar_text("\ud83d\ude00 \ud800", errors="replace")
    '😀 �'
    >>> scalar_text("ab\ud800")
    Traceback (most recent call last):
    bpe.errors.LoneSurrogateError: surrogate U+D800 at index 2: remove it, or choose errors="replace" [B4]
    """
    if not isinstance(text, str):
        raise InputTypeError(f"text must be a str, not {type(text).__name__}: decode bytes, or use encode_bytes")
    index = first_surrogate(text)
    if index is None:
        return text
    if errors == "replace":
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    raise LoneSurrogateError(describe_surrogate(text[index], index), text=text, index=index)


def describe_surrogate(surrogate: str, index: int) -> str:
    r"""Return what a refusal says of the surrogate at an index, with the remedies.

    Clauses: B4.

    >>> describe_surrogate("\ud800", 2)
    'surrogate U+D800 at index 2: remove it, or choose errors="replace"'
    """
    return f'surrogate U+{ord(surrogate):04X} at index {index}: remove it, or choose errors="replace"'


def first_surrogate(text: str) -> int | None:
    r"""Return the index of the first surrogate, or `None`.

    Clauses: B1, B4.

    >>> first_surrogate("a\udc80"), first_surrogate("a😀")
    (1, None)
    """
    for index, character in enumerate(text):
        if 0xD800 <= ord(character) <= 0xDFFF:
            return index
    return None


def text_to_bytes(text: str) -> bytes:
    r"""Return the UTF-8 form (RFC 3629) of scalar text.

    Clauses: B1, B2, B3.

    >>> text_to_bytes("aé😀")
    b'a\xc3\xa9\xf0\x9f\x98\x80'
    """
    return text.encode("utf-8")


def bytes_to_text(data: bytes, errors: str = "replace") -> str:
    r"""Return the text of UTF-8 bytes; `errors` names a codec error handler.

    Clauses: B5.
    `replace` puts one U+FFFD for each maximal subpart of an ill-formed sequence (Unicode 16.0, section 3.9).
    Raises `InvalidUtf8Error` with the byte offset under `strict`, `InputTypeError` for an unknown handler.

    >>> bytes_to_text(b"a\xf0\x9f\x98b")
    'a�b'
    >>> bytes_to_text(b"ab\xff", errors="strict")
    Traceback (most recent call last):
    bpe.errors.InvalidUtf8Error: byte 0xff at offset 2 is not UTF-8 (invalid start byte): decode with errors="replace", or use decode_bytes [B5]
    """
    if errors == "replace":  # by far the usual case
        return data.decode("utf-8", "replace")
    _check_handler(errors)
    try:
        return data.decode("utf-8", errors)
    except TypeError as fault:
        raise InputTypeError(f"the error handler {errors!r} is for encoding only ({fault})") from None
    except UnicodeDecodeError as fault:
        raise InvalidUtf8Error(
            f"byte 0x{data[fault.start]:02x} at offset {fault.start} is not UTF-8 ({fault.reason}): "
            'decode with errors="replace", or use decode_bytes',
            data=data,
            offset=fault.start,
            stop=fault.end,
            cause=fault.reason,
        ) from None


def _check_handler(errors: object) -> None:
    try:
        codecs.lookup_error(errors)  # type: ignore[arg-type]
    except (LookupError, TypeError, ValueError):
        raise InputTypeError(f'no error handler is named {errors!r}: "replace" and "strict" always are') from None


def split_well_formed(data: bytes) -> list[tuple[bool, bytes]]:
    r"""Cut bytes into maximal stretches that are UTF-8 (`True`) and maximal runs of bytes that are not (`False`).

    Clauses: E2.
    A byte is well formed if it belongs to the UTF-8 form of a scalar value when the bytes are read from left to right.

    >>> split_well_formed(b"ab\xff\xfe\xc3\xa9\xc3")
    [(True, b'ab'), (False, b'\xff\xfe'), (True, b'\xc3\xa9'), (False, b'\xc3')]
    """
    # The handler turns each byte at fault into a surrogate of its own, which no well-formed byte yields.
    text = data.decode("utf-8", "surrogateescape")
    stretches: list[tuple[bool, bytes]] = []
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or _is_escape(text[index]) != _is_escape(text[start]):
            stretch = text[start:index].encode("utf-8", "surrogateescape")
            stretches.append((not _is_escape(text[start]), stretch))
            start = index
    return stretches


def _is_escape(character: str) -> bool:
    return "\udc80" <= character <= "\udcff"
