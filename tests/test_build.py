"""The build compiles kernels or says why not, never half; and the environment chooses the engine, never by accident."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

import hatch_build
from bpe.engine import COMPILED
from bpe.engine.choice import choose_kernels
from bpe.errors import InvalidSettingError, KernelsError

PROJECT = Path(__file__).resolve().parent.parent
SUFFIX = sysconfig.get_config_var("EXT_SUFFIX")

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="builds here are run with a shell's environment of POSIX"
)

needs_compiler = pytest.mark.skipif(bool(hatch_build.missing_tool()), reason=hatch_build.missing_tool() or "none")

#: As small as a kernel can be.
KERNEL = """
from mypy_extensions import i64

def double(x: i64) -> i64:
    return x + x
"""


def run(*call: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != "BPE_PURE_PYTHON"}
    return subprocess.run(
        [str(part) for part in call], cwd=cwd, env=kept | environment, capture_output=True, text=True, check=False
    )


def python(source: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-c", source, cwd=cwd, **environment)


def build(target: str, cwd: Path, into: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-m", "hatchling", "build", "-t", target, "-d", into, cwd=cwd, **environment)


@pytest.fixture
def no_compiler(tmp_path: Path) -> str:
    """A PATH on which nothing is."""
    (tmp_path / "empty").mkdir()
    return str(tmp_path / "empty")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The project's sources elsewhere, without anything compiled."""
    folder = tmp_path / "clone"
    ignored = shutil.ignore_patterns("__pycache__", "*.so")
    for name in ("bpe", "spec"):
        shutil.copytree(PROJECT / name, folder / name, ignore=ignored)
    for name in ("hatch_build.py", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "Makefile"):
        shutil.copy(PROJECT / name, folder / name)
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A project with one small kernel, and a library of yesterday beside it."""
    kernels = tmp_path / "small" / hatch_build.KERNELS
    kernels.mkdir(parents=True)
    for folder in (kernels, *list(kernels.parents)[:2]):
        (folder / "__init__.py").touch()
    (kernels / "encoding.py").write_text(KERNEL, encoding="utf-8")
    (kernels / f"encoding{SUFFIX}").write_bytes(b"of yesterday")
    shutil.copy(PROJECT / "hatch_build.py", tmp_path / "small")
    return tmp_path / "small"


def libraries(root: Path) -> list[str]:
    return sorted(path.name for pattern in hatch_build.LIBRARIES for path in root.rglob(pattern))


# --- what is decided before compiling --------------------------------------------------------------


@needs_compiler
def test_kernels_are_compiled_where_a_compiler_is_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BPE_PURE_PYTHON", raising=False)
    assert hatch_build.plan().compiles
    monkeypatch.setenv("BPE_PURE_PYTHON", "1")
    assert not hatch_build.plan().compiles


def test_without_a_compiler_the_build_is_pure_and_says_so(no_compiler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BPE_PURE_PYTHON", raising=False)
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", no_compiler)
    compiles, reason = hatch_build.plan()
    assert not compiles
    assert reason.startswith("no C compiler was found")
    monkeypatch.setenv("BPE_PURE_PYTHON", "0")
    with pytest.raises(hatch_build.BuildError, match="asks for compiled kernels, but no C compiler"):
        hatch_build.plan()


def test_a_compiler_without_headers_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", sys.executable)  # any program will do
    monkeypatch.delenv("BPE_PURE_PYTHON", raising=False)
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path))
    compiles, reason = hatch_build.plan()
    assert not compiles
    assert "Python.h" in reason


def test_without_the_global_lock_the_build_is_pure(monkeypatch: pytest.MonkeyPatch) -> None:
    given = sysconfig.get_config_var
    monkeypatch.delenv("BPE_PURE_PYTHON", raising=False)
    monkeypatch.setattr(sysconfig, "get_config_var", lambda name: 1 if name == "Py_GIL_DISABLED" else given(name))
    compiles, reason = hatch_build.plan()
    assert not compiles
    assert "no global lock" in reason


def test_a_choice_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BPE_PURE_PYTHON", "yes")
    with pytest.raises(hatch_build.BuildError, match="'yes'"):
        hatch_build.plan()
    with pytest.raises(InvalidSettingError, match="'yes'"):
        choose_kernels()


def test_only_compiling_has_requirements(no_compiler: str) -> None:
    ask = ("-m", "hatchling", "build", "--show-dynamic-deps", "-t", "wheel")
    assert run(sys.executable, *ask, cwd=PROJECT, BPE_PURE_PYTHON="1").stdout.strip() == "[]"
    assert run(sys.executable, *ask, cwd=PROJECT, PATH=no_compiler, CC="").stdout.strip() == "[]"
    if not hatch_build.missing_tool():
        assert "mypy==" in run(sys.executable, *ask, cwd=PROJECT).stdout


# --- what a failure leaves -------------------------------------------------------------------------


@needs_compiler
def test_a_type_error_in_a_kernel_fails_the_build(small: Path) -> None:
    kernel = small / hatch_build.KERNELS / "encoding.py"
    kernel.write_text(KERNEL.replace("x + x", "'x'"), encoding="utf-8")
    result = run(sys.executable, "hatch_build.py", cwd=small)
    assert result.returncode != 0
    assert 'got "str", expected "i64"' in result.stdout
    assert "the kernels do not compile" in result.stderr
    assert "BPE_PURE_PYTHON=1" in result.stderr
    assert libraries(small) == []


@needs_compiler
def test_a_c_compiler_that_fails_fails_the_build(small: Path) -> None:
    result = run(sys.executable, "hatch_build.py", cwd=small, CC="false")
    assert result.returncode != 0
    assert "the kernels do not compile" in result.stderr
    assert libraries(small) == []


def test_a_compiler_that_is_named_and_not_there_fails_the_build(small: Path) -> None:
    result = run(sys.executable, "hatch_build.py", cwd=small, CC="no-such-compiler")
    assert result.returncode != 0
    assert "CC is 'no-such-compiler', and there is no such program" in result.stderr
    assert libraries(small) == []


def test_a_library_that_was_not_made_fails_the_build(small: Path) -> None:
    with pytest.raises(hatch_build.BuildError, match=r"made no encoding.*, all__mypyc"):
        hatch_build.all_libraries(small, small / "nowhere")


@pytest.mark.deep
@needs_compiler
def test_a_small_kernel_compiles_in_place(small: Path) -> None:
    result = run(sys.executable, "hatch_build.py", cwd=small)
    assert (result.returncode, result.stdout) == (0, "kernels compiled: a C compiler is at hand\n")
    assert libraries(small) == [f"all__mypyc{SUFFIX}", f"encoding{SUFFIX}"]
    # subtle: the interpreter's integers would go on to 2 ** 63.
    source = "from bpe.engine.kernels import encoding as e; print(e.double(2 ** 62), e.__file__)"
    value, file = python(source, small).stdout.split()
    assert value == str(-(2**63))
    assert file.endswith(SUFFIX)
    assert sorted(path.name for path in small.iterdir()) == ["bpe", "hatch_build.py"]


def test_a_pure_build_in_place_leaves_no_library(small: Path) -> None:
    result = run(sys.executable, "hatch_build.py", cwd=small, BPE_PURE_PYTHON="1")
    assert result.stdout == "kernels not compiled, the engine is portable: BPE_PURE_PYTHON=1 says so\n"
    assert libraries(small) == []


# --- which engine runs -----------------------------------------------------------------------------

ASK = "import sys, bpe.engine; print(bpe.engine.COMPILED, 'bpe.engine.kernels.encoding' in sys.modules)"


def test_the_environment_chooses_the_portable_engine() -> None:
    assert python(ASK, PROJECT, BPE_PURE_PYTHON="1").stdout.split() == ["False", "False"]
    lines = run(sys.executable, "-m", "bpe", "--version", cwd=PROJECT, BPE_PURE_PYTHON="1").stdout.splitlines()
    assert lines[2].startswith("engine portable (")


def test_the_environment_demands_the_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BPE_PURE_PYTHON", "0")
    if python(ASK, PROJECT).stdout.split() == ["True", "True"]:
        assert choose_kernels()
        lines = run(sys.executable, "-m", "bpe", "--version", cwd=PROJECT, BPE_PURE_PYTHON="0").stdout.splitlines()
        assert lines[2].startswith("engine compiled (")
    else:
        assert not COMPILED
        with pytest.raises(KernelsError, match="not compiled"):
            choose_kernels()


def test_an_interpreted_kernel_never_counts(clone: Path) -> None:
    assert python(ASK, clone).stdout.split() == ["False", "False"]
    demanded = python(ASK, clone, BPE_PURE_PYTHON="0")
    assert demanded.returncode != 0
    assert "KernelsError: BPE_PURE_PYTHON=0 demands the kernels, which are not compiled" in demanded.stderr


def test_kernels_that_do_not_load_are_an_error_that_names_the_remedy(clone: Path) -> None:
    (clone / hatch_build.KERNELS / f"encoding{SUFFIX}").write_bytes(b"no library")
    result = python(ASK, clone)
    assert result.returncode != 0
    assert "KernelsError: the compiled kernels do not load" in result.stderr
    assert "BPE_PURE_PYTHON=1" in result.stderr
    assert python(ASK, clone, BPE_PURE_PYTHON="1").stdout.split() == ["False", "False"]


@pytest.mark.skipif(not COMPILED, reason="the kernels are not compiled here")
def test_kernels_without_librt_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "librt").mkdir()
    (tmp_path / "librt" / "__init__.py").touch()
    result = python(ASK, PROJECT, PYTHONPATH=str(tmp_path))
    assert "KernelsError: the compiled kernels do not load" in result.stderr
    assert "librt" in result.stderr


# --- wheels ----------------------------------------------------------------------------------------


def read_wheel(folder: Path) -> tuple[Path, list[str], str]:
    """Return the only wheel of a folder, the names in it, and what it says about itself."""
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        files = archive.namelist()
        (metadata,) = (name for name in files if name.endswith(".dist-info/METADATA"))
        return wheel, files, archive.read(metadata).decode().partition("\n\n")[0]


def required(metadata: str) -> set[str]:
    """Return what a wheel needs without any extra, in part."""
    lines = [line.removeprefix("Requires-Dist: ") for line in metadata.splitlines() if "Requires-Dist" in line]
    return {
        name for name in ("librt", "mypy-extensions", "regex") for x in lines if x.startswith(name) and ";" not in x
    }


@pytest.mark.parametrize("why", ["asked", "no compiler"])
def test_a_pure_wheel_has_no_library_and_needs_none(why: str, clone: Path, tmp_path: Path, no_compiler: str) -> None:
    (clone / hatch_build.KERNELS / f"encoding{SUFFIX}").write_bytes(b"of an editable install")
    result = (
        build("wheel", clone, tmp_path / "dist", BPE_PURE_PYTHON="1")
        if why == "asked"
        else build("wheel", clone, tmp_path / "dist", PATH=no_compiler, CC="")
    )
    assert result.returncode == 0, result.stderr
    assert "The kernels are not compiled, the engine is portable" in result.stdout + result.stderr
    wheel, files, metadata = read_wheel(tmp_path / "dist")
    assert wheel.name.endswith("-py3-none-any.whl")
    assert [name for name in files if name.endswith((".so", ".pyd"))] == []
    assert required(metadata) == {"regex"}


class CleanPython:
    """A virtual environment with one package in it, and what it needs."""

    def __init__(self, folder: Path, package: Path) -> None:
        venv.create(folder / "venv", with_pip=True)
        self.folder = folder
        self.bin = folder / "venv" / "bin"
        install = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        result = run(self.bin / "python", *install, f"{package}[check]", cwd=folder)
        assert result.returncode == 0, result.stderr

    def run(self, *call: str) -> str:
        """Run a program of this environment, and return what it prints."""
        result = run(self.bin / call[0], *call[1:], cwd=self.folder)
        assert result.returncode == 0, result.stderr
        return result.stdout


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder outside the tree, where packages can be had."""
    probe = ("-m", "pip", "download", "--quiet", "--no-deps", "--dest", tmp_path / "probe", "mypy-extensions")
    if run(sys.executable, *probe, cwd=tmp_path).returncode:
        pytest.skip("no package index can be reached, so no clean environment can be made")
    return tmp_path


USE = """
import bpe
tokenizer = bpe.train(["aaabdaaabac"], 259, pattern="gpt2")
assert tokenizer.encode("aaabdaaabac") == [258, 100, 258, 97, 99], tokenizer.encode("aaabdaaabac")
assert tokenizer.decode([258, 100, 258, 97, 99]) == "aaabdaaabac"
assert "site-packages" in bpe.__file__
"""


@pytest.mark.deep
def test_a_pure_wheel_works_in_a_clean_environment(clone: Path, elsewhere: Path) -> None:
    assert build("wheel", clone, elsewhere / "dist", BPE_PURE_PYTHON="1").returncode == 0
    clean = CleanPython(elsewhere, read_wheel(elsewhere / "dist")[0])
    assert "librt" not in clean.run("python", "-m", "pip", "list")
    clean.run("python", "-c", USE)
    assert "engine portable (" in clean.run("bpe", "--version")


@pytest.mark.deep
@needs_compiler
def test_a_compiled_wheel_works_in_a_clean_environment(clone: Path, elsewhere: Path) -> None:
    result = build("wheel", clone, elsewhere / "dist", BPE_PURE_PYTHON="0")
    assert result.returncode == 0, result.stdout + result.stderr
    assert libraries(clone) == []
    wheel, files, metadata = read_wheel(elsewhere / "dist")
    assert "none-any" not in wheel.name
    compiled = {Path(name).name for name in files if name.endswith(SUFFIX)}
    assert compiled == {f"{name}{SUFFIX}" for name in (*hatch_build.names(PROJECT), "all__mypyc")}
    assert required(metadata) == {"librt", "mypy-extensions", "regex"}
    clean = CleanPython(elsewhere, wheel)
    clean.run("python", "-c", USE)
    assert "engine compiled (" in clean.run("bpe", "--version")
    clean.run("bpe", "vectors", "bpe:any")


@pytest.mark.deep
@needs_compiler
def test_a_source_distribution_builds_in_a_clean_environment(clone: Path, elsewhere: Path) -> None:
    assert build("sdist", clone, elsewhere / "dist").returncode == 0
    (source,) = (elsewhere / "dist").glob("*.tar.gz")
    clean = CleanPython(elsewhere, source)  # pip builds it with the build requirements, and nothing else
    clean.run("python", "-c", USE)
    assert "engine compiled (" in clean.run("bpe", "--version")


@pytest.mark.deep
@needs_compiler
def test_a_wheel_of_a_broken_kernel_is_not_built(clone: Path, tmp_path: Path) -> None:
    kernel = clone / hatch_build.KERNELS / "encoding.py"
    kernel.write_text(kernel.read_text(encoding="utf-8") + "\nBROKEN: int = 'x'\n", encoding="utf-8")
    result = build("wheel", clone, tmp_path / "dist")
    assert result.returncode != 0
    assert "the kernels do not compile" in result.stderr
    assert list(tmp_path.rglob("*.whl")) == []
    assert libraries(clone) == []
