"""What the tests of archives share: archives whose names are stored just as given, and what a refusal leaves."""

import warnings
import zipfile
from pathlib import Path

import py7zr
import pytest

from kit.data.archives.unpack import extract
from kit.errors import DataError


def zipped(path: Path, *entries: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    """A zip whose names are stored just as given."""
    with zipfile.ZipFile(path, "w", method) as out, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of zipfile, about names that come twice
        for name, data in entries:
            info = zipfile.ZipInfo("x")
            info.filename, info.compress_type, info.external_attr = name, method, 0o100644 << 16
            out.writestr(info, data)
    return path


def packed7(path: Path, *entries: tuple[str, bytes], password: str | None = None) -> Path:
    with py7zr.SevenZipFile(path, "w", password=password) as out:
        for name, data in entries:
            out.writestr(data, "placeholder")
            list(out.files)[-1]._file_info["filename"] = name
            out.header.files_info.files[-1]["filename"] = name
    return path


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(archive: Path, *words: str, **options: object) -> None:
    """The archive is refused with one line that holds `words`, and nothing appears in the folder it lies in."""
    before = sorted(archive.parent.rglob("*"))
    with pytest.raises(DataError) as error:
        extract(archive, archive.parent / "raw", **options)
    for word in (archive.name, *words):
        assert word in str(error.value)
    assert "\n" not in str(error.value)
    assert sorted(archive.parent.rglob("*")) == before
