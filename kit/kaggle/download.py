"""The archive of a competition: from Kaggle, or from a file fetched in the browser; kept only when every byte is sound."""

import datetime
import shutil
import zipfile
from pathlib import Path
from typing import Any

from kit.errors import DataError, KaggleError
from kit.files import CHUNK, read_json, replacing, sha256, write_json
from kit.kaggle.client import connected, retried
from kit.progress import bar, say

SPACE = 3  # times the archive: itself, extracted, decoded


def verified(folder: Path, slug: str) -> Path | None:
    """The archive that is already there, None if there is none. Raises DataError if it is not the one that was recorded."""
    archive, manifest = folder / f"{slug}.zip", folder / "manifest.json"
    if not archive.exists() or not manifest.exists():
        return None
    recorded = read_json(manifest)["files"][archive.name]
    digest = sha256(archive)
    if digest != recorded["sha256"]:
        raise DataError(
            f"{archive} has changed since it was fetched",
            received=f"sha256 {digest}",
            expected=recorded["sha256"],
            do=f"remove {folder} and download again",
        )
    return archive


def download(slug: str, folder: Path) -> Path:
    """Fetches folder/<slug>.zip with Kaggle's client. An interrupted download goes on where it stopped."""
    from requests.exceptions import HTTPError

    staging = folder.with_name(folder.name + ".partial")
    staging.mkdir(parents=True, exist_ok=True)
    with connected(slug) as api:
        _check_space(folder.parent, _announced(api, slug))
        try:
            retried(api.competition_download_files, slug, path=str(staging), quiet=False)
        except (HTTPError, ValueError) as error:
            shutil.rmtree(staging)  # an error page may now stand in the file, and the client would go on after it
            if isinstance(error, HTTPError):
                raise
            raise KaggleError(f"the download of {slug} broke", received=error, do="repeat it") from None
    return _keep(_only_file(staging, slug), slug, folder, "kaggle")


def take(archive: Path, slug: str, folder: Path) -> Path:
    """Copies an archive fetched by hand into `folder`. Raises DataError if it is missing, cut off, or no archive."""
    if not archive.is_file():
        raise DataError(
            f"no archive at {archive}",
            received="a folder" if archive.is_dir() else None,
            expected=f"the {slug}.zip of Kaggle",
        )
    _check_space(folder.parent, archive.stat().st_size)
    return _keep(archive, slug, folder, "file")


def _announced(api: Any, slug: str) -> int:
    """Bytes of all files as Kaggle lists them."""
    total, token = 0, ""
    while True:
        page = retried(api.competition_list_files, slug, page_token=token, page_size=200)
        total += sum(file.total_bytes for file in page.files)
        token = page.next_page_token
        if not token:
            return total


def _check_space(folder: Path, size: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < SPACE * size:
        raise DataError(
            f"too little space in {folder}", received=f"{free >> 20} MiB free", expected=f"{SPACE * size >> 20} MiB"
        )


def _only_file(staging: Path, slug: str) -> Path:
    archive = staging / f"{slug}.zip"
    if not archive.exists():
        kept = ", ".join(file.name for file in staging.iterdir())
        shutil.rmtree(staging)
        raise DataError(f"Kaggle sent no {archive.name}", received=kept or "nothing")
    return archive


def _keep(source: Path, slug: str, folder: Path, origin: str) -> Path:
    """Checks every member's CRC, hashes, and writes the manifest last. What came from Kaggle is moved out of its staging."""
    target, manifest = folder / f"{slug}.zip", folder / "manifest.json"
    staged = origin == "kaggle"
    try:
        _check_members(source)
        with replacing(target) as copy:
            source.replace(copy) if staged else _copy(source, copy)
            size, digest = copy.stat().st_size, sha256(copy)
            if manifest.exists() and read_json(manifest)["files"][target.name]["sha256"] != digest:
                say(f"{source.name} differs from the archive that was here, and takes its place")
    finally:
        if staged:
            shutil.rmtree(source.parent)
    fetched = datetime.datetime.now(datetime.UTC).isoformat("T", "seconds")
    write_json(
        manifest, {"files": {target.name: {"size": size, "sha256": digest}}, "source": origin, "fetched": fetched}
    )
    return target


def _check_members(archive: Path) -> None:
    try:
        with zipfile.ZipFile(archive) as opened:
            for name in bar(opened.namelist(), label=f"checking {archive.name}", unit="file"):
                with opened.open(name) as member:
                    while member.read(CHUNK):
                        pass
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        OSError,
        RuntimeError,
        NotImplementedError,
        ValueError,
    ) as error:
        start = _first_byte(archive)
        kind = "an empty file" if not start else "a web page" if start == b"<" else str(error) or type(error).__name__
        raise DataError(f"{archive.name} is not a whole zip archive", received=kind, do="fetch it again") from None


def _copy(source: Path, target: Path) -> None:
    size = source.stat().st_size
    with (
        open(source, "rb") as reading,
        open(target, "wb") as writing,
        bar(total=size, label="copying", unit="B") as shown,
    ):
        while piece := reading.read(CHUNK):
            writing.write(piece)
            shown.update(len(piece))


def _first_byte(path: Path) -> bytes:
    with open(path, "rb") as handle:
        return handle.read(1)
