"""The only way files that matter are written: a crash leaves the old state or the new one."""

import csv
import errno
import fcntl
import hashlib
import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from kit import temporary
from kit.errors import DataError

CHUNK = 1 << 20
MAX_SMALL = 64 << 20  # bytes of a manifest, or of another file that comes from elsewhere and is read whole
NO_LINKS = (errno.EPERM, errno.ENOSYS, errno.ENOTSUP)  # a file system without hard links, as some shares are
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # a disk, a quota, a limit of the system


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def explain_full_disk(target: Path) -> Iterator[None]:
    """Raises DataError in place of what any library raises where there is no room for `target`."""
    try:
        yield
    except Exception as error:
        number = _find_errno(error)
        if number not in FULL:
            raise
        left = shutil.disk_usage(target.parent).free / 1e6
        raise DataError(
            f"no room to write {target}",
            received=f"{os.strerror(number)}, {left:.1f} MB free",
            do="make room, then repeat the command, or go on with --resume: what was there is as it was",
        ) from None


def _find_errno(error: BaseException | None) -> int | None:
    """Of an error or its cause, also where h5py or SQLite tell it in words."""
    if error is None or isinstance(error, OSError):
        return getattr(error, "errno", None)
    if said := re.search(r"errno = (\d+)", str(error)):
        return int(said[1])
    return errno.ENOSPC if "database or disk is full" in str(error) else _find_errno(error.__cause__)


def check_room(target: Path, size: int) -> None:
    """Raises DataError unless `size` bytes more can be written beside `target` now. For HDF5, which may crash the process where
    it finds the disk full.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with explain_full_disk(target), tempfile.TemporaryFile(dir=target.parent) as probe:
        try:
            os.posix_fallocate(probe.fileno(), 0, size)
        except OSError as error:
            if error.errno in FULL:
                raise  # else it is a file system that cannot say


@contextmanager
def replace_file(target: Path, ending: str = "") -> Iterator[Path]:
    """A temporary path beside `target` that takes its place when the block ends well, and vanishes otherwise.

    For libraries that insist on opening a file by name. The temporary name keeps the target's suffixes,
    since some of them (Keras) choose the format by the suffix. ending: after them, so that a search by suffix does not find it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary.sweep(target.parent)
    made = temporary.name_beside(target, ending=ending)
    try:
        with explain_full_disk(target):
            yield made
            with open(made, "rb") as handle:
                os.fsync(handle.fileno())
        os.replace(made, target)
        _sync_folder(target.parent)
    finally:
        made.unlink(missing_ok=True)


@contextmanager
def open_atomic(target: Path) -> Iterator[BinaryIO]:
    """An open binary file that becomes `target` when the block ends well."""
    with replace_file(target, ".part") as made, open(made, "wb") as handle:
        yield handle
        handle.flush()


@contextmanager
def replace_folder(target: Path) -> Iterator[Path]:
    """A temporary folder beside `target` that takes its place when the block ends well, and vanishes otherwise."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary.sweep(target.parent)
    made = temporary.name_beside(target)
    made.mkdir()
    try:
        yield made
        if target.exists():
            old = temporary.name_beside(target, "old")
            os.rename(target, old)
            os.rename(made, target)
            shutil.rmtree(old)
        else:
            os.rename(made, target)
        _sync_folder(target.parent)
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """An empty folder in `parent`, which vanishes when the block ends, or after a kill with the next write there."""
    parent.mkdir(parents=True, exist_ok=True)
    temporary.sweep(parent)
    made = temporary.name_within(parent)
    made.mkdir()
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def create_file(target: Path, data: bytes) -> bool:
    """Writes a small file if there is none, whole or not at all; whether it did. Of several processes one does, on any machine
    that sees the folder.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary.sweep(target.parent)
    made = temporary.name_beside(target)
    try:
        with explain_full_disk(target):
            _write_new(made, data)
            try:
                os.link(made, target)
            except OSError as error:
                if error.errno not in NO_LINKS:
                    raise
                _write_new(target, data)  # exclusive as well, though a kill may leave it empty
        _sync_folder(target.parent)
    except FileExistsError:
        return False
    finally:
        made.unlink(missing_ok=True)
    return True


def _write_new(path: Path, data: bytes) -> None:
    with open(path, "xb") as handle:
        try:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        except OSError:
            path.unlink()
            raise


def write_text(target: Path, text: str) -> None:
    with open_atomic(target) as handle:
        handle.write(text.encode())


def write_csv(target: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    write_text(target, text.getvalue())


def read_small(path: Path) -> bytes:
    """All of a small file; of one that is larger, its beginning."""
    with open(path, "rb") as handle:
        return handle.read(MAX_SMALL)


def sha256(path: Path) -> str:
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@contextmanager
def hold_lock(path: Path, busy: str) -> Iterator[None]:
    """Holds `path` as a lock file; `flock` frees itself when its holder dies. Raises DataError(busy) if another holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.seek(0)
            raise DataError(busy, received=f"in use by pid {handle.read().strip() or '?'}") from None
        with explain_full_disk(path):
            handle.truncate(0)
            os.write(
                handle.fileno(), str(os.getpid()).encode()
            )  # unbuffered: nothing is left to write when it is closed
        yield
