"""Any tokenizer object in this process as a target: what it can do is read off its methods.

`encode(text)` and `decode(ids)` are enough; further methods count where they have tiktoken's names.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping, MutableSequence, Sequence
from functools import wraps
from importlib.metadata import version
from typing import Any, Final, Literal, ParamSpec, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bpe.conformance.faults import TargetFault, Unsupported, describe_exception
from bpe.conformance.hazards import HAZARDS
from bpe.conformance.model import Model
from bpe.conformance.protocol import SpecialTokens
from bpe.conformance.refusal import Refusal
from bpe.conformance.together import encode_in_threads

P = ParamSpec("P")
R = TypeVar("R")

#: Exceptions with which Python code says no to an argument; `UnicodeError` is a `ValueError`, `KeyError` a `LookupError`.
REFUSALS: Final = (ValueError, TypeError, LookupError, OverflowError)

#: Texts from which the ids of an unknown vocabulary are learned.
_SAMPLE: Final = (" The quick brown fox, 1234! ", "\n\n", "aaabdaaabac", *HAZARDS)


def answering(method: Callable[P, R]) -> Callable[P, R]:
    """Turn exceptions that say no into refusals, and panics of compiled code into faults."""

    @wraps(method)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except (Refusal, Unsupported, TargetFault):
            raise
        except REFUSALS as error:
            raise Refusal(describe_exception(error), **_details(error)) from error
        except Exception:
            raise
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt | GeneratorExit):
                raise
            # `SystemExit` too: a tokenizer that ends the program must not end the trial.
            raise TargetFault("errored", describe_exception(error)) from error

    return wrapped


def _details(error: Exception) -> dict[str, Any]:
    return {"index": error.start} if isinstance(error, UnicodeEncodeError) else {}


class ObjectTarget:
    """A tokenizer object with a vocabulary of its own."""

    def __init__(self, tokenizer: Any, name: str, model: Model | None = None) -> None:
        self.tokenizer = tokenizer
        self.name = name
        #: Name and version, for the report.
        self.implementation: Mapping[str, str] = {"name": name}
        self.knows_vocabulary = model is not None
        self._takes_allowance = _takes(tokenizer.encode, "allowed_special")
        self._given = model
        self._model: Model | None = None
        self._models: SearchStrategy[Model] | None = None

    @property
    def model(self) -> Model:
        """The tokenizer's own vocabulary, or what is known of it, with the profiles that it was seen to have."""
        if self._model is None:
            known = self._learned() if self._given is None else self._given
            surrogates: Literal["strict", "replace"] = "replace" if self._repairs() else "strict"
            self._model = known.change(surrogates=surrogates)
        return self._model

    @model.setter
    def model(self, model: Model) -> None:
        self._model, self._models = model, None

    @property
    def models(self) -> SearchStrategy[Model]:
        """Return the one model there is."""
        if self._models is None:
            self._models = st.deferred(lambda: st.just(self.model))  # asking a tokenizer what it is can take its time
        return self._models

    @answering
    def encode(
        self,
        model: Model,
        text: str,
        *,
        allowed_special: SpecialTokens = (),
        disallowed_special: SpecialTokens = "all",
    ) -> Sequence[int]:
        """Return the ids of a text."""
        if self._takes_allowance:
            return _ids(
                self.tokenizer.encode(
                    text, allowed_special=_as_set(allowed_special), disallowed_special=_as_set(disallowed_special)
                )
            )
        _refuse_to_choose(model, text, allowed_special, disallowed_special)
        return _ids(self.tokenizer.encode(text))

    @answering
    def encode_ordinary(self, model: Model, text: str) -> Sequence[int]:
        """Return the ids of a text in which nothing is special."""
        if hasattr(self.tokenizer, "encode_ordinary"):
            return _ids(self.tokenizer.encode_ordinary(text))
        return self.encode(model, text, allowed_special=(), disallowed_special=())

    @answering
    def decode_bytes(self, model: Model, ids: Sequence[int]) -> bytes:  # noqa: ARG002 - the protocol's signature
        """Return the bytes of ids that a text has."""
        if hasattr(self.tokenizer, "decode_bytes"):
            return bytes(self.tokenizer.decode_bytes(list(ids)))
        decoded = self.tokenizer.decode(list(ids))
        return decoded if isinstance(decoded, bytes) else decoded.encode()

    def encode_together(self, model: Model, texts: Sequence[str]) -> Sequence[Sequence[int] | None]:
        """Return the ids of each text, encoded in a thread for each."""
        return encode_in_threads(lambda text: self.encode(model, text, disallowed_special=()), texts)

    @answering
    def encode_and_change(self, model: Model, text: str) -> None:
        """Encode ordinary text, and add to the list that it gives."""
        if hasattr(self.tokenizer, "encode_ordinary"):
            answer = self.tokenizer.encode_ordinary(text)
        else:
            _refuse_to_choose(model, text, (), ())
            answer = self.tokenizer.encode(text, **({"disallowed_special": ()} if self._takes_allowance else {}))
        if isinstance(answer, MutableSequence):
            answer.append(0)

    def _repairs(self) -> bool:
        try:
            self.encode_ordinary(Model({}), "\ud800")
        except Exception:  # noqa: BLE001 - however it says no, it does not repair
            return False
        return True

    def _learned(self) -> Model:
        """Return the tokens of some texts, where they can be decoded one by one."""
        tokens: dict[int, bytes] = {}
        if not hasattr(self.tokenizer, "decode_bytes"):
            return Model({})
        for text in _SAMPLE:
            try:
                for token_id in self.encode_ordinary(Model({}), text):
                    tokens.setdefault(token_id, self.decode_bytes(Model({}), [token_id]))
            except Exception:  # noqa: BLE001, S112 - what cannot be encoded teaches nothing
                continue
        return Model(tokens)


def object_target(tokenizer: Any, name: str, model: Model | None = None) -> ObjectTarget:
    """Return the target for an object, with the methods that the object has.

    >>> from bpe.conformance.model import BYTES
    >>> class Plain:
    ...     def encode(self, text): return list(text.encode())
    ...     def decode(self, ids): return bytes(ids).decode("utf-8", "replace")
    >>> target = object_target(Plain(), "plain")
    >>> target.encode_ordinary(target.model, "aé"), hasattr(target, "encode_batch")
    ([97, 195, 169], False)
    """
    methods: dict[str, Any] = {
        name: method for name, (needed, method) in _OPTIONAL.items() if all(hasattr(tokenizer, each) for each in needed)
    }
    if hasattr(tokenizer, "decode_bytes"):
        methods["decodes_any_ids"] = True
    kind: type[ObjectTarget] = type("ObjectTarget", (ObjectTarget,), methods)
    return kind(tokenizer, name, model)


def described_target(tokenizer: Any, name: str, package: str, model: Model | None) -> ObjectTarget:
    """Return the target for an object of an installed package, with the package's version."""
    target = object_target(tokenizer, name, model)
    target.implementation = {"name": package, "version": version(package)}
    return target


def vocabulary_of(tokenizer: Any) -> Model | None:
    """Return the model that an object shows by tiktoken's attributes, or `None`.

    `mergeable_ranks`, `pat_str` and `special_tokens` count, with or without an underscore before them.
    """
    ranks = _attribute(tokenizer, "mergeable_ranks")
    if not isinstance(ranks, Mapping) or not ranks:
        return None
    pattern = _attribute(tokenizer, "pat_str")
    special = _attribute(tokenizer, "special_tokens")
    return rank_model(
        ranks, pattern if isinstance(pattern, str) else None, special if isinstance(special, Mapping) else {}
    )


def rank_model(ranks: Mapping[bytes, int], pattern: str | None, special_tokens: Mapping[str, int]) -> Model:
    """Return the model of a rank file as tiktoken reads it: rank semantics with the whole-pre-token shortcut."""
    tokens = {token_id: bytes(token) for token, token_id in sorted(ranks.items(), key=lambda item: item[1])}
    first: dict[int, str] = {}
    for text, token_id in special_tokens.items():
        first.setdefault(token_id, text)
    aliases = {text: first[token_id] for text, token_id in special_tokens.items() if first[token_id] != text}
    return Model(tokens, pattern=pattern, special_tokens=dict(special_tokens), aliases=aliases, whole_pre_token=True)


def _attribute(tokenizer: Any, name: str) -> Any:
    value = getattr(tokenizer, name, None)
    return getattr(tokenizer, f"_{name}", None) if value is None else value


def _takes(method: Callable[..., Any], parameter: str) -> bool:
    try:
        return parameter in inspect.signature(method).parameters
    except (TypeError, ValueError):  # compiled code may have no signature
        return False


def _as_set(tokens: SpecialTokens) -> Any:
    return "all" if tokens == "all" else set(tokens)


def _ids(ids: Any) -> list[int]:
    return [int(token_id) for token_id in ids]


def _refuse_to_choose(model: Model, text: str, allowed: SpecialTokens, disallowed: SpecialTokens) -> None:
    """Raise `Unsupported` where it matters which special tokens are allowed, and the tokenizer does not ask."""
    wanted: Collection[str] = model.special_tokens if "all" in (allowed, disallowed) else {*allowed, *disallowed}
    if any(token in text for token in {*wanted, *model.special_tokens}):
        raise Unsupported("encode has no argument for special tokens")
    if allowed != "all" and set(allowed) - set(model.special_tokens):
        raise Unsupported("encode has no argument for special tokens")


# --- methods that an object may have -------------------------------------------------------------


@answering
def _decode(self: Any, model: Model, ids: Sequence[int], errors: str = "replace") -> str:  # noqa: ARG001
    takes_errors = _takes(self.tokenizer.decode, "errors")
    if errors != "replace" and not takes_errors:
        raise Unsupported("decode has no argument for errors")
    decoded: str = self.tokenizer.decode(list(ids), errors=errors) if takes_errors else self.tokenizer.decode(list(ids))
    return decoded


@answering
def _encode_batch(
    self: Any, model: Model, texts: Sequence[str], *, allowed_special: SpecialTokens, workers: int
) -> Sequence[Sequence[int]]:
    batch = self.tokenizer.encode_batch
    if not _takes(batch, "allowed_special"):
        for text in texts:
            _refuse_to_choose(model, text, allowed_special, ())
        return [_ids(ids) for ids in batch(list(texts))]
    threads = {"num_threads": workers} if _takes(batch, "num_threads") else {}
    answer = batch(list(texts), allowed_special=_as_set(allowed_special), disallowed_special=(), **threads)
    return [_ids(ids) for ids in answer]


@answering
def _count(self: Any, model: Model, text: str, *, allowed_special: SpecialTokens) -> int:
    if _takes(self.tokenizer.count, "allowed_special"):
        return int(self.tokenizer.count(text, allowed_special=_as_set(allowed_special), disallowed_special=()))
    _refuse_to_choose(model, text, allowed_special, ())
    return int(self.tokenizer.count(text))


@answering
def _is_within_limit(
    self: Any,
    model: Model,  # noqa: ARG001 - the protocol's signature
    text: str,
    limit: int,
    *,
    allowed_special: SpecialTokens,
) -> bool:
    if limit < 0:
        raise Unsupported("a limit below nothing")
    return bool(
        self.tokenizer.is_within_limit(text, limit, allowed_special=_as_set(allowed_special), disallowed_special=())
    )


@answering
def _token_starts(self: Any, model: Model, ids: Sequence[int]) -> Sequence[int]:  # noqa: ARG001
    _, starts = self.tokenizer.decode_with_offsets(list(ids))
    return list(starts)


#: Each method of a target, what an object needs for it, and how it is done.
_OPTIONAL: Final[Mapping[str, tuple[tuple[str, ...], Callable[..., Any]]]] = {
    "decode": (("decode",), _decode),
    "encode_batch": (("encode_batch",), _encode_batch),
    "count": (("count", "is_within_limit"), _count),
    "is_within_limit": (("count", "is_within_limit"), _is_within_limit),
    "token_starts": (("decode_with_offsets", "decode_bytes"), _token_starts),
}
