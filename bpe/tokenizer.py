"""`Tokenizer`: what users hold.

It has the method names and the semantics of `tiktoken.Encoding`, so that code written for that runs unchanged, and a few more.
Where it differs on purpose, `docs/differences-from-tiktoken.md` says so, with the clause.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from os import PathLike
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar

from bpe.engine.batch_task import Task
from bpe.engine.batches import cores_for, encode_batch
from bpe.engine.encoder import Encoder, encoder_when_used, make_encoder
from bpe.engine.encoding import TokenSpan, as_row
from bpe.engine.utf8 import scalar_text
from bpe.errors import (
    EmptyTokenWarning,
    InputTypeError,
    InvalidVocabularyError,
    MissingExtraError,
    PatternGapError,
    SpecialTokenConflictError,
    TokenIdTypeError,
    UnknownSpecialTokenError,
    UnknownTokenError,
    VocabularySizeError,
)
from bpe.patterns import Pattern
from bpe.reference.encoding import as_token_id
from bpe.reference.special_tokens import resolve_special
from bpe.reference.utf8 import bytes_to_text, text_to_bytes
from bpe.vocabulary import SurrogateProfile, TokenId, Vocabulary

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

SpecialTokens = Literal["all"] | Collection[str]
Item = TypeVar("Item")


class Tokenizer:
    """Text to token ids and back; immutable, and safe to share between threads.

    Clauses: E9, R5.
    The constructor takes what `tiktoken.Encoding` takes and behaves as it does: rank semantics, the whole-pre-token shortcut, surrogates repaired, special tokens with one id taken as aliases.
    Other ways to get one: `bpe.train`, `bpe.load`, `bpe.get_encoding`, `Tokenizer.from_vocabulary`.

    >>> import bpe
    >>> ranks = {bytes([value]): value for value in range(256)} | {b"aa": 256}
    >>> tokenizer = bpe.Tokenizer("tiny", pat_str=r"[^b]+|b+", mergeable_ranks=ranks, special_tokens={"<|end|>": 257})
    >>> tokenizer.encode("aaab<|end|>", allowed_special="all")
    [256, 97, 98, 257]
    """

    __slots__ = ("__weakref__", "_encoder", "_name", "_ranks", "_vocabulary")
    _encoder: Encoder
    _name: str
    _ranks: dict[bytes, TokenId]
    _vocabulary: Vocabulary

    def __init__(
        self,
        name: str,
        *,
        pat_str: str,
        mergeable_ranks: Mapping[bytes, int],
        special_tokens: Mapping[str, int],
        explicit_n_vocab: int | None = None,
    ) -> None:
        vocabulary = Vocabulary(
            _tokens(mergeable_ranks, name),
            pattern=Pattern(pat_str),
            special_tokens=_special_ids(special_tokens),
            aliases=_aliases(special_tokens),
            whole_pre_token=True,
            errors="replace",
        )
        if explicit_n_vocab is not None:
            _check_size(len(mergeable_ranks) + len(special_tokens), vocabulary.n_vocab, explicit_n_vocab)
        self._set(name, vocabulary, make_encoder(vocabulary))

    def _set(self, name: str, vocabulary: Vocabulary, encoder: Encoder) -> None:
        if hasattr(self, "_vocabulary"):
            raise AttributeError("a Tokenizer is immutable: it cannot be initialised again")
        object.__setattr__(self, "_name", name)
        object.__setattr__(self, "_vocabulary", vocabulary)
        object.__setattr__(self, "_encoder", encoder)

    @classmethod
    def from_vocabulary(cls, vocabulary: Vocabulary, *, name: str = "unnamed") -> Tokenizer:
        """Return the tokenizer of a vocabulary.

        >>> from bpe.vocabulary import single_bytes
        >>> Tokenizer.from_vocabulary(Vocabulary(single_bytes()), name="bytes")
        <Tokenizer 'bytes'>
        """
        given: object = vocabulary
        if not isinstance(given, Vocabulary):
            raise InputTypeError(f"vocabulary must be a Vocabulary, not {type(given).__name__}")
        tokenizer = object.__new__(cls)
        tokenizer._set(name, vocabulary, make_encoder(vocabulary))
        return tokenizer

    @classmethod
    def when_used(cls, vocabulary: Vocabulary, *, name: str = "unnamed") -> Tokenizer:
        """Return the tokenizer of a vocabulary, whose encoder is made when it is first asked for.

        For a vocabulary of which it is known that this will not fail: a pattern that is no regular expression would be refused late.

        >>> from bpe.vocabulary import single_bytes
        >>> Tokenizer.when_used(Vocabulary(single_bytes())).encode("a")
        [97]
        """
        tokenizer = object.__new__(cls)
        # subtle: a `__getattr__` here, to make the encoder, would slow down every look at an attribute.
        use = partial(object.__setattr__, tokenizer, "_encoder")
        tokenizer._set(name, vocabulary, encoder_when_used(vocabulary, use))
        return tokenizer

    # --- encoding --------------------------------------------------------------------------------

    def encode(
        self,
        text: str,
        *,
        allowed_special: SpecialTokens = frozenset(),
        disallowed_special: SpecialTokens = "all",
    ) -> list[int]:
        """Return the token ids of a text; special tokens in it are refused unless allowed or exempted.

        Clauses: B4, S1, S2, S3, S4, S9, P7, E1, E3.
        `allowed_special` become their ids; `disallowed_special` make the text refused, by default all that are not allowed; others are ordinary text.
        Raises `DisallowedSpecialTokenError`, `UnknownSpecialTokenError`, `LoneSurrogateError`.

        >>> import bpe
        >>> tokenizer = bpe.train(["hello hello"], 300, special_tokens=["<|end|>"])
        >>> tokenizer.decode(tokenizer.encode("hello<|end|>", allowed_special={"<|end|>"}))
        'hello<|end|>'
        """
        # By position: naming arguments costs as much as encoding a word. The ids are integers, typed more narrowly.
        return self._encoder.encode(text, allowed_special, disallowed_special)  # type: ignore[return-value]

    def encode_ordinary(self, text: str) -> list[int]:
        """Return the token ids of a text in which nothing is special; equals `encode(text, disallowed_special=())`.

        Clauses: S5, P7, E1, E3.
        """
        return self._encoder.encode_ordinary(text)  # type: ignore[return-value]

    def encode_bytes(self, data: bytes) -> list[int]:
        r"""Return the token ids of any bytes, UTF-8 or not, as ordinary text.

        Clauses: E2.
        Maximal well-formed stretches are encoded as text; each maximal run of other bytes is one pre-token.

        >>> import bpe
        >>> tokenizer = bpe.train(["hello hello"], 300)
        >>> tokenizer.decode_bytes(tokenizer.encode_bytes(b"hello\xff"))
        b'hello\xff'
        """
        return self._encoder.encode_bytes(data)  # type: ignore[return-value]

    def encode_batch(
        self,
        text: Iterable[str],
        *,
        num_threads: int = 8,
        allowed_special: SpecialTokens = frozenset(),
        disallowed_special: SpecialTokens = "all",
    ) -> list[list[int]]:
        """Return the token ids of each text, in order, as `encode` does; `num_threads` is how many cores it may use.

        Clauses: E6.
        What takes less than a quarter of a second runs in line; after that, worker processes (threads where there is no interpreter lock) take shares of the texts that are left, and are gone when the call returns.
        With `num_threads=1`, and where processes cannot be started, all of it runs in line.
        Raises what the first text that is refused is refused with, and `WorkerDiedError`.

        >>> import bpe
        >>> bpe.train(["aaa"], 257, pattern=None).encode_batch(["aaa", "", "b"])
        [[256, 97], [], [98]]
        """
        # Resolved once: an iterator of special tokens is used up by the first text.
        allowed, disallowed = resolve_special(
            self._vocabulary.special_tokens.keys(), allowed_special, disallowed_special
        )
        # "all" is looked for faster than each token by name.
        task = Task(
            self._vocabulary,
            "all" if allowed_special == "all" else allowed,
            "all" if disallowed_special == "all" else disallowed,
        )
        return _plain_rows(encode_batch(task, self._encoder, _texts(text), cores_for(num_threads)))

    def encode_ordinary_batch(self, text: Iterable[str], *, num_threads: int = 8) -> list[list[int]]:
        """Return the token ids of each text, in order, taking nothing as special; `num_threads` is as in `encode_batch`.

        Clauses: E6.
        """
        task = Task(self._vocabulary, frozenset(), ())
        return _plain_rows(encode_batch(task, self._encoder, _texts(text), cores_for(num_threads)))

    def encode_to_numpy(
        self,
        text: str,
        *,
        allowed_special: SpecialTokens = frozenset(),
        disallowed_special: SpecialTokens = "all",
    ) -> npt.NDArray[np.uint32]:
        """Return the token ids of a text as an array of 32-bit unsigned integers.

        Clauses: E1.
        It can be written to; the compiled engine makes no list on the way.
        Raises as `encode` does, and `MissingExtraError` where NumPy is not installed.
        """
        numpy = _import_numpy()
        ids = self._encoder.encode_to_array(text, allowed_special, disallowed_special)
        # NumPy takes no buffer of no ids.
        array: npt.NDArray[np.uint32] = (
            numpy.frombuffer(ids, numpy.uint32)
            if isinstance(ids, bytearray) and ids
            else numpy.array(ids, numpy.uint32)
        )
        return array

    def encode_with_offsets(
        self,
        text: str,
        *,
        allowed_special: SpecialTokens = frozenset(),
        disallowed_special: SpecialTokens = "all",
    ) -> list[TokenSpan]:
        """Return each token with the half-open ranges of bytes and of characters that it covers.

        Clauses: O1.
        Byte ranges tile the UTF-8 form of the text.
        Character ranges cover the text and never go backwards; tokens that share a character both cover it.
        Under `errors="replace"` the ranges refer to the repaired text.

        >>> import bpe
        >>> tokenizer = bpe.train(["aaa"], 257, pattern=None)
        >>> [tuple(span) for span in tokenizer.encode_with_offsets("aaa")]
        [(256, 0, 2, 0, 2), (97, 2, 3, 2, 3)]
        """
        return self._encoder.encode_with_offsets(text, allowed_special, disallowed_special)

    def encode_single_token(self, text_or_bytes: str | bytes) -> int:
        """Return the id of the one token, ordinary or special, that has this text or these bytes.

        Clauses: S4, D2.
        Raises `UnknownTokenError`.

        >>> import bpe
        >>> bpe.train([], 257, special_tokens=["<|end|>"]).encode_single_token("<|end|>")
        256
        """
        token = text_or_bytes
        if isinstance(token, str):
            token = text_to_bytes(scalar_text(token, self._vocabulary.errors))
        if not isinstance(token, bytes):
            raise InputTypeError(f"a token is a str or bytes, not {type(token).__name__}")
        ordinary = self._vocabulary.token_ids.get(token)
        if ordinary is not None:
            return ordinary
        # Bytes that are not UTF-8 become surrogates here, which no special token holds.
        special = self._vocabulary.special_tokens.get(token.decode("utf-8", "surrogateescape"))
        if special is not None:
            return special
        raise UnknownTokenError(f"{text_or_bytes!r} is not one token: use encode for text of any length", token=token)

    # --- counting --------------------------------------------------------------------------------

    def count(
        self,
        text: str,
        *,
        allowed_special: SpecialTokens = frozenset(),
        disallowed_special: SpecialTokens = "all",
    ) -> int:
        """Return how many tokens a text has; equals `len(encode(text, …))`.

        Clauses: E8.

        >>> import bpe
        >>> bpe.train(["aaa"], 257, pattern=None).count("aaa")
        2
        """
        return self._encoder.count(text, allowed_special, disallowed_special)

    def is_within_limit(
        self,
        text: str,
        limit: int,
        *,
        allowed_special: SpecialTokens = frozenset(),
        disallowed_special: SpecialTokens = "all",
    ) -> bool:
        """Tell whether a text has at most `limit` tokens, without encoding what lies past the limit.

        Clauses: E8.
        Pre-tokens past the limit are not merged, and with a named pattern not even looked for; the pre-token that passes it is merged whole.

        >>> import bpe
        >>> tokenizer = bpe.train(["aaa"], 257, pattern=None)
        >>> tokenizer.is_within_limit("aaa", 2), tokenizer.is_within_limit("aaa", 1)
        (True, False)
        """
        if isinstance(limit, bool) or not isinstance(limit, int):
            raise InputTypeError(f"limit must be an integer, not {limit!r}")
        return self._encoder.count(text, allowed_special, disallowed_special, limit) <= limit

    def is_canonical(self, ids: Sequence[int], *, allowed_special: SpecialTokens = frozenset()) -> bool:
        """Tell whether the ids decode to text whose encoding, with the same special tokens allowed, is the ids.

        Clauses: E5.

        >>> import bpe
        >>> tokenizer = bpe.train(["aaa"], 257, pattern=None)
        >>> tokenizer.is_canonical([256, 97]), tokenizer.is_canonical([97, 97, 97])
        (True, False)
        """
        row = as_row(ids)
        try:
            text = self.decode(row, errors="strict")
            return self.encode(text, allowed_special=allowed_special, disallowed_special=()) == row
        except (UnknownTokenError, TokenIdTypeError, UnicodeDecodeError, PatternGapError):
            return False

    # --- decoding --------------------------------------------------------------------------------

    def decode_bytes(self, tokens: Iterable[int]) -> bytes:
        """Return the concatenated bytes of the ids.

        Clauses: D1, D2.
        Raises `UnknownTokenError` (a `KeyError`), `TokenIdRangeError` (an `OverflowError` too), `TokenIdTypeError`, with the id and its position.
        """
        return self._encoder.decode_bytes(tokens)

    def decode(self, tokens: Iterable[int], errors: str = "replace") -> str:
        """Return the text of the ids; `errors` says what becomes of bytes that are not UTF-8.

        Clauses: B5, D2, D3.
        Raises as `decode_bytes` does, and `InvalidUtf8Error` under `errors="strict"`.
        """
        return bytes_to_text(self._encoder.decode_bytes(tokens), errors)

    def decode_single_token_bytes(self, token: int) -> bytes:
        """Return the bytes of one id, ordinary or special.

        Clauses: D2.
        """
        return self._encoder.decode_bytes((token,))

    def decode_tokens_bytes(self, tokens: Iterable[int]) -> list[bytes]:
        """Return the bytes of each id.

        Clauses: D1, D2.
        """
        return self._encoder.decode_each(tokens)

    def decode_with_offsets(self, tokens: Sequence[int]) -> tuple[str, list[int]]:
        """Return the text of the ids, and for each the index of the first character that it holds a byte of.

        Clauses: O1, D2.
        Raises `InvalidUtf8Error` where the bytes are not UTF-8.

        >>> import bpe
        >>> bpe.train([], 256).decode_with_offsets([97, 195, 169, 98])
        ('aéb', [0, 1, 1, 2])
        """
        parts = self.decode_tokens_bytes(tokens)
        offsets: list[int] = []
        begun = 0
        for part in parts:
            offsets.append(max(0, begun - (0x80 <= part[0] < 0xC0)))
            begun += sum(1 for value in part if not 0x80 <= value < 0xC0)
        return bytes_to_text(b"".join(parts), "strict"), offsets

    def decode_batch(
        self,
        batch: Iterable[Iterable[int]],
        *,
        errors: str = "replace",
        num_threads: int = 8,  # noqa: ARG002
    ) -> list[str]:
        """Return the text of each sequence of ids, in order.

        Clauses: E6.
        """
        return [self.decode(tokens, errors) for tokens in _batch_of("lists of ids", batch)]

    def decode_bytes_batch(self, batch: Iterable[Iterable[int]], *, num_threads: int = 8) -> list[bytes]:  # noqa: ARG002
        """Return the bytes of each sequence of ids, in order.

        Clauses: E6.
        """
        return [self.decode_bytes(tokens) for tokens in _batch_of("lists of ids", batch)]

    # --- the vocabulary --------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """What this tokenizer is called; it decides nothing."""
        return self._name

    @property
    def vocabulary(self) -> Vocabulary:
        """All that decides this tokenizer's behaviour."""
        return self._vocabulary

    @property
    def fingerprint(self) -> str:
        """The sha256 of all that decides behaviour: equal fingerprints imply equal ids (clause F4)."""
        return self._vocabulary.fingerprint

    @property
    def max_token_value(self) -> int:
        """The greatest id in use, special tokens included."""
        return self._vocabulary.max_token_id

    @property
    def n_vocab(self) -> int:
        """One more than the greatest id: not the number of tokens, since ids may have gaps (clause V3)."""
        return self._vocabulary.n_vocab

    @property
    def eot_token(self) -> int:
        """The id of the special token `<|endoftext|>`; raises `UnknownSpecialTokenError` (a `KeyError`) without one."""
        try:
            return self._vocabulary.special_tokens["<|endoftext|>"]
        except KeyError:
            raise UnknownSpecialTokenError(
                "this tokenizer has no special token '<|endoftext|>': add it with with_special_tokens",
                token="<|endoftext|>",  # noqa: S106
            ) from None

    @property
    def special_tokens_set(self) -> set[str]:
        """The texts of all special tokens, aliases included."""
        return set(self._vocabulary.special_tokens)

    def is_special_token(self, token: int) -> bool:
        """Tell whether an id is a special token's.

        Clauses: S4, S5.
        """
        return as_token_id(token) in self._vocabulary.special_texts

    def token_byte_values(self) -> list[bytes]:
        """Return the bytes of every ordinary token, in lexicographical order."""
        return sorted(self._vocabulary.token_ids)

    def with_special_tokens(
        self, special_tokens: Mapping[str, int], *, aliases: Mapping[str, str] | None = None, name: str | None = None
    ) -> Tokenizer:
        """Return a tokenizer that has these special tokens as well; this one stays as it is.

        Clauses: S8, R5.
        `aliases` maps the text of each new token that shares an id to the text that the id decodes to.
        Raises `SpecialTokenConflictError`.

        >>> import bpe
        >>> tokenizer = bpe.train([], 256).with_special_tokens({"<|end|>": 256})
        >>> tokenizer.encode("<|end|>", allowed_special="all")
        [256]
        """
        old = self._vocabulary
        for text, token_id in _special_ids(special_tokens).items():
            if old.special_tokens.get(text, token_id) != token_id:
                raise SpecialTokenConflictError(
                    f"special token {text!r} already has the id {old.special_tokens[text]}, not {token_id}", token=text
                )
        added = _special_ids(special_tokens)
        vocabulary = old.with_changes(
            special_tokens={**old.special_tokens, **added}, aliases={**old.aliases, **(aliases or {})}
        )
        return type(self).from_vocabulary(vocabulary, name=self._name if name is None else name)

    def with_errors(self, errors: SurrogateProfile) -> Tokenizer:
        r"""Return a tokenizer that refuses surrogates (`strict`) or repairs them (`replace`).

        Clauses: B4, R5.

        >>> import bpe
        >>> bpe.train([], 256).with_errors("replace").encode("\ud800")
        [239, 191, 189]
        """
        if errors == self._vocabulary.errors:
            return self
        return type(self).from_vocabulary(self._vocabulary.with_changes(errors=errors), name=self._name)

    def save(self, path: str | PathLike[str], *, format: str | None = None) -> None:  # noqa: A002 - the field's word
        """Write the tokenizer to a file, in the format that its name or `format` says.

        Clauses: F1, F4.
        Raises `CannotExpressError`, before anything is written, where the format cannot hold this tokenizer.
        """
        from bpe.files.saving import save_vocabulary  # noqa: PLC0415 - most programs save nothing

        save_vocabulary(self._vocabulary, path, format=format)

    # --- what tiktoken's documentation reaches for, to extend an encoding --------------------------

    @property
    def pat_str(self) -> str:
        """The regular expression of the pre-split; one that keeps text whole where there is no pattern.

        It does not say what becomes of text that the pattern leaves uncovered: that is `vocabulary.pattern.gaps`.
        """
        pattern = self._vocabulary.pattern
        return "(?s:.+)" if pattern is None else pattern.source

    @property
    def mergeable_ranks(self) -> dict[bytes, int]:
        """Each ordinary token's rank, by bytes; raises `CannotExpressError` where ranks cannot stand for the merges."""
        try:
            ranks = self._ranks
        except AttributeError:  # not asked for before: recovering them from merges takes seconds
            from bpe.conversion import forget_merges  # noqa: PLC0415 - most programs ask for no ranks

            ranks = dict(forget_merges(self._vocabulary).token_ids)
            object.__setattr__(self, "_ranks", ranks)
        return ranks.copy()  # type: ignore[return-value]

    @property
    def special_tokens(self) -> dict[str, int]:
        """Each special token's id, by text."""
        return dict(self._vocabulary.special_tokens)

    _pat_str = pat_str
    _mergeable_ranks = mergeable_ranks
    _special_tokens = special_tokens

    # --- the object ------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"<Tokenizer {self._name!r}>"

    def __eq__(self, other: object) -> bool:
        return self._vocabulary == other._vocabulary if isinstance(other, Tokenizer) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._vocabulary)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._vocabulary, self._name)

    def __copy__(self) -> Tokenizer:
        return self

    def __deepcopy__(self, memo: object) -> Tokenizer:
        return self

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a Tokenizer is immutable: {name!r} cannot be set; with_… methods return a new one")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a Tokenizer is immutable: {name!r} cannot be deleted")


def _rebuild(kind: type[Tokenizer], vocabulary: Vocabulary, name: str) -> Tokenizer:
    return kind.from_vocabulary(vocabulary, name=name)


def _import_numpy() -> ModuleType:
    try:
        # Not `import_module`, which takes longer to find what is there than encoding a few words does.
        import numpy as np  # noqa: PLC0415 - an extra
    except ImportError as fault:
        raise MissingExtraError("arrays need NumPy: pip install 'bpe-spec[numpy]'", extra="numpy") from fault
    return np


def _plain_rows(rows: list[list[TokenId]]) -> list[list[int]]:
    """Return the same lists, seen as plain integers."""
    return rows  # type: ignore[return-value]


def _texts(texts: Iterable[str]) -> Iterable[str]:
    """Return the texts of a batch; refuse a single string, whose characters would be encoded one by one."""
    if isinstance(texts, str | bytes):
        raise InputTypeError("a batch is a list of strings, not one string: pass [text]")
    return _batch_of("strings", texts)


def _batch_of(items: str, batch: Iterable[Item]) -> Iterable[Item]:
    """Return a batch; refuse what is none."""
    given: object = batch
    if not isinstance(given, Iterable):
        raise InputTypeError(f"a batch is a list of {items}, not {type(given).__name__}")
    return batch


def _tokens(mergeable_ranks: Mapping[bytes, int], name: str) -> dict[TokenId, bytes]:
    """Return each token's bytes by rank; leave an empty token out with a warning, refuse a rank given twice."""
    tokens: dict[TokenId, bytes] = {}
    for token, value in _as_mapping("mergeable_ranks", mergeable_ranks).items():
        rank = as_token_id(value) if type(value) is not int else TokenId(value)
        if rank in tokens:
            raise InvalidVocabularyError(f"{name}: tokens {tokens[rank]!r} and {token!r} both have rank {rank}")
        if token == b"":
            warnings.warn(f"{name}: token {rank} has no bytes and is left out", EmptyTokenWarning, stacklevel=3)
        else:
            tokens[rank] = token
    return tokens


def _special_ids(special_tokens: Mapping[str, int]) -> dict[str, TokenId]:
    """Return each special token's id; integers of any type, such as NumPy's, will do."""
    return {text: as_token_id(token_id) for text, token_id in _as_mapping("special_tokens", special_tokens).items()}


def _as_mapping(argument: str, value: Any) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise InputTypeError(f"{argument} must be a mapping, such as a dict, not {type(value).__name__}")
    return value


def _aliases(special_tokens: Mapping[str, int]) -> dict[str, str]:
    """Return each text that shares an id with an earlier one, and that earlier one."""
    first: dict[int, str] = {}
    return {
        text: first[token_id] for text, token_id in special_tokens.items() if first.setdefault(token_id, text) != text
    }


def _check_size(tokens: int, n_vocab: int, explicit_n_vocab: int) -> None:
    if tokens != explicit_n_vocab or n_vocab != explicit_n_vocab:
        raise VocabularySizeError(
            f"explicit_n_vocab is {explicit_n_vocab}, but there are {tokens} tokens and the ids end at {n_vocab - 1}"
        )
