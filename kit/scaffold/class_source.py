"""A folder with a subfolder of images for each class, on this machine or as a dataset at Kaggle: packed as the archive of a
competition that is scored here, and the text of the function `build` that packs it again.
"""

import os
from pathlib import Path
from string import Template

from kit import paths
from kit.data.split_classes import split_classes
from kit.errors import DataError
from kit.files import replace_file
from kit.kaggle import archive
from kit.kaggle.class_dataset import DATASET, build_from_dataset
from kit.progress import say
from kit.scaffold.members import is_table
from kit.scaffold.read_body import literal
from kit.scaffold.sample import is_called_sample

BUILD = Template('''

SOURCE = $source  # $what; `build` asks for it only where data/$slug/ holds no archive


def build(archive: Path, solution: Path) -> None:
    """Where no folder says what is the test part, it is a fifth of each class, always the same. Its labels are the solution."""
    $call
''')


def find(given: str) -> Path | str:
    """The path that is given, if it exists, else the name of the dataset owner/name. Raises DataError for neither."""
    path, is_name = paths.expand_home(given), DATASET.fullmatch(given)
    if path.exists():
        if is_name:
            say(f"{given} is a path here, and taken as that, not as a dataset of Kaggle")
        return path
    if not is_name:
        raise DataError(
            f"no file or folder {given}", expected="an archive, a folder, or owner/name of a Kaggle dataset"
        )
    return given


def is_archive(source: Path | str) -> bool:
    """Whether it is the archive of a competition, or a folder that one was unpacked to: there is a sample submission in it."""
    if isinstance(source, str):
        return False
    names = (name for _, _, names in os.walk(source) for name in names)
    return source.is_file() or any(is_table(name) and is_called_sample(name) for name in names)


def pack(slug: str, source: Path | str) -> Path:
    """Writes archive and solution of the competition, and returns the path of the archive. Raises DataError where there is an
    archive already, and for a source that cannot be split into classes.
    """
    folders = paths.data(slug)
    packed = folders.archives / f"{slug}.zip"
    if packed.exists():
        raise DataError(f"{packed} is there already", do="choose another name, or remove it first")
    with replace_file(packed) as made, replace_file(folders.solution) as solution:
        if isinstance(source, Path):
            split_classes(source, made, solution)
        else:
            build_from_dataset(source, made, solution)
    archive.record(packed, "built")
    return packed


def write_build(slug: str, source: Path | str) -> tuple[str, str]:
    """The imports and the function `build` of competition.py."""
    if isinstance(source, str):
        imports = "from kit.kaggle.class_dataset import build_from_dataset\n"
        named, what, call = source, "a dataset at Kaggle", "build_from_dataset(SOURCE, archive, solution)"
    else:
        imports = "from kit.data.split_classes import split_classes\nfrom kit.paths import expand_home\n"
        named, what = _shorten(source), "a folder of images for each class"
        call = "split_classes(expand_home(SOURCE), archive, solution)"
    return imports, BUILD.substitute(slug=slug, source=literal(named), what=what, call=call)


def _shorten(path: Path) -> str:
    """The whole path, with ~ for the home of whoever calls."""
    whole, home = path.resolve(), paths.expand_home("~").resolve()
    return f"~/{whole.relative_to(home)}" if whole.is_relative_to(home) else str(whole)
