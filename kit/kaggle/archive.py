"""What is kept of an archive: its bytes, checked to the last member, and a manifest with their size and sha256."""

import datetime
import zipfile
from pathlib import Path

from kit.data.archives.open_checked import read_through
from kit.errors import DataError
from kit.files import sha256
from kit.json_files import read_json, write_json
from kit.progress import bar, say


def find_verified(folder: Path, slug: str) -> Path | None:
    """The archive that is already there, None if there is none. Raises DataError if it is not the one that was recorded."""
    archive = folder / f"{slug}.zip"
    expected = read_digest(archive)
    if expected is None or not archive.exists():
        return None
    digest = sha256(archive)
    if digest != expected:
        raise DataError(
            f"{archive} has changed since it was fetched",
            received=f"sha256 {digest}",
            expected=expected,
            do="remove it and download again",
        )
    say(f"{archive} is here and whole")
    return archive


def check_members(archive: Path) -> None:
    """Reads every member and compares its CRC. Raises DataError for anything but a whole zip archive with files in it, and for
    one whose listing kit.data.archives refuses, before any of it is inflated.
    """
    if not read_through(archive):
        raise DataError(f"{archive.name} is a zip archive without files", do="fetch it again")


def size_of(source: Path) -> int:
    """Bytes of an archive, or of all that a folder would be packed of."""
    return sum(path.stat().st_size for path in _files(source)) if source.is_dir() else source.stat().st_size


def pack(folder: Path, target: Path) -> None:
    """Writes a zip archive of what the folder holds, uncompressed, but for hidden files and what macOS adds. Raises DataError
    for a folder without files.
    """
    files = _files(folder)
    if not files:
        raise DataError(f"{folder} holds no files", expected="what the archive of Kaggle holds")
    with zipfile.ZipFile(target, "w") as packed:
        for path in bar(files, label=f"packing {folder.name}", unit="file"):
            packed.write(path, path.relative_to(folder))


def _files(folder: Path) -> list[Path]:
    """All files below, in order; none that is hidden, or lies in a folder that is, or in __MACOSX."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(part.startswith(".") or part == "__MACOSX" for part in path.relative_to(folder).parts)
    ]


def record(archive: Path, source: str, digest: str | None = None) -> None:
    """Writes manifest.json beside `archive`. source: "kaggle", "file" or "built"."""
    entry = {"size": archive.stat().st_size, "sha256": digest or sha256(archive)}
    fetched = datetime.datetime.now(datetime.UTC).isoformat("T", "seconds")
    write_json(manifest(archive), {"files": {archive.name: entry}, "source": source, "fetched": fetched})


def manifest(archive: Path) -> Path:
    return archive.with_name("manifest.json")


def read_digest(archive: Path) -> str | None:
    """The sha256 in the manifest, None without one. Raises DataError if the manifest is damaged."""
    path = manifest(archive)
    if not path.exists():
        return None
    try:
        return str(read_json(path)["files"][archive.name]["sha256"])
    except (KeyError, TypeError):
        raise DataError(f"{path} is damaged", do="remove it and download again") from None
