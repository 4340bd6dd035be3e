"""The code that a bundle carries: the kit and one competition in one archive, and wheels for what Kaggle's image lacks."""

import subprocess
import sys
import zipfile
from pathlib import Path

import kit
from kit import plugins
from kit.competition import Competition
from kit.errors import DataError, KaggleError
from kit.files import replace_file

STAMP = (1980, 1, 1, 0, 0, 0)  # equal content gives equal bytes, so nothing is uploaded twice
KAGGLE_PYTHON = (3, 12)
MAX_PLUGIN_BYTES = 64 << 20  # of a competition's folder
# Members with this suffix need packages that Kaggle's image does not have (docker-python, kaggle_requirements.txt).
MISSING = {".7z": "py7zr"}


def code(target: Path, competition: Competition) -> None:
    """Writes the source of the kit and the competition's folder, all that kit.plugins.files names. The suffix .pyz keeps
    Kaggle from unpacking it. Raises DataError for a folder of more than 64 MiB.
    """
    package, plugin = Path(kit.__file__).resolve().parent, competition.folder
    assert plugin is not None  # noqa: S101 - every loaded competition has one
    files = {f"kit/{path.relative_to(package)}": path for path in package.rglob("*.py")}
    beside = plugins.files(plugin)
    _check_size(beside)
    files |= {f"competitions/{competition.slug}/{path.relative_to(plugin)}": path for path in beside}
    archive(target, files)


def _check_size(files: list[Path]) -> None:
    """Raises DataError for a folder that holds more than what `read` may need: data, say."""
    sizes = {path: path.stat().st_size for path in files}
    if (total := sum(sizes.values())) > MAX_PLUGIN_BYTES:
        largest = max(files, key=lambda path: sizes[path])
        raise DataError(
            f"the folder of the competition is too large for a kernel, most of all {largest}",
            received=f"{total >> 20} MiB in {len(files)} files, {sizes[largest] >> 20} MiB in that one",
            expected=f"at most {MAX_PLUGIN_BYTES >> 20} MiB",
            do="move it elsewhere, or hide it: a name that begins with a dot is left out",
        )


def archive(target: Path, files: dict[str, Path]) -> None:
    """A zip archive of `files` (name inside -> path): the same bytes whenever and wherever it is made."""
    with replace_file(target) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(files):
            packed.writestr(zipfile.ZipInfo(name, STAMP), files[name].read_bytes(), zipfile.ZIP_DEFLATED)


def wheels(folder: Path, competition: Competition) -> list[Path]:
    """Fetches the wheels that Kaggle's image lacks for this competition, for its Python and for this one (`kernel try`)."""
    named = competition.archives
    suffixes = {Path(name).suffix for name in (named.train, named.test, named.sample, named.labels) if name}
    for package in {MISSING[suffix] for suffix in suffixes if suffix in MISSING}:
        for python in sorted({KAGGLE_PYTHON, sys.version_info[:2]}):
            _fetch(folder, package, python)
    return sorted(folder.glob("*.whl"))


def _fetch(folder: Path, package: str, python: tuple[int, int]) -> None:
    from importlib.metadata import version

    wanted = f"{package}=={version(package)}"
    target = ["--only-binary=:all:", f"--python-version={python[0]}.{python[1]}", "--implementation=cp"]
    platforms = [f"--platform=manylinux{tag}_x86_64" for tag in ("_2_28", "_2_17", "2014", "2010", "1")]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(folder), *target, *platforms, wanted]
    done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise KaggleError(
            f"no wheels of {wanted}, which Kaggle's image lacks",
            received=(done.stderr.strip().splitlines() or ["nothing"])[-1],
            do="repeat where a package index can be reached",
        )
