"""How each fast tokenizer is asked: its own methods under tiktoken's names, and nothing that it does not have."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from bpe.conformance.faults import Unsupported
from bpe.targets.special_shapes import AllOrNothing, Tokens

P = ParamSpec("P")
R = TypeVar("R")


class RsBpe:
    """rs-bpe: ordinary text alone; it decodes to text, and to `None` where the bytes are none."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self.encode: Callable[[str], Sequence[int]] = tokenizer.encode
        self.encode_ordinary = self.encode

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ids."""
        return _text_or_refusal(self._tokenizer.decode(list(ids)))

    def encode_batch(self, texts: Sequence[str]) -> Sequence[Sequence[int]]:
        """Return the ids of each text."""
        batch: Sequence[Sequence[int]] = self._tokenizer.encode_batch(list(texts))[0]
        return batch


class Quicktok:
    """quicktok: tiktoken's methods, but for a batch, which is one array with the places where texts begin."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self.encode_ordinary: Callable[[str], Sequence[int]] = tokenizer.encode_ordinary
        self.decode_bytes: Callable[[Sequence[int]], bytes] = tokenizer.decode_bytes

    def encode(self, text: str, *, allowed_special: Tokens = (), disallowed_special: Tokens = "all") -> Sequence[int]:
        """Return the ids of a text."""
        ids: Sequence[int] = self._tokenizer.encode(
            text, allowed_special=_as_set(allowed_special), disallowed_special=_as_set(disallowed_special)
        )
        return ids

    def decode(self, ids: Sequence[int], errors: str = "replace") -> str:
        """Return the text of ids."""
        text: str = self._tokenizer.decode(list(ids), errors)
        return text

    def encode_batch(self, texts: Sequence[str], num_threads: int = 0) -> Sequence[Sequence[int]]:
        """Return the ids of each text, in which nothing is special."""
        ids, starts = self._tokenizer.encode_batch(list(texts), num_threads)
        return [ids[starts[i] : starts[i + 1]].tolist() for i in range(len(texts))]


def _unless_unsupported(method: Callable[P, R]) -> Callable[P, R]:
    """Turn "this library does not do that", said as `NotImplementedError`, into `Unsupported`."""

    @wraps(method)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except NotImplementedError as fault:
            raise Unsupported(str(fault)) from fault

    return wrapped


class Gigatoken:
    """gigatoken's `as_tiktoken()`, which says of itself that special tokens can be allowed or refused, not left as text."""

    def __init__(self, encoding: Any) -> None:
        self._encoding = encoding
        self.encode = _unless_unsupported(encoding.encode)
        self.encode_ordinary = _unless_unsupported(encoding.encode_ordinary)
        self.encode_batch = _unless_unsupported(encoding.encode_batch)
        self.decode = encoding.decode
        self.decode_bytes = encoding.decode_bytes
        self.decode_with_offsets = _unless_unsupported(encoding.decode_with_offsets)


class Iree(AllOrNothing):
    """iree-tokenizer: every special token is taken; it decodes to text."""

    def __init__(self, tokenizer: Any, special: Collection[str]) -> None:
        self._tokenizer = tokenizer
        self.special = frozenset(special)

    def everything(self, text: str) -> Sequence[int]:
        """Return the ids of a text in which each special token is taken."""
        ids: Sequence[int] = self._tokenizer.encode(text)
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ids."""
        text: str = self._tokenizer.decode(list(ids))
        return text


class Tokie(AllOrNothing):
    """tokie: every special token is taken."""

    def __init__(self, tokenizer: Any, special: Collection[str]) -> None:
        self._tokenizer = tokenizer
        self.special = frozenset(special)

    def everything(self, text: str) -> Sequence[int]:
        """Return the ids of a text in which each special token is taken."""
        ids: Sequence[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def decode_bytes(self, ids: Sequence[int]) -> bytes:
        """Return the bytes of ids."""
        return bytes(self._tokenizer.decode_bytes(list(ids)))

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ids."""
        return _text_or_refusal(self._tokenizer.decode(list(ids)))


class Splintr(AllOrNothing):
    """splintr: a set of allowed tokens, beside which every other one is refused; or none, and nothing is refused."""

    def __init__(self, tokenizer: Any, special: Collection[str]) -> None:
        self._tokenizer = tokenizer
        self.special = frozenset(special)
        self.decode_bytes: Callable[[Sequence[int]], bytes] = tokenizer.decode_bytes

    def encode_ordinary(self, text: str) -> Sequence[int]:
        """Return the ids of a text in which no special token is taken."""
        ids: Sequence[int] = self._tokenizer.encode_ordinary(text)
        return ids

    def encode(self, text: str, *, allowed_special: Tokens = (), disallowed_special: Tokens = ()) -> Sequence[int]:
        """Return the ids of a text."""
        allowed = self.special if allowed_special == "all" else frozenset(allowed_special)
        forbidden = self.special - allowed if disallowed_special == "all" else frozenset(disallowed_special)
        others = self.present(text) - allowed
        if not allowed and not others & forbidden:
            return self.encode_ordinary(text)
        if others - forbidden or any(token in text for token in forbidden - self.special):
            raise Unsupported("what is not allowed is refused, unless nothing is allowed")
        ids: Sequence[int] = self._tokenizer.encode_allowed_special(text, sorted(allowed))
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ids."""
        text: str = self._tokenizer.decode_lossy(list(ids))
        return text


class Fastokens(AllOrNothing):
    """fastokens: all special tokens, or none."""

    def __init__(self, tokenizer: Any, special: Collection[str]) -> None:
        self._tokenizer = tokenizer
        self.special = frozenset(special)

    def everything(self, text: str) -> Sequence[int]:
        """Return the ids of a text in which each special token is taken."""
        ids: Sequence[int] = self._tokenizer.encode(text).ids
        return ids

    def encode_ordinary(self, text: str) -> Sequence[int]:
        """Return the ids of a text in which no special token is taken."""
        ids: Sequence[int] = self._tokenizer.encode_ordinary(text).ids
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ids."""
        text: str = self._tokenizer.decode(list(ids))
        return text


class KitokenShape(AllOrNothing):
    """kitoken: all special tokens, or none; it decodes to bytes, and knows special tokens by the vocabulary."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        listed: Sequence[Mapping[str, Any]] = tokenizer.definition()["specials"]
        self.special_tokens = {bytes(each["bytes"]).decode(): int(each["id"]) for each in listed}
        self.special = frozenset(self.special_tokens)

    def everything(self, text: str) -> Sequence[int]:
        """Return the ids of a text in which each special token is taken."""
        ids: Sequence[int] = self._tokenizer.encode(text, True)
        return ids

    def encode_ordinary(self, text: str) -> Sequence[int]:
        """Return the ids of a text in which no special token is taken."""
        ids: Sequence[int] = self._tokenizer.encode(text, False)
        return ids

    def decode_bytes(self, ids: Sequence[int]) -> bytes:
        """Return the bytes of ids, special tokens among them."""
        return bytes(self._tokenizer.decode(list(ids), True))

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ids."""
        return self.decode_bytes(ids).decode("utf-8", "replace")


class Wordchipper(AllOrNothing):
    """wordchipper: a filter for the special tokens that are taken; the others are ordinary text."""

    def __init__(self, tokenizer: Any, filters: Any, special: Collection[str]) -> None:
        self._tokenizer = tokenizer
        self._filters = filters
        self.special = frozenset(special)
        self.decode_bytes: Callable[[Sequence[int]], bytes] = tokenizer.decode_bytes

    def encode_ordinary(self, text: str) -> Sequence[int]:
        """Return the ids of a text in which no special token is taken."""
        ids: Sequence[int] = self._tokenizer.encode(text, self._filters.include_none())
        return ids

    def allowing(self, text: str, allowed: frozenset[str]) -> Sequence[int]:
        """Return the ids of a text with some special tokens allowed, and the others ordinary text."""
        ids: Sequence[int] = self._tokenizer.encode(text, self._filters.include(sorted(allowed)))
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ids."""
        text: str = self._tokenizer.decode(list(ids))
        return text


def _as_set(tokens: Tokens) -> Any:
    return "all" if tokens == "all" else set(tokens)


def _text_or_refusal(text: str | None) -> str:
    if text is None:
        raise ValueError("the ids are those of no text")
    return text
