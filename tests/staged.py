"""The definition once more, cut into stages, so that a mutant can be wrong in one and right in all others."""

# ruff: noqa: D102 - the protocols in bpe.conformance.protocol say what each method does

from __future__ import annotations

from collections.abc import Sequence

from bpe.conformance import Model, TokenSpan, Training
from bpe.conformance.model import Gaps
from bpe.conformance.plain_merging import count_pairs, merge_everywhere, preferred_pair
from bpe.conformance.protocol import SpecialTokens
from bpe.conformance.protocol_training import PairCounts
from bpe.reference import merges, pre_split, special_tokens, utf8
from bpe.targets.own_models import refusing, to_pattern, to_vocabulary
from tests.reference_target import Reference

Rows = list[tuple[list[int], int]]


class Staged(Reference):
    """A target whose stages are methods: text → scalars → spans → pieces → bytes → ids, and back."""

    name = "staged"

    # --- stages of encoding ----------------------------------------------------------------------

    def scalars(self, model: Model, text: str) -> str:
        return utf8.scalar_text(text, model.surrogates)

    def data_of(self, text: str) -> bytes:
        return utf8.text_to_bytes(text)

    def roles(
        self, model: Model, allowed: SpecialTokens, disallowed: SpecialTokens
    ) -> tuple[frozenset[str], frozenset[str]]:
        return special_tokens.resolve_special(model.special_tokens.keys(), allowed, disallowed)

    def refuse(self, text: str, disallowed: frozenset[str]) -> None:
        special_tokens.refuse_disallowed(text, disallowed)

    def spans(self, model: Model, text: str, allowed: frozenset[str]) -> list[tuple[bool, str]]:  # noqa: ARG002
        return [(span.is_special, span.text) for span in special_tokens.split_special_tokens(text, allowed)]

    def special_id(self, model: Model, token: str) -> int:
        return model.special_tokens[token]

    def cut(self, pattern: str, text: str, gaps: Gaps) -> list[str]:
        return pre_split.pre_split(text, to_pattern(pattern, gaps))

    def merge_alone(self, model: Model, piece: bytes) -> list[int]:
        return [*merges.merge_piece(piece, to_vocabulary(model))]

    def encode_piece(self, model: Model, piece: bytes) -> list[int]:
        if model.whole_pre_token and piece in model.ids:
            return [model.ids[piece]]
        return self.merge_alone(model, piece)

    def pieces(self, model: Model, text: str) -> list[str]:
        if model.pattern is None:
            return [text] if text else []
        return self.cut(model.pattern, text, model.gaps)

    def ordinary(self, model: Model, text: str) -> list[int]:
        pieces = map(self.data_of, self.pieces(model, text))
        return [token_id for piece in pieces for token_id in self.encode_piece(model, piece)]

    # --- what targets can do ---------------------------------------------------------------------

    @refusing
    def encode(
        self,
        model: Model,
        text: str,
        *,
        allowed_special: SpecialTokens = (),
        disallowed_special: SpecialTokens = "all",
    ) -> Sequence[int]:
        to_vocabulary(model)
        text = self.scalars(model, text)
        allowed, disallowed = self.roles(model, allowed_special, disallowed_special)
        self.refuse(text, disallowed)
        ids: list[int] = []
        for special, part in self.spans(model, text, allowed):
            ids += [self.special_id(model, part)] if special else self.ordinary(model, part)
        return ids

    @refusing
    def encode_ordinary(self, model: Model, text: str) -> Sequence[int]:
        return self.ordinary(model, self.scalars(model, text))

    @refusing
    def encode_and_change(self, model: Model, text: str) -> None:
        answer = self.encode_ordinary(model, text)
        if isinstance(answer, list):
            answer.append(0)

    @refusing
    def encode_bytes(self, model: Model, data: bytes) -> Sequence[int]:
        ids: list[int] = []
        for well_formed, stretch in utf8.split_well_formed(data):
            ids += self.ordinary(model, stretch.decode()) if well_formed else self.encode_piece(model, stretch)
        return ids

    def encode_batch(
        self,
        model: Model,
        texts: Sequence[str],
        *,
        allowed_special: SpecialTokens,
        workers: int,  # noqa: ARG002 - one will do
    ) -> Sequence[Sequence[int]]:
        return [self.encode(model, text, allowed_special=allowed_special, disallowed_special=()) for text in texts]

    def encode_elsewhere(
        self,
        model: Model,
        text: str,
        *,
        allowed_special: SpecialTokens,
        hash_seed: int,  # noqa: ARG002 - nothing here depends on hashes
    ) -> Sequence[int]:
        return self.encode(model, text, allowed_special=allowed_special, disallowed_special=())

    def count(self, model: Model, text: str, *, allowed_special: SpecialTokens) -> int:
        return len(self.encode(model, text, allowed_special=allowed_special, disallowed_special=()))

    def is_within_limit(self, model: Model, text: str, limit: int, *, allowed_special: SpecialTokens) -> bool:
        return self.count(model, text, allowed_special=allowed_special) <= limit

    @refusing
    def encode_with_offsets(self, model: Model, text: str, *, allowed_special: SpecialTokens) -> Sequence[TokenSpan]:
        text = self.scalars(model, text)
        allowed, _ = self.roles(model, allowed_special, ())
        # The index of the character that each byte belongs to.
        owners = [index for index, character in enumerate(text) for _ in self.data_of(character)]
        spans: list[TokenSpan] = []
        start = 0
        for special, part in self.spans(model, text, allowed):
            # A special token covers its text, which an alias does not decode to.
            ids = [self.special_id(model, part)] if special else self.ordinary(model, part)
            lengths = [len(self.data_of(part))] if special else [len(model.tokens[token_id]) for token_id in ids]
            for token_id, length in zip(ids, lengths, strict=True):
                stop = start + length
                spans.append(TokenSpan(token_id, start, stop, owners[start], owners[stop - 1] + 1))
                start = stop
        return spans

    @refusing
    def pre_split(self, pattern: str, text: str, *, gaps: Gaps = "refuse") -> Sequence[str]:
        return self.cut(pattern, text, gaps)

    @refusing
    def merge(self, model: Model, piece: bytes) -> Sequence[int]:
        return self.merge_alone(model, piece)

    # --- stages of training ----------------------------------------------------------------------

    def count_rows(self, rows: Rows) -> dict[tuple[int, int], int]:
        return count_pairs(rows)

    def choose(self, counts: PairCounts, model: Model, training: Training) -> tuple[int, int]:
        return preferred_pair(counts, model, training.tie_break)

    def apply(self, row: list[int], merge: tuple[int, int, int]) -> list[int]:
        return merge_everywhere(row, merge)

    def is_enough(self, count: int, training: Training) -> bool:
        return count >= training.min_frequency

    def new_id(self, model: Model) -> int:
        return len(model.tokens)

    def start(self, training: Training) -> Rows:
        counts = self._ordinary_counts(training)
        ids = Reference.train(self, training.change(merges=0)).ids
        return [([ids[bytes([value])] for value in piece.encode()], count) for piece, count in counts.items()]

    def step(self, model: Model, rows: Rows, training: Training) -> tuple[Model, Rows] | None:
        """Return the model and the rows after one merge more, or `None` where training stops."""
        counts = self.count_rows(rows)
        if not counts:
            return None
        left, right = self.choose(counts, model, training)
        if not self.is_enough(counts[left, right], training):
            return None
        merge = (left, right, self.new_id(model))
        tokens = {**model.tokens, merge[2]: model.tokens[left] + model.tokens[right]}
        rows = [(self.apply(row, merge), weight) for row, weight in rows]
        return Model(tokens, (*(model.merges or ()), merge)), rows

    def train(self, given: Training) -> Model:
        tokens = Reference.train(self, given.change(merges=0, texts=())).tokens
        model, rows = Model(tokens, ()), self.start(given)
        for _ in range(given.merges):
            stepped = self.step(model, rows, given)
            if stepped is None:
                break
            model, rows = stepped
        special = {text: max(model.tokens) + 1 + index for index, text in enumerate(given.special_tokens)}
        return model.change(pattern=given.pattern, special_tokens=special)

    def pair_statistics(self, given: Training) -> Sequence[PairCounts]:
        rows = self.start(given)
        statistics: list[PairCounts] = [self.count_rows(rows)]
        for merge in self.train(given).merges or ():
            rows = [(self.apply(row, merge), weight) for row, weight in rows]
            statistics.append(self.count_rows(rows))
        return statistics
