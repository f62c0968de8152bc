"""The operations of the pipe that read and write files; both ends see the same folders."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bpe.conformance.model import Model
from bpe.conformance.pipe_values import Arguments, Json, Operation, just, read_any, write_any
from bpe.conformance.protocol_files import Format
from bpe.conformance.vector_json import read_model, read_special_tokens, read_text, write_model, write_text


def write_format(file_format: Format) -> list[Any]:
    """Return the JSON value of a format."""
    return [file_format.name, file_format.file_name, list(file_format.omits)]


def read_format(value: list[Any]) -> Format:
    """Return the format that a JSON value means.

    >>> read_format(["tiktoken", "saved.tiktoken", ["pattern"]])
    Format(name='tiktoken', file_name='saved.tiktoken', omits=('pattern',))
    """
    name, file_name, omits = value
    return Format(name, file_name, tuple(omits))


def _save(path: Path, file_format: Format) -> Json:
    return {"path": str(path), "format": write_format(file_format)}


def _read_save(request: Json) -> Arguments:
    return (Path(request["path"]), read_format(request["format"])), {}


def _restore(path: Path, file_format: Format, omitted: Mapping[str, Any]) -> Json:
    return {"path": str(path), "format": write_format(file_format), "omitted": _write_omitted(omitted)}


def _read_restore(request: Json) -> Arguments:
    return (Path(request["path"]), read_format(request["format"]), _read_omitted(request["omitted"])), {}


def _write_omitted(omitted: Mapping[str, Any]) -> Json:
    written = dict(omitted)
    if "special_tokens" in written:
        written["special_tokens"] = [[write_text(text), number] for text, number in omitted["special_tokens"].items()]
    if "aliases" in written:
        written["aliases"] = [[write_text(alias), write_text(text)] for alias, text in omitted["aliases"].items()]
    return written


def _read_omitted(written: Json) -> Json:
    omitted = dict(written)
    if "special_tokens" in omitted:
        omitted["special_tokens"] = read_special_tokens(written["special_tokens"])
    if "aliases" in omitted:
        omitted["aliases"] = {read_text(alias): read_text(text) for alias, text in written["aliases"]}
    return omitted


def _write_model_answer(model: Model) -> Json:
    return {"model": write_model(model)}


def _read_model_answer(reply: Json) -> Model:
    return read_model(reply["model"])


#: Each operation about files, by the name that it has on the pipe.
FILES: Final[Mapping[str, Operation]] = {
    "save": Operation("save", _save, _read_save, lambda _: {"ok": True}, lambda _: None),
    "restore": Operation("restore", _restore, _read_restore, _write_model_answer, _read_model_answer, on_model=False),
    "convert": Operation("convert", dict, lambda _: ((), {}), _write_model_answer, _read_model_answer),
    "fingerprint": Operation("fingerprint", dict, lambda _: ((), {}), *just("fingerprint")),
    "open_encoding": Operation(
        "open_encoding",
        lambda name, content: {"name": name, "content": write_any(content)},
        lambda request: ((request["name"], read_any(request["content"])), {}),
        lambda _: {"ok": True},
        lambda reply: reply["ok"],
        on_model=False,
    ),
}
