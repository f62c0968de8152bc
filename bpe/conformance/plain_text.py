"""Text and bytes in the plainest way: what the properties of chapter B expect, by nothing that is under test."""

from __future__ import annotations

from collections.abc import Sequence

#: The well-formed byte sequences of Unicode (table 3-7): the ranges of the first byte, and of those that follow.
_CONTINUES = (0x80, 0xBF)
_SEQUENCES = (
    ((0x00, 0x7F),),
    ((0xC2, 0xDF), _CONTINUES),
    ((0xE0, 0xE0), (0xA0, 0xBF), _CONTINUES),
    ((0xE1, 0xEC), _CONTINUES, _CONTINUES),
    ((0xED, 0xED), (0x80, 0x9F), _CONTINUES),
    ((0xEE, 0xEF), _CONTINUES, _CONTINUES),
    ((0xF0, 0xF0), (0x90, 0xBF), _CONTINUES, _CONTINUES),
    ((0xF1, 0xF3), _CONTINUES, _CONTINUES, _CONTINUES),
    ((0xF4, 0xF4), (0x80, 0x8F), _CONTINUES, _CONTINUES),
)


def utf8(text: str) -> bytes:
    r"""Return the UTF-8 form of scalar text, by the table of RFC 3629.

    >>> utf8("aé😀")
    b'a\xc3\xa9\xf0\x9f\x98\x80'
    """
    return bytes(value for character in text for value in _utf8_values(ord(character)))


def _utf8_values(number: int) -> list[int]:
    if number < 0x80:
        return [number]
    following: list[int] = []
    room = 0x40
    while number >= room:
        following.insert(0, 0x80 | number & 0x3F)
        number >>= 6
        room = 0x20 if room == 0x40 else room >> 1
    lead = {1: 0xC0, 2: 0xE0, 3: 0xF0}[len(following)]
    return [lead | number, *following]


def first_surrogate(text: str) -> int | None:
    r"""Return the index of the first surrogate, or `None`.

    >>> first_surrogate("a\ud800")
    1
    """
    return next((index for index, character in enumerate(text) if "\ud800" <= character <= "\udfff"), None)


def repair(text: str) -> str:
    r"""Return text with each high–low pair of surrogates made its scalar and every other surrogate U+FFFD.

    >>> repair("\ud83d\ude00\ud83d")
    '😀�'
    """
    repaired: list[str] = []
    index = 0
    while index < len(text):
        pair = text[index : index + 2]
        if len(pair) == 2 and "\ud800" <= pair[0] <= "\udbff" and "\udc00" <= pair[1] <= "\udfff":
            repaired.append(chr(0x10000 + (ord(pair[0]) - 0xD800) * 0x400 + ord(pair[1]) - 0xDC00))
            index += 2
        else:
            repaired.append("\ufffd" if "\ud800" <= text[index] <= "\udfff" else text[index])
            index += 1
    return "".join(repaired)


def subparts(data: bytes) -> list[tuple[bool, bytes]]:
    r"""Cut bytes into well-formed sequences (`True`) and the maximal subparts of ill-formed ones (`False`).

    >>> subparts(b"a\xf0\x9f\x98\xff")
    [(True, b'a'), (False, b'\xf0\x9f\x98'), (False, b'\xff')]
    """
    parts: list[tuple[bool, bytes]] = []
    start = 0
    while start < len(data):
        lengths = [(_matching(sequence, data, start), len(sequence)) for sequence in _SEQUENCES]
        matched, whole = max(lengths, key=lambda length: length[0])
        stop = start + max(matched, 1)
        parts.append((matched == whole, data[start:stop]))
        start = stop
    return parts


def _matching(sequence: Sequence[tuple[int, int]], data: bytes, start: int) -> int:
    """Return how many bytes from `start` on begin a sequence."""
    length = 0
    for (low, high), value in zip(sequence, data[start : start + len(sequence)], strict=False):
        if not low <= value <= high:
            break
        length += 1
    return length


def text_of(data: bytes) -> str:
    r"""Return the text of bytes, with one U+FFFD for each maximal subpart that is ill-formed.

    >>> text_of(b"a\xf0\x9f\x98b")
    'a�b'
    """
    return "".join(part.decode() if well_formed else "\ufffd" for well_formed, part in subparts(data))


def first_fault(data: bytes) -> int | None:
    r"""Return the offset of the first byte that no well-formed sequence holds, or `None`.

    >>> first_fault(b"a\xff"), first_fault(b"a")
    (1, None)
    """
    offset = 0
    for well_formed, part in subparts(data):
        if not well_formed:
            return offset
        offset += len(part)
    return None


def stretches(data: bytes) -> list[tuple[bool, bytes]]:
    r"""Cut bytes into maximal well-formed stretches (`True`) and maximal runs of other bytes (`False`).

    >>> stretches(b"ab\xff\xf0\x9f")
    [(True, b'ab'), (False, b'\xff\xf0\x9f')]
    """
    joined: list[tuple[bool, bytes]] = []
    for well_formed, part in subparts(data):
        if joined and joined[-1][0] == well_formed:
            joined[-1] = (well_formed, joined[-1][1] + part)
        else:
            joined.append((well_formed, part))
    return joined
