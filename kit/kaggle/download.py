"""The archive of a competition: from Kaggle, or from a file fetched in the browser; kept only when every byte is sound."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kit.errors import DataError, KaggleError
from kit.files import CHUNK, replace_file, sha256
from kit.kaggle.archive import check_members, find_verified, manifest, pack, read_digest, record, size_of
from kit.kaggle.client import connect, retry
from kit.kaggle.staging import fetch_whole, stop_where_disk_is_full
from kit.progress import bar, say

SPACE = 3  # times the archive: itself, extracted, decoded


def download(slug: str, folder: Path) -> Path:
    """Fetches folder/<slug>.zip with Kaggle's client, unless it is there. An interrupted download goes on where it stopped.

    Raises DataError, and keeps nothing, if the archive is damaged or not the one recorded here before.
    """
    archive, staging = folder / f"{slug}.zip", _staging(folder)
    if (here := find_verified(folder, slug)) and not staging.exists():
        return here  # before the lock, which a folder that may only be read cannot hold
    with _hold_lock(folder, slug):
        if here := find_verified(folder, slug):
            shutil.rmtree(staging, ignore_errors=True)
            return here
        staged = fetch_whole(lambda: _fetch(slug, staging), staging, check_members)
        try:
            digest = _same_as_recorded(staged, archive)
        except DataError:
            shutil.rmtree(staging)
            raise
        with replace_file(archive) as place:
            staged.replace(place)
        record(archive, "kaggle", digest)
        shutil.rmtree(staging)
    return archive


def take(archive: Path, slug: str, folder: Path) -> Path:
    """Copies an archive fetched by hand into `folder`, or packs what was unpacked of one, a folder. Raises DataError if it is
    missing, cut off, or no archive.
    """
    if archive.is_file():
        check_members(archive)
    elif not archive.is_dir():
        raise DataError(f"no archive at {archive}", expected=f"the {slug}.zip of Kaggle, or a folder of what it holds")
    target = folder / f"{slug}.zip"
    with _hold_lock(folder, slug):
        _check_space(folder, size_of(archive))
        with replace_file(target) as copy:
            if archive.is_dir():
                pack(archive, copy)
            else:
                _copy(archive, copy)
            digest = sha256(copy)
            if target.exists() and sha256(target) != digest:
                say(f"{archive.name} differs from the archive that was here, and takes its place")
            manifest(target).unlink(missing_ok=True)  # a kill from here on leaves no record, rather than a wrong one
        record(target, "file", digest)
        shutil.rmtree(_staging(folder), ignore_errors=True)
    return target


def _staging(folder: Path) -> Path:
    """Where a download lies until it is whole."""
    return folder.with_name(folder.name + ".partial")


@contextmanager
def _hold_lock(folder: Path, slug: str) -> Iterator[None]:
    """Waits while another process fetches the same archive."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder.parent / ".download.lock", "a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"{slug} is being fetched by another process: waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _fetch(slug: str, staging: Path) -> Path:
    """The archive in `staging`, which outlives an interruption: the client goes on there."""
    from requests import RequestException
    from requests.exceptions import HTTPError

    archive = staging / f"{slug}.zip"
    with connect(slug) as api, stop_where_disk_is_full():
        _check_space(staging.parent, _count_bytes(api, slug), held=archive.stat().st_size if archive.exists() else 0)
        before = _state(archive)
        try:
            retry(api.competition_download_files, slug, path=str(staging), quiet=False)
        except (HTTPError, ValueError) as error:
            if _state(archive) != before:  # an error page may stand in the file, and the client would go on after it
                shutil.rmtree(staging)
            if isinstance(error, RequestException):
                raise
            raise KaggleError(f"the download of {slug} broke", received=error, do="repeat it") from None
    if not archive.exists():
        kept = ", ".join(file.name for file in staging.glob("*"))
        shutil.rmtree(staging, ignore_errors=True)
        raise DataError(f"Kaggle sent no {archive.name}", received=kept or "nothing")
    return archive


def _state(path: Path) -> tuple[int, int] | None:
    stat = path.stat() if path.exists() else None
    return (stat.st_size, stat.st_mtime_ns) if stat else None


def _count_bytes(api: Any, slug: str) -> int:
    """Bytes of all files as Kaggle lists them."""
    total, token = 0, ""
    while True:
        page = retry(api.competition_list_files, slug, page_token=token, page_size=200)
        total += sum(file.total_bytes for file in page.files)
        token = page.next_page_token
        if not token:
            return total


def _check_space(folder: Path, size: int, held: int = 0) -> None:
    """`held`: bytes of it that are on the disk already."""
    free, needed = shutil.disk_usage(folder).free, SPACE * size - held
    if free < needed:
        raise DataError(
            f"too little space in {folder}", received=f"{free >> 20} MiB free", expected=f"{needed >> 20} MiB"
        )


def _same_as_recorded(staged: Path, archive: Path) -> str:
    digest, before = sha256(staged), read_digest(archive)
    if before not in (None, digest):
        raise DataError(
            f"Kaggle's {archive.name} is not the one that was fetched here before",
            received=f"sha256 {digest}",
            expected=before,
            do=f"remove {manifest(archive)} to accept the new one, and download again",
        )
    return digest


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
