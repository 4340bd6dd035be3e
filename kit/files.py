"""The only way files that matter are written: a crash leaves the old state or the new one."""

import csv
import errno
import fcntl
import hashlib
import io
import json
import math
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from kit import temporary
from kit.errors import DataError, NewerVersionError

CHUNK = 1 << 20
MAX_DEPTH = 50  # of lists and objects in each other, in JSON
MAX_SMALL = 64 << 20  # bytes of a manifest, or of another file that comes from elsewhere and is read whole
MAX_DIGITS = 20  # of a whole number in JSON
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
    except (OSError, RuntimeError) as error:
        said = re.search(r"errno = (\d+)", str(error))  # h5py tells it in words
        number = int(said[1]) if said else getattr(error, "errno", None)
        if number not in FULL:
            raise
        left = shutil.disk_usage(target.parent).free / 1e6
        raise DataError(
            f"no room to write {target}",
            received=f"{os.strerror(number)}, {left:.1f} MB free",
            do="make room, then repeat the command, or go on with --resume: what was there is as it was",
        ) from None


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


def write_text(target: Path, text: str) -> None:
    with open_atomic(target) as handle:
        handle.write(text.encode())


def write_csv(target: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    write_text(target, text.getvalue())


def write_json(target: Path, value: Any) -> None:
    write_text(target, to_json(value) + "\n")


def to_json(value: Any) -> str:
    """Indented; nan and infinity, which JSON has not, become null."""
    return json.dumps(_null_unless_finite(value), indent=2, ensure_ascii=False, allow_nan=False)


def _null_unless_finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _null_unless_finite(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_null_unless_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def read_json(path: Path, version: int = 1) -> Any:
    """Raises DataError for a missing or damaged file, and for one of a newer form than `version`: its field "format" says so;
    without that field it is of version 1.
    """
    try:
        return check_version(parse_json(path.read_bytes()), path, version)
    except FileNotFoundError:
        raise DataError(f"no file {path}") from None
    except (ValueError, OSError) as error:
        raise DataError(
            f"{path} is damaged", received=error, expected="JSON", do="remove it and repeat the step that wrote it"
        ) from None


def check_version(value: Any, what: object, version: int) -> Any:
    """The value itself. Raises DataError if it says to be of a newer form than `version`."""
    written = value.get("format", 1) if isinstance(value, dict) else 1
    if type(written) is not int or written > version:
        raise NewerVersionError(
            f"{what} was written by a newer version of the kit",
            received=f"format {ascii(written)[:20]}",
            expected=f"at most {version}",
            do="update the kit here",
        )
    return value


def parse_json(text: bytes) -> Any:
    """Raises ValueError for what is no JSON in UTF-8, and for what could not be worked with: a number that is infinite or has
    very many digits, a key that comes twice, and nesting that is deeper than MAX_DEPTH.
    """
    try:
        value = json.loads(
            text.decode(), parse_int=_whole, parse_float=_finite, parse_constant=_finite, object_pairs_hook=_unique
        )
    except RecursionError:
        raise ValueError("too deeply nested") from None
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for one in level if isinstance(one, (dict, list)) for child in _children(one)]
        if not level:
            return value
    raise ValueError("too deeply nested")


def _children(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"a number of {len(text)} digits")
    return int(text)


def _finite(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise ValueError(f"the number {text[:20]}")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key that comes twice")
    return made


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
