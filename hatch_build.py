"""Compile the kernels, `bpe/engine/kernels`, when a wheel is built or the project is installed for editing.

Where a C compiler and Python's headers are at hand, the kernels are compiled, and whatever goes wrong then fails the build.
Where they are not, the build says so and leaves the portable engine alone: the wheel is pure.
`BPE_PURE_PYTHON=1` builds without kernels whatever is at hand; `BPE_PURE_PYTHON=0` fails rather than build without.

C sources and object files go to a temporary folder; only an editable install puts libraries into the tree, beside their sources.
`python hatch_build.py` does that alone: it is how `make` compiles a kernel that has changed.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import platform
import shlex
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    from setuptools import Extension

KERNELS = Path("bpe", "engine", "kernels")

#: The shared library that all kernels live in, beside them; each module's own library is a door to it.
GROUP = "bpe.engine.kernels.all"

#: What an extension module is called, by system.
LIBRARIES = ("*.so", "*.pyd")

_REMEDY = "mend that, or set BPE_PURE_PYTHON=1 to build without compiled kernels"


class BuildError(Exception):
    """Raised when the kernels were to be compiled, and cannot be."""


class Plan(NamedTuple):
    """Whether the kernels will be compiled, and why, or why not."""

    compiles: bool
    reason: str


def plan() -> Plan:
    """Decide by the environment, and by what is at hand, whether to compile."""
    choice = os.environ.get("BPE_PURE_PYTHON", "")
    if choice not in {"", "0", "1"}:
        raise BuildError(f"BPE_PURE_PYTHON is {choice!r}: set it to 1 (no kernels), to 0 (kernels or failure), or not")
    if choice == "1":
        return Plan(compiles=False, reason="BPE_PURE_PYTHON=1 says so")
    lack = missing_tool()
    if lack and choice == "0":
        raise BuildError(f"BPE_PURE_PYTHON=0 asks for compiled kernels, but {lack}")
    return Plan(compiles=not lack, reason=lack or "a C compiler is at hand")


def missing_tool() -> str:
    """Say what compiling needs and this machine lacks, or nothing."""
    if platform.python_implementation() != "CPython":
        return f"mypyc compiles for CPython, and this is {platform.python_implementation()}"
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        return "this Python has no global lock, and without it threads could not share a compiled encoder"
    named = os.environ.get("CC")
    command = named or sysconfig.get_config_var("CC")
    if not command:
        return _missing_visual_studio()
    if not shutil.which(shlex.split(command)[0]):
        if named:
            raise BuildError(f"CC is {named!r}, and there is no such program: name a C compiler, or leave CC unset")
        return f"no C compiler was found ({command}): install one, for example gcc"
    header = Path(sysconfig.get_path("include"), "Python.h")
    return "" if header.exists() else f"Python's headers are missing ({header}): install them, for example python3-dev"


def _missing_visual_studio() -> str:
    try:
        import setuptools.errors  # noqa: PLC0415 - only a build has it, and with it comes distutils
    except ImportError:
        return ""  # asked before the build requirements are there: they are wanted to find out
    compiler = importlib.import_module("distutils.ccompiler").new_compiler()
    try:
        compiler.initialize()
    except setuptools.errors.PlatformError as fault:
        return f"no C compiler was found: {fault}"
    return ""


def compile_kernels(root: Path, folder: Path) -> list[Path]:
    """Compile the kernels of the project at `root` inside `folder`, and return the libraries."""
    with contextlib.chdir(root):  # so that tracebacks name the sources as they are in the project
        try:
            built = _build(_extensions(folder), folder)
        except ImportError as fault:
            raise BuildError(
                f"compiling needs what pyproject.toml lists as compile-requires: {fault}; {_REMEDY}"
            ) from fault
        except (Exception, SystemExit) as fault:  # mypyc prints what it found, and exits
            raise BuildError(f"the kernels do not compile, see above: {fault!r}; {_REMEDY}") from fault
    return all_libraries(root, built)


def _extensions(folder: Path) -> Sequence[Extension]:
    import setuptools  # noqa: F401, PLC0415 - before mypyc, which asks whether it is there
    from mypyc.build import mypycify  # noqa: PLC0415

    # No configuration file, and other modules unjudged: the build depends on the kernels alone.
    checks = ["--config-file=", f"--cache-dir={folder / 'cache'}", "--strict", "--follow-imports=silent"]
    sources = [str(KERNELS / f"{name}.py") for name in names(Path())]
    c = str(folder / "c")
    extensions: Sequence[Any] = mypycify(
        [*checks, *sources], opt_level="3", debug_level="0", target_dir=c, group_name=GROUP
    )
    for extension in extensions:
        extension.extra_compile_args = _flags(extension.extra_compile_args)
    return extensions


def _flags(flags: list[str]) -> list[str]:
    if "-O3" not in flags:
        return flags  # MSVC
    # A warning that a later compiler invents is no reason to fail.
    kept = [flag for flag in flags if flag != "-Werror"]
    # Kernels count on wrapping, which CPython's own flags promise until CFLAGS replaces them.
    kept += ["-fwrapv", "-Werror=implicit-function-declaration"]
    # ELF lets another library replace any function of this one, unless told otherwise: then nothing is inlined.
    return kept if sys.platform == "darwin" else [*kept, "-fno-semantic-interposition"]


def _build(extensions: Sequence[Extension], folder: Path) -> Path:
    from setuptools import Distribution  # noqa: PLC0415
    from setuptools.command.build_ext import build_ext  # noqa: PLC0415

    command = build_ext(Distribution({"name": "kernels", "ext_modules": extensions}))
    command.build_lib, command.build_temp = str(folder / "lib"), str(folder / "objects")
    command.ensure_finalized()
    command.run()
    return folder / "lib" / KERNELS


def names(root: Path) -> list[str]:
    """Return the names of the kernels, `__init__` being none."""
    return sorted(path.stem for path in (root / KERNELS).glob("*.py") if path.stem != "__init__")


def all_libraries(root: Path, built: Path) -> list[Path]:
    """Return the library of each kernel and the one they share, or refuse if one is missing."""
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    libraries = [built / f"{name}{suffix}" for name in (*names(root), f"{GROUP.rpartition('.')[2]}__mypyc")]
    if missing := [path.name for path in libraries if not path.exists()]:
        raise BuildError(f"compiling made no {', '.join(missing)}; {_REMEDY}")
    return libraries


def remove_libraries(root: Path) -> None:
    """Remove compiled kernels from the tree, so that none is ever older than its source."""
    for pattern in LIBRARIES:
        for path in (root / KERNELS).glob(pattern):
            path.unlink()


def compile_in_place(root: Path) -> None:
    """Put freshly compiled kernels beside their sources, or fail and leave none."""
    remove_libraries(root)
    with tempfile.TemporaryDirectory(prefix="bpe-kernels-") as folder:
        for library in compile_kernels(root, Path(folder)):
            shutil.copy2(library, root / KERNELS)


class KernelsBuildHook(BuildHookInterface):  # type: ignore[type-arg] # its parameter is of no use here
    """Adds compiled kernels to a wheel, with what they need, or to the tree of an editable install."""

    def dependencies(self) -> list[str]:
        """Return what compiling needs; a pure build needs nothing."""
        return list(self.config["compile-requires"]) if plan().compiles else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, before files are gathered."""
        root = Path(self.root)
        if version == "editable":
            remove_libraries(root)
        compiles, reason = plan()
        if not compiles:
            self.app.display_warning(f"The kernels are not compiled, the engine is portable: {reason}")
            return
        build_data["dependencies"].extend(self.config["run-requires"])
        if version == "editable":
            compile_in_place(root)
        else:
            self._add_to_wheel(root, build_data)

    def _add_to_wheel(self, root: Path, build_data: dict[str, Any]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="bpe-kernels-")
        for library in compile_kernels(root, Path(self._folder.name)):
            build_data["force_include"][str(library)] = str(KERNELS / library.name)
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove what was compiled, which the wheel has by now."""
        if folder := getattr(self, "_folder", None):
            folder.cleanup()


def main() -> None:
    """Compile in place where that is possible, and say what was done."""
    root = Path(__file__).resolve().parent
    remove_libraries(root)
    compiles, reason = plan()
    if compiles:
        compile_in_place(root)
    sys.stdout.write(f"kernels {'compiled' if compiles else 'not compiled, the engine is portable'}: {reason}\n")


if __name__ == "__main__":
    try:
        main()
    except BuildError as error:
        sys.exit(f"hatch_build.py: {error}")
