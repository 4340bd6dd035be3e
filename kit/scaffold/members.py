"""What a competition's archive holds, and what its archives inside hold, without unpacking it."""

import csv
import gzip
import io
import os
import re
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import IO, cast

from kit.data import json_tables
from kit.data.archives.limits import ARCHIVES, DEFAULT_LIMITS, is_hidden
from kit.data.tables import not_utf8, wrong_separator
from kit.errors import DataError

Open = Callable[[], IO[bytes]]
FOREIGN = re.compile(
    r"\.(\d{3}|z\d\d|tgz|bz2|xz|rar)$", re.IGNORECASE
)  # archives, or parts of one, that the kit opens not


@dataclass(frozen=True)
class Members:
    """files: what opens each file, by the path below raw/ where `kit prepare` lays it. sources: by path, the member of the
    archive itself that it comes from: the file, or the archive that it lies in. closed: archives inside that were not looked
    into, and why. hidden: how many files of the desktop's were passed over.
    """

    files: Mapping[str, Open]
    sources: Mapping[str, str]
    closed: Mapping[str, str]
    hidden: int


@contextmanager
def open_members(archive: Path) -> Iterator[Members]:
    """archive: or a folder that it was unpacked to. Raises DataError for a file that is no sound zip archive, or as soon as a
    part that is read proves damaged.
    """
    try:
        with ExitStack() as stack:
            yield _list_members(stack, _list_folder(archive) if archive.is_dir() else _list_zip(stack, archive))
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError, csv.Error) as error:
        # RuntimeError: a password or an unknown compression
        raise DataError(
            f"cannot read {archive}", received=error, expected='the .zip that Kaggle\'s "download all" gives'
        ) from None


def _list_members(stack: ExitStack, source: Mapping[str, Open]) -> Members:
    listed = [name for name in source if not name.endswith("/")]
    names = [name for name in listed if not is_hidden(name)]
    around = _wrapping_folder(names)
    files: dict[str, Open] = {}
    sources: dict[str, str] = {}
    closed: dict[str, str] = {}
    for name in names:
        path = name.removeprefix(around)
        if FOREIGN.search(path):
            closed[path] = "the kit does not open such archives"
            continue
        inside: dict[str, Open] = {path: source[name]}
        if path.lower().endswith(ARCHIVES):
            try:
                inside = _look_inside(stack, path, source[name]())
            except Exception as error:  # of whatever kind a damaged archive raises in its reader
                closed[path] = str(error) or type(error).__name__
                continue
        files |= inside
        sources |= dict.fromkeys(inside, path)
    return Members(files, sources, closed, len(listed) - len(names))


def _wrapping_folder(names: list[str]) -> str:
    """The folder, with its slash, around all there is, which `kit prepare` leaves out."""
    tops = {name.partition("/")[0] for name in names}
    return f"{tops.pop()}/" if len(tops) == 1 and all("/" in name for name in names) else ""


def _look_inside(
    stack: ExitStack, path: str, packed: IO[bytes], depth: int = DEFAULT_LIMITS.depth - 1
) -> dict[str, Open]:
    """The files of an archive inside, by the path that kit.data.archives.unpack gives them. Raises what its reader raises, and
    ValueError for archives in it that are nested deeper than `depth`.
    """
    if depth == 0:
        raise ValueError(f"{path} is nested too deep")
    stack.enter_context(packed)
    own, ending = PurePosixPath(path).with_suffix(""), PurePosixPath(path).suffix.lower()
    listed = {own.name: partial(_open_gz, packed)} if ending == ".gz" else LISTERS[ending](stack, packed)
    names = [name for name in listed if not (name.endswith("/") or is_hidden(name))]
    folder = own.parent if {name.partition("/")[0] for name in names} == {own.name} else own
    files: dict[str, Open] = {}
    for name in names:
        inner = (folder / name).as_posix()
        deeper = inner.lower().endswith(ARCHIVES)
        files |= _look_inside(stack, inner, listed[name](), depth - 1) if deeper else {inner: listed[name]}
    return files


def _list_folder(folder: Path) -> dict[str, Open]:
    files = (Path(root) / name for root, _, names in os.walk(folder) for name in sorted(names))
    return {path.relative_to(folder).as_posix(): partial(_open, path) for path in files}


def _open(path: Path) -> IO[bytes]:
    return open(path, "rb")


def _list_zip(stack: ExitStack, packed: IO[bytes] | Path) -> dict[str, Open]:
    source = stack.enter_context(zipfile.ZipFile(packed))
    return {name: partial(source.open, name) for name in source.namelist()}


def _list_tar(stack: ExitStack, packed: IO[bytes]) -> dict[str, Open]:
    source = stack.enter_context(tarfile.open(fileobj=packed))  # noqa: SIM115
    return {
        info.name.removeprefix("./"): partial(source.extractfile, info)  # type: ignore[misc]
        for info in source
        if info.isreg()
    }


def _list_7z(stack: ExitStack, packed: IO[bytes]) -> dict[str, Open]:
    import py7zr  # only here: few competitions need it

    from kit.data.archives.sevenzip import read_member

    source = stack.enter_context(py7zr.SevenZipFile(packed))

    return {entry.filename: partial(read_member, source, entry.filename) for entry in source.files if entry.is_file}


def _open_gz(packed: IO[bytes]) -> IO[bytes]:
    packed.seek(0)
    return cast(IO[bytes], gzip.GzipFile(fileobj=packed))


LISTERS: Mapping[str, Callable[[ExitStack, IO[bytes]], dict[str, Open]]] = {
    ".zip": _list_zip,
    ".7z": _list_7z,
    ".tar": _list_tar,
}


def count_endings(paths: Iterable[str], most: int | None = None) -> str:
    """How many files have which ending, the most frequent first, at most so many endings."""
    kinds = Counter(os.path.splitext(path)[1].lower() or "no ending" for path in paths)
    return ", ".join(f"{count} of {ending}" for ending, count in kinds.most_common(most))


def is_table(path: str) -> bool:
    return path.lower().endswith((".csv", ".json"))


def read_rows(members: Members, path: str) -> Iterator[list[str]]:
    """The rows of a table, its header first, as a stream, since it may be large; blank lines are passed over. A JSON file
    that is no table has an empty header.

    Raises DataError for one that is not UTF-8 or not separated by commas.
    """
    if path.lower().endswith(".json"):
        yield from _read_json_rows(members, path)
        return
    with members.files[path]() as raw:
        try:
            rows = csv.reader(io.TextIOWrapper(raw, encoding="utf-8-sig", newline=""))
            header = next(rows, [])
            if mark := wrong_separator(header):
                raise DataError(
                    f"{path}: fields separated by {mark!r}", received=header[0][:200], expected="commas"
                ) from None
            yield header
            yield from (row for row in rows if row)
        except UnicodeDecodeError as error:
            raise not_utf8(path, error) from None


def _read_json_rows(members: Members, path: str) -> Iterator[list[str]]:
    with members.files[path]() as raw:
        text = raw.read()
    try:
        rows = json_tables.read_rows(text.decode("utf-8-sig"))
        first = next(rows, {})
        yield list(first)
        yield from (list(row.values()) for row in chain([first] if first else [], rows))
    except (ValueError, KeyError):
        yield []
