"""A submission as people bring it: a plain table, or one packed by zip or gzip. What is checked and sent is the plain table."""

from pathlib import Path

from kit.data.archives.budget import Limits
from kit.data.archives.unpack import MANIFEST, extract
from kit.errors import DataError
from kit.files import scratch_folder

ENDINGS = (".csv", ".csv.gz", ".zip")  # in any letter case
MAX_BYTES = 4 << 30  # bytes of a table; the largest samples on Kaggle have a few hundred million


def is_file(reference: str) -> bool:
    """Whether `kit submit` was given a file. A run's id ends in a time, never so."""
    return reference.lower().endswith(ENDINGS)


def unpack(path: Path, folder: Path) -> Path:
    """The plain table in the file `path`: itself, or what is packed in it, then written to `folder`.

    Raises DataError for a file that is damaged, too large unpacked, or a zip of anything but one .csv.
    """
    if path.suffix.lower() == ".csv":
        return path
    folder.mkdir(parents=True, exist_ok=True)
    name = path.stem if path.stem.lower().endswith(".csv") else f"{path.stem}.csv"
    with scratch_folder(folder) as inside:
        extract(path, inside / "members", limits=Limits(files=1000, bytes=MAX_BYTES, depth=1))
        return _only_table(path, inside / "members").replace(folder / name)


def _only_table(path: Path, members: Path) -> Path:
    (members / MANIFEST).unlink()
    files = [file for file in sorted(members.rglob("*")) if file.is_file() and "__MACOSX" not in file.parts]
    if len(files) != 1 or files[0].suffix.lower() != ".csv":
        raise DataError(
            f"{path.name} is no packed submission",
            received=", ".join(file.name for file in files[:5]) or "nothing",
            expected="one .csv in it",
        )
    return files[0]
