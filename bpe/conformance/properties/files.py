"""Chapter F: what survives a save and a load, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from bpe.conformance.clauses import clause
from bpe.conformance.model import Model
from bpe.conformance.model_strategies import bare_models, canonical_models, models
from bpe.conformance.protocol_files import Converts, Fingerprints, Format, OpensEncodings, Stores
from bpe.conformance.refusal import refusal_of
from bpe.conformance.strategies import with_piece

#: What no line of any format is.
NONSENSE = b"??? not a line of this format ???\n"


@contextmanager
def _saved(target: Stores, model: Model, file_format: Format) -> Iterator[Path | None]:
    """Save a model in a folder of its own, and give its path, or `None` where the format cannot hold it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / file_format.file_name
        refusal = refusal_of(lambda: target.save(model, path, file_format))
        if refusal is not None:
            assert refusal.message, "the refusal does not say what would be lost"
            assert not list(Path(folder).rglob("*")), "saving is refused, yet something is written"
        yield None if refusal else path


def _restore(target: Stores, path: Path, file_format: Format, model: Model) -> Model:
    omitted: dict[str, Any] = {name: getattr(model, name) for name in file_format.omits}
    return target.restore(path, file_format, omitted)


def _with_spaces(model: Model) -> Model:
    """Return a model with one special token more, which formats of lines lose something of."""
    return model.change(special_tokens={**model.special_tokens, " <s>\t": max(model.all_ids) + 1})


@clause("F1", st.tuples(models() | models().map(_with_spaces) | canonical_models()))
def loading_gives_back_what_was_saved(target: Stores, model: Model) -> None:
    """Loading what was saved, and saying what the format leaves out, MUST give back an equal tokenizer, and a format that cannot hold one MUST refuse to save it and say what would be lost."""
    saved = 0
    for file_format in target.formats:
        with _saved(target, model, file_format) as path:
            if path is not None:
                saved += 1
                assert _restore(target, path, file_format, model) == model, file_format.name
    assert saved, "no format can hold this tokenizer"


@st.composite
def _with_damage(draw: DrawFn) -> tuple[Model, int, bytes, int]:
    """Return a model, and a place in its file, in thousandths, with what to put there and how much to take away."""
    garbage = st.sampled_from(
        (b"", b"\n", b"\xff", b"0", b" ", b'"', b"a b\n", b"\x00", b"YQ== 97\n", b"{", b"97 97\n")
    )
    return draw(canonical_models()), draw(st.integers(0, 1000)), draw(garbage), draw(st.sampled_from((0, 1, 7, 10**6)))


@clause("F2", _with_damage())
def a_damaged_file_is_refused_or_whole(target: Stores, model: Model, place: int, garbage: bytes, cut: int) -> None:
    """A malformed file MUST be refused with the line or the byte and the reason, and nothing is half-built."""
    for file_format in target.formats:
        with _saved(target, model, file_format) as path:
            if path is None:
                continue
            content = path.read_bytes()
            start = len(content) * place // 1000
            path.write_bytes(content[:start] + garbage + content[start + cut :])
            restored: list[Model] = []
            refusal = refusal_of(lambda form=file_format, to=restored: to.append(_restore(target, path, form, model)))  # type: ignore[misc]
            if refusal is None:
                target.load(restored[0])  # what is not refused is a well-formed tokenizer
            else:
                assert refusal.message


@clause("F2", st.tuples(canonical_models(), st.integers(0, 3)))
def a_line_of_nonsense_is_named(target: Stores, model: Model, before: int) -> None:
    """A malformed file MUST be refused with the line or the byte and the reason, and nothing is half-built."""
    for file_format in target.formats:
        with _saved(target, model, file_format) as path:
            if path is None:
                continue
            lines = path.read_bytes().splitlines(keepends=True)
            # Formats of lines end with the tokens or merges, one a line, so there the fault is nowhere but in this line.
            number = len(lines) + 1 - min(before, len(model.merges or ()))
            path.write_bytes(b"".join([*lines[: number - 1], NONSENSE, *lines[number - 1 :]]))
            refusal = refusal_of(lambda path=path, form=file_format: _restore(target, path, form, model))  # type: ignore[misc]
            assert refusal is not None, f"{file_format.name}: line {number} is nonsense, and accepted"
            offset = sum(map(len, lines[: number - 1]))
            within = range(offset, offset + len(NONSENSE) + 1)
            assert refusal.names(number) or any(map(refusal.names, within)), f"line {number} is not named: {refusal}"


@clause("F3", with_piece(bare_models()))
def conversions_keep_the_behaviour(target: Converts, model: Model, piece: str) -> None:
    """A conversion between formats or semantics MUST keep the behaviour, the same ids before and after, or be refused."""
    other = model.change(whole_pre_token=model.merges is None)
    converted: list[Model] = []
    if refusal_of(lambda: converted.append(target.convert(other))) is None:
        assert (converted[0].merges is None) != (model.merges is None)
        assert list(target.encode_ordinary(converted[0], piece)) == list(target.encode_ordinary(other, piece))


@clause("F3", with_piece(canonical_models()))
def canonical_models_convert_both_ways(target: Converts, model: Model, piece: str) -> None:
    """A conversion between formats or semantics MUST keep the behaviour, the same ids before and after, or be refused."""
    ranks = target.convert(model)
    assert ranks.merges is None
    assert list(target.encode_ordinary(ranks, piece)) == list(target.encode_ordinary(model, piece))
    assert target.convert(ranks) == model


def _reordered(model: Model) -> Model:
    """Return an equal model whose tokens stand in another order."""
    return model.change(
        tokens=dict(reversed([*model.tokens.items()])), special_tokens=dict(reversed([*model.special_tokens.items()]))
    )


@clause("F4", st.tuples(models() | canonical_models()))
def saving_is_deterministic(target: Stores, model: Model) -> None:
    """Saving equal tokenizers MUST give equal bytes, and equal fingerprints MUST imply equal behaviour: the fingerprint covers merges, ids, pattern, special tokens and profiles, and nothing else."""
    for file_format in target.formats:
        with _saved(target, model, file_format) as first, _saved(target, _reordered(model), file_format) as second:
            assert (first is None) == (second is None)
            if first is not None and second is not None:
                assert _files(first.parent) == _files(second.parent), file_format.name


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@st.composite
def _with_change(draw: DrawFn) -> tuple[Model, Model]:
    """Return two models that differ in one thing that decides behaviour."""
    model = draw(models())
    last = max(model.all_ids)
    changes: list[dict[str, Any]] = [
        {"tokens": {**model.tokens, last + 1: b"one more token"}},
        {"tokens": {(last + 1 if i == model.ids[b"z"] else i): token for i, token in model.tokens.items()}},
        {"pattern": "(?s:.)" if model.pattern is None else None},
        {"special_tokens": {**model.special_tokens, "<more>": last + 1}},
        {"whole_pre_token": not model.whole_pre_token},
        {"surrogates": "strict" if model.surrogates == "replace" else "replace"},
    ]
    if model.pattern is not None:
        changes.append({"gaps": "isolate"})
    if model.merges:
        changes.append({"merges": None})
        changes.append({"merges": model.merges[:-1]})
    return model, model.change(**draw(st.sampled_from(changes)))


@clause("F4", _with_change())
def fingerprints_tell_models_apart(target: Fingerprints, model: Model, other: Model) -> None:
    """Saving equal tokenizers MUST give equal bytes, and equal fingerprints MUST imply equal behaviour: the fingerprint covers merges, ids, pattern, special tokens and profiles, and nothing else."""
    assume(refusal_of(lambda: target.load(other)) is None)
    assert target.fingerprint(model) == target.fingerprint(_reordered(model))
    assert target.fingerprint(model) != target.fingerprint(other)


@clause("F5", st.tuples(st.integers(0, 100), st.binary(max_size=40)))
def a_wrong_file_is_not_opened(target: OpensEncodings, number: int, content: bytes) -> None:
    """A named encoding whose file is not the one that was pinned, by its sha256, MUST be refused, naming the encoding."""
    name = target.encoding_names[number % len(target.encoding_names)]
    refusal = refusal_of(lambda: target.open_encoding(name, content))
    assert refusal is not None, f"{name} is opened from {content!r}"
    assert name in refusal.message
