"""Which two files belong together: `vocab.bpe` with `encoder.json`, or `merges.txt` with `vocab.json`.

Names may have a common beginning, as in `my-merges.txt` and `my-vocab.json`, and either file may be packed, with `.gz` at its end.
"""

from __future__ import annotations

from pathlib import Path

from bpe.errors import MissingInformationError

#: How the names of the two files end: that of the merges, that of the ids.
NAME_PAIRS = (("vocab.bpe", "encoder.json"), ("merges.txt", "vocab.json"))

_ENDINGS = tuple(ending for pair in NAME_PAIRS for ending in pair)


def find_pair(path: Path) -> tuple[Path, Path]:
    """Return the paths of the merges and of the ids that are there, given their folder or either of them.

    Clauses: F1.
    Raises `MissingInformationError` where one is not there, or where a folder has more than one pair.
    """
    candidates = [(path / merges, path / ids) for merges, ids in NAME_PAIRS] if path.is_dir() else [name_pair(path)]
    found = [pair for pair in candidates if all(_existing(half).is_file() for half in pair)]
    if len(found) == 1:
        merges, ids = found[0]
        return _existing(merges), _existing(ids)
    if found:
        raise _missing(path, "the folder has more than one pair: give the path of a file")
    expected = " or ".join(f"{merges.name} with {ids.name}" for merges, ids in candidates)
    raise _missing(
        path,
        f"there is no {expected}: put the missing file there; "
        f"or, if the ids go by GPT-2's convention, load the merges alone with format='gpt2-merges'",
    )


def pair_to_write(path: Path) -> tuple[Path, Path]:
    """Return the paths of the merges and of the ids to be written: a name of either, or else of a folder.

    >>> [str(half) for half in pair_to_write(Path("my-tokenizer"))]
    ['my-tokenizer/vocab.bpe', 'my-tokenizer/encoder.json']
    """
    if path.name.endswith(_ENDINGS) and not path.is_dir():
        return name_pair(path)
    merges, ids = NAME_PAIRS[0]
    return path / merges, path / ids


def name_pair(path: Path) -> tuple[Path, Path]:
    """Return the paths of the merges and of the ids that go with the name of either.

    Raises `MissingInformationError` for a name that says neither.

    >>> [half.name for half in name_pair(Path("my-merges.txt"))]
    ['my-merges.txt', 'my-vocab.json']
    """
    name = path.name.removesuffix(".gz")
    for merges, ids in NAME_PAIRS:
        for ending in (merges, ids):
            if name.endswith(ending):
                stem = name.removesuffix(ending)
                return path.with_name(stem + merges), path.with_name(stem + ids)
    raise _missing(path, f"the name does not say what the other file is called: end it in one of {', '.join(_ENDINGS)}")


def _existing(path: Path) -> Path:
    packed = path.with_name(path.name + ".gz")
    return packed if packed.is_file() and not path.is_file() else path


def _missing(path: Path, reason: str) -> MissingInformationError:
    return MissingInformationError(f"{path}: {reason}", path=str(path), missing="file")
