"""The competition's folder as it was when a run began: copied into the run, and told by one sha256."""

import difflib
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from kit import plugins
from kit.files import explain_full_disk


def hash_folder(folder: Path) -> str:
    """sha256 over the names and bytes of all that belongs to it."""
    digest = hashlib.sha256()
    for file in plugins.files(folder):
        digest.update(f"{file.relative_to(folder)}\0{file.stat().st_size}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def copy(folder: Path, target: Path) -> Path:
    """All that belongs to it, in `target`, which is returned."""
    target.mkdir(parents=True)
    for file in plugins.files(folder):
        copied = target / file.relative_to(folder)
        copied.parent.mkdir(parents=True, exist_ok=True)
        with explain_full_disk(copied):
            shutil.copyfile(file, copied)
    return target


def compare(old: Path, new: Path) -> Iterator[tuple[str, list[str]]]:
    """(name, lines of a unified diff) of each file that is not the same in both; no lines of one that is no text."""
    names = {str(file.relative_to(folder)) for folder in (old, new) for file in plugins.files(folder)}
    for name in sorted(names):
        before, after = (file.read_bytes() if file.is_file() else b"" for file in (old / name, new / name))
        if before != after:
            yield name, _diff(before, after)


def _diff(before: bytes, after: bytes) -> list[str]:
    try:
        texts = before.decode().splitlines(), after.decode().splitlines()
    except UnicodeDecodeError:
        return []
    return [line.rstrip("\n") for line in difflib.unified_diff(*texts, n=1)][2:]
