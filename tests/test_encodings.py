"""Named encodings (F5, R4, S8): the facts about them, and how their files are found."""

from __future__ import annotations

import base64
import gzip
import hashlib
import importlib
import os
import pickle
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st
from tiktoken import model as tiktoken_models

import bpe.encoding_files
import bpe.encoding_table
import bpe.encodings
from bpe.encoding_files import FoundFile, cache_folder, find_pinned_file, read_content
from bpe.encoding_table import ENCODINGS, NamedEncoding, PinnedFile
from bpe.encodings import (
    available_encodings,
    encoding_for_model,
    encoding_name_for_model,
    find_encoding,
    get_encoding,
    list_encoding_names,
)
from bpe.errors import (
    ChecksumError,
    EncodingUnavailableError,
    InputTypeError,
    LoneSurrogateError,
    UnknownEncodingError,
    UnknownTokenError,
)
from bpe.files.tiktoken_ranks import parse_ranks
from bpe.models import MODEL_PREFIXES, MODELS
from bpe.patterns import resolve_pattern
from bpe.vocabulary import Vocabulary
from tests.data import data_file
from tests.encodings_folder import DATA_PATHS, encodings_folder, require_encoding
from tests.peers import tiktoken_twin

__all__ = ["encodings_folder"]

# tiktoken's own table; it has no type information.
public: Any = importlib.import_module("tiktoken_ext.openai_public")

OPENAI_NAMES = list(public.ENCODING_CONSTRUCTORS)
PINNED = {pinned.name: pinned for encoding in ENCODINGS.values() for pinned in encoding.files}


# --- the facts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PINNED)
def test_the_table_pins_the_real_files(name: str) -> None:
    content = data_file(DATA_PATHS[name]).read_bytes()
    assert (len(content), hashlib.sha256(content).hexdigest()) == (PINNED[name].size, PINNED[name].sha256)


@pytest.mark.parametrize("name", OPENAI_NAMES)
def test_the_table_says_what_tiktoken_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    files: set[tuple[str, str]] = set()

    def rank_file(url: str, expected_hash: str) -> dict[bytes, int]:
        files.add((url, expected_hash))
        return {}

    def gpt2_pair(**options: str) -> dict[bytes, int]:
        files.update((options[f"{stem}_file"], options[f"{stem}_hash"]) for stem in ("vocab_bpe", "encoder_json"))
        return {}

    monkeypatch.setattr(public, "load_tiktoken_bpe", rank_file)
    monkeypatch.setattr(public, "data_gym_to_mergeable_bpe_ranks", gpt2_pair)
    theirs, ours = public.ENCODING_CONSTRUCTORS[name](), ENCODINGS[name]
    assert {(pinned.url, pinned.sha256) for pinned in ours.files} == files
    assert dict(ours.special_tokens) == theirs["special_tokens"]
    assert resolve_pattern(ours.pattern) == resolve_pattern(theirs["pat_str"])


def test_names_come_in_tiktokens_order_and_then_ours() -> None:
    assert list_encoding_names() == [*OPENAI_NAMES, "llama3"]


def test_llama3_has_256_special_tokens_from_128000() -> None:
    special = ENCODINGS["llama3"].special_tokens
    assert list(special.values()) == list(range(128_000, 128_256))
    assert special["<|begin_of_text|>"] == 128_000
    assert special["<|finetune_right_pad_id|>"] == 128_004
    assert special["<|eot_id|>"] == 128_009
    assert special["<|reserved_special_token_245|>"] == 128_255


def test_models_are_tiktokens() -> None:
    assert dict(MODELS) == tiktoken_models.MODEL_TO_ENCODING
    assert dict(MODEL_PREFIXES) == tiktoken_models.MODEL_PREFIX_TO_ENCODING


@given(st.sampled_from([*MODELS, *MODEL_PREFIXES]), st.sampled_from(["", "-", "o", "-mini", "-2024-05-13"]), st.text())
def test_every_model_name_means_what_tiktoken_takes_it_for(start: str, middle: str, end: str) -> None:
    for model in (start + middle, start + middle + end):
        assert _outcome(encoding_name_for_model, model) == _outcome(tiktoken.encoding_name_for_model, model)


def _outcome(function: Callable[[str], str], model: str) -> str | type[KeyError]:
    try:
        return function(model)
    except KeyError:
        return KeyError


@pytest.mark.parametrize("look_up", [get_encoding, find_encoding, encoding_for_model, encoding_name_for_model])
def test_an_unknown_name_is_a_key_error_and_a_value_error_that_suggests(look_up: Callable[[str], Any]) -> None:
    with pytest.raises(UnknownEncodingError, match="did you mean 'gpt2'") as caught:
        look_up("gtp2")
    assert isinstance(caught.value, KeyError)
    assert isinstance(caught.value, ValueError)
    assert caught.value.name == "gtp2"


@pytest.mark.parametrize("look_up", [get_encoding, find_encoding, encoding_for_model, encoding_name_for_model])
def test_a_name_that_is_no_text_is_refused(look_up: Callable[[Any], Any]) -> None:
    with pytest.raises(InputTypeError):
        look_up(None)


# --- the encodings -------------------------------------------------------------------------------


@pytest.mark.usefixtures("encodings_folder")
@pytest.mark.parametrize("name", list_encoding_names())
def test_a_named_encoding_is_its_file_its_pattern_and_its_special_tokens(name: str) -> None:
    vocabulary = require_encoding(name).vocabulary
    assert vocabulary.merges is None
    assert vocabulary.whole_pre_token
    assert vocabulary.errors == "strict"
    assert vocabulary.pattern == resolve_pattern(ENCODINGS[name].pattern)
    assert vocabulary.special_tokens == ENCODINGS[name].special_tokens
    if name != "gpt2":
        ranks = data_file(DATA_PATHS[ENCODINGS[name].files[0].name])
        assert vocabulary.token_bytes == parse_ranks(ranks.read_bytes(), path=str(ranks))


@pytest.mark.usefixtures("encodings_folder")
def test_gpt2_has_the_tokens_of_r50k_base() -> None:
    assert require_encoding("gpt2").vocabulary == require_encoding("r50k_base").vocabulary


SIZES = {
    "gpt2": 50_257,
    "r50k_base": 50_257,
    "p50k_base": 50_281,
    "p50k_edit": 50_284,
    "cl100k_base": 100_277,
    "o200k_base": 200_019,
    "o200k_harmony": 201_088,
    "llama3": 128_256,
}


@pytest.mark.usefixtures("encodings_folder")
@pytest.mark.parametrize(("name", "size"), SIZES.items())
def test_sizes_are_the_published_ones(name: str, size: int) -> None:
    assert require_encoding(name).n_vocab == size


@pytest.mark.usefixtures("encodings_folder")
@pytest.mark.parametrize("name", OPENAI_NAMES)
def test_tiktoken_has_the_same_tokens(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = require_encoding(name)
    for pinned in ENCODINGS[name].files:
        _as_tiktoken_caches(pinned, find_pinned_file(pinned, encoding=name).content, tmp_path)
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    theirs = tiktoken.Encoding(**public.ENCODING_CONSTRUCTORS[name]())
    assert {token: i for i, token in tokenizer.vocabulary.token_bytes.items()} == theirs._mergeable_ranks
    assert tokenizer.special_tokens == theirs._special_tokens
    assert tokenizer.n_vocab == theirs.n_vocab


@pytest.mark.usefixtures("encodings_folder")
@pytest.mark.parametrize("name", list_encoding_names())
def test_the_examples_of_the_documentation_come_out_as_in_tiktoken(name: str) -> None:
    tokenizer = require_encoding(name)
    twin = tiktoken_twin(tokenizer)
    for text in ("aaabdaaabac", "aaa", "🙂"):
        assert tokenizer.encode(text) == twin.encode(text)


@pytest.mark.usefixtures("encodings_folder")
def test_harmony_declares_two_texts_with_one_id() -> None:
    tokenizer = require_encoding("o200k_harmony")
    assert tokenizer.vocabulary.aliases == {"<|reserved_200018|>": "<|endofprompt|>"}
    for text in ("<|endofprompt|>", "<|reserved_200018|>"):
        assert tokenizer.encode(text, allowed_special={text}) == [200_018]
    assert tokenizer.decode([200_018]) == "<|endofprompt|>"


@pytest.mark.usefixtures("encodings_folder")
@pytest.mark.parametrize(("name", "absent"), [("p50k_base", 50_281), ("cl100k_base", 100_256), ("o200k_base", 199_998)])
def test_an_id_that_nothing_has_is_refused(name: str, absent: int) -> None:
    tokenizer = require_encoding(name)
    with pytest.raises(UnknownTokenError, match=str(absent)):
        tokenizer.decode([0, absent])


# --- with a small encoding of our own ------------------------------------------------------------


RANKS = [*(bytes([value]) for value in range(256)), b"aa"]
CONTENT = b"".join(base64.b64encode(token) + b" %d\n" % rank for rank, token in enumerate(RANKS))
WRONG = CONTENT.replace(b"YWE=", b"YWI=")
SAMPLE = PinnedFile(
    "sample.tiktoken",
    len(CONTENT),
    hashlib.sha256(CONTENT).hexdigest(),
    "https://encodings.invalid/sample.tiktoken",
    ("other.tiktoken",),
)


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Make the four places of the search empty folders, and `sample` the name of a small encoding."""
    folders = {name: tmp_path / name for name in ("given", "cache", "tiktoken", "package")}
    for folder in folders.values():
        folder.mkdir()
    monkeypatch.setenv("BPE_ENCODINGS_DIR", str(folders["given"]))
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(folders["tiktoken"]))
    monkeypatch.setattr(bpe.encoding_files, "cache_folder", lambda: folders["cache"])
    monkeypatch.setattr(bpe.encoding_files, "_package_folders", lambda: iter([folders["package"]]))
    table = {"sample": NamedEncoding("sample", (SAMPLE,), "gpt2", {"<|end|>": 300}, 301)}
    monkeypatch.setattr(bpe.encoding_table, "ENCODINGS", table)
    monkeypatch.setattr(bpe.encodings, "ENCODINGS", table)
    monkeypatch.setattr(bpe.encodings, "_loaded", {})
    return folders


def _as_tiktoken_caches(pinned: PinnedFile, content: bytes, folder: Path) -> Path:
    path = folder / hashlib.sha1(str(pinned.url).encode()).hexdigest()
    path.write_bytes(content)
    return path


def _find() -> FoundFile:
    return find_pinned_file(SAMPLE, encoding="sample")


def test_the_places_are_searched_in_order(places: dict[str, Path]) -> None:
    (places["package"] / "sample.tiktoken.gz").write_bytes(gzip.compress(CONTENT))
    assert _find().path == places["package"] / "sample.tiktoken.gz"
    cached = _as_tiktoken_caches(SAMPLE, CONTENT, places["tiktoken"])
    assert _find().path == cached
    (places["cache"] / "sample.tiktoken").write_bytes(CONTENT)
    assert _find().path == places["cache"] / "sample.tiktoken"
    (places["given"] / "sample.tiktoken").write_bytes(CONTENT)
    assert _find().path == places["given"] / "sample.tiktoken"


@pytest.mark.parametrize("name", ["sample.tiktoken", "other.tiktoken", "sample.tiktoken.gz", "other.tiktoken.gz"])
@pytest.mark.parametrize("place", ["given", "cache"])
def test_every_natural_name_is_found(places: dict[str, Path], place: str, name: str) -> None:
    path = places[place] / name
    path.write_bytes(gzip.compress(CONTENT) if name.endswith(".gz") else CONTENT)
    assert _find() == FoundFile(path, CONTENT)
    assert find_encoding("sample").paths == (path,)
    assert available_encodings() == ["sample"]
    assert get_encoding("sample").encode("aaa") == [256, 97]


def test_a_link_to_the_file_will_do(places: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "somewhere").write_bytes(CONTENT)
    (places["given"] / "sample.tiktoken").symlink_to(tmp_path / "somewhere")
    assert _find().content == CONTENT


def test_a_missing_file_is_refused_with_the_command_and_the_places(places: dict[str, Path]) -> None:
    with pytest.raises(EncodingUnavailableError, match="run `bpe fetch sample`") as caught:
        get_encoding("sample")
    assert isinstance(caught.value, FileNotFoundError)
    searched = [Path(path).parent for path in caught.value.searched]
    assert list(dict.fromkeys(searched)) == list(places.values())
    assert all(path in str(caught.value) for path in caught.value.searched)
    status = find_encoding("sample")
    assert (status.available, status.paths) == (False, ())
    assert "bpe fetch sample" in str(status.problem)
    assert available_encodings() == []


BROKEN = {
    "wrong": WRONG,
    "cut": CONTENT[:-1],
    "longer": CONTENT + b"\n",
    "empty": b"",
    "crlf": CONTENT.replace(b"\n", b"\r\n"),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("place", ["given", "cache", "tiktoken", "package"])
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
def test_a_wrong_file_is_refused_wherever_it_is(
    places: dict[str, Path], place: str, content: bytes, packed: bool
) -> None:
    path = places[place] / ("sample.tiktoken" + ".gz" * packed)
    if place == "tiktoken":
        path = _as_tiktoken_caches(SAMPLE, content, places[place])
    else:
        path.write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(ChecksumError) as caught:
        get_encoding("sample")
    error = caught.value
    read = content[: SAMPLE.size + 1]
    assert (error.path, error.expected, error.found) == (path, SAMPLE.sha256, hashlib.sha256(read).hexdigest())
    for part in (str(path), error.expected, error.found, "bpe fetch sample"):
        assert part in str(error)
    assert find_encoding("sample").problem is not None


@pytest.mark.parametrize("place", ["given", "cache"])
def test_a_wrong_file_of_ours_is_refused_though_a_right_one_follows(places: dict[str, Path], place: str) -> None:
    (places[place] / "sample.tiktoken").write_bytes(WRONG)
    _as_tiktoken_caches(SAMPLE, CONTENT, places["tiktoken"])
    with pytest.raises(ChecksumError):
        _find()


def test_a_wrong_file_of_another_program_is_passed_over_for_a_right_one(places: dict[str, Path]) -> None:
    _as_tiktoken_caches(SAMPLE, WRONG, places["tiktoken"])
    (places["package"] / "sample.tiktoken").write_bytes(CONTENT)
    assert _find().path == places["package"] / "sample.tiktoken"


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-9], lambda data: b"\x1f\x8b" + data[2:40], lambda data: data[2:]]
)
def test_a_damaged_archive_is_a_wrong_file(places: dict[str, Path], damage: Callable[[bytes], bytes]) -> None:
    (places["given"] / "sample.tiktoken.gz").write_bytes(damage(gzip.compress(CONTENT)))
    with pytest.raises(ChecksumError):
        _find()


def test_an_archive_that_unpacks_to_a_giant_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(50_000_000)))
    tracemalloc.start()
    content = read_content(path, limit=1000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert content == bytes(1001)
    assert peak < 1_000_000


def test_what_is_no_file_is_not_there(places: dict[str, Path]) -> None:
    (places["given"] / "sample.tiktoken").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(places["cache"] / "sample.tiktoken")
    with pytest.raises(EncodingUnavailableError):
        _find()


def test_a_file_that_cannot_be_read_is_reported_as_such(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (places["given"] / "sample.tiktoken").write_bytes(CONTENT)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(EncodingUnavailableError, match=r"sample\.tiktoken \(Permission denied\)"):
        _find()


def test_tiktokens_cache_is_where_tiktoken_has_it(
    places: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data-gym-cache").mkdir()
    cached = _as_tiktoken_caches(SAMPLE, CONTENT, tmp_path / "data-gym-cache")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR")
    assert _find().path == cached
    monkeypatch.setenv("DATA_GYM_CACHE_DIR", str(places["tiktoken"]))
    assert _as_tiktoken_caches(SAMPLE, CONTENT, places["tiktoken"]) == _find().path
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "")
    with pytest.raises(EncodingUnavailableError):
        _find()


def test_an_empty_variable_names_no_folder(
    places: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BPE_ENCODINGS_DIR", "")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sample.tiktoken").write_bytes(CONTENT)
    with pytest.raises(EncodingUnavailableError):
        _find()
    assert places["cache"] != Path()


@pytest.mark.parametrize("package", ["no_such_package", "__main__", "json.decoder"])
def test_a_package_without_the_folder_is_passed_over(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)
    monkeypatch.setattr(bpe.encoding_files, "_PACKAGES", ((package, "data"),))
    assert list(bpe.encoding_files._package_folders()) == []


def test_our_cache_follows_the_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder().name == "bpe-spec"
    if sys.platform == "linux":
        assert cache_folder() == tmp_path / "bpe-spec"
    assert not (tmp_path / "bpe-spec").exists()


def test_each_name_is_loaded_once_in_all_threads(places: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    (places["given"] / "sample.tiktoken").write_bytes(CONTENT)
    built: list[Vocabulary] = []
    original = bpe.encodings._read_vocabulary

    def read(*arguments: Any) -> Vocabulary:
        built.append(original(*arguments))
        return built[-1]

    monkeypatch.setattr(bpe.encodings, "_read_vocabulary", read)
    got: list[object] = []
    threads = [threading.Thread(target=lambda: got.append(get_encoding("sample"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1
    assert len(got) == 8
    assert all(tokenizer is got[0] for tokenizer in got)


def test_a_failure_is_not_remembered(places: dict[str, Path]) -> None:
    with pytest.raises(EncodingUnavailableError):
        get_encoding("sample")
    (places["given"] / "sample.tiktoken").write_bytes(CONTENT)
    assert get_encoding("sample").name == "sample"


def test_a_named_encoding_pickles(places: dict[str, Path]) -> None:
    (places["given"] / "sample.tiktoken").write_bytes(CONTENT)
    tokenizer = get_encoding("sample")
    assert pickle.loads(pickle.dumps(tokenizer)) == tokenizer


def test_surrogates_are_refused_unless_replace_is_chosen(places: dict[str, Path]) -> None:
    (places["given"] / "sample.tiktoken").write_bytes(CONTENT)
    with pytest.raises(LoneSurrogateError):
        get_encoding("sample").encode("\ud800")
    replacing = get_encoding("sample", errors="replace")
    assert replacing.decode(replacing.encode("\ud800")) == "\ufffd"
    with pytest.raises(InputTypeError, match="'strict' or 'replace'"):
        get_encoding("sample", errors="ignore")  # type: ignore[arg-type]


# --- what it does not do (R4) --------------------------------------------------------------------

WATCHED = """
import os, sys
seen = []
def watch(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.mkdir", "os.rename", "os.remove", "os.system")):
        seen.append((event, arguments))
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        seen.append((event, arguments))
import bpe.encodings
sys.addaudithook(watch)
found = [name for name in bpe.encodings.list_encoding_names() if bpe.encodings.find_encoding(name).available]
for name in found:
    bpe.encodings.get_encoding(name)
try:
    bpe.encodings.get_encoding("llama3")
except bpe.encodings.EncodingUnavailableError:
    pass
print(seen, "cl100k_base" in found, sorted({"bpe_openai", "requests", "urllib3"} & set(sys.modules)))
"""


def test_loading_opens_no_connection_writes_nothing_and_imports_no_other_package() -> None:
    environment = {**os.environ, "BPE_ENCODINGS_DIR": "", "TIKTOKEN_CACHE_DIR": ""}
    result = subprocess.run(
        [sys.executable, "-B", "-c", WATCHED], env=environment, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[] True []"
