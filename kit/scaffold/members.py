"""What a competition's archive holds, and what its archives inside hold, without unpacking it."""

import csv
import gzip
import io
import os
import re
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
from kit.data.archives.budget import Budget
from kit.data.archives.formats import open_tar, open_zip, tar_member, zip_member
from kit.data.archives.limits import ARCHIVES, check, is_hidden
from kit.data.tables import not_utf8, wrong_separator
from kit.errors import DataError
from kit.files import CHUNK

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
    part that is read proves damaged, or that kit.data.archives refuses.
    """
    try:
        with ExitStack() as stack:
            size = sum(path.stat().st_size for path in _list_files(archive)) if archive.is_dir() else None
            budget = Budget(archive, size)
            yield _list_members(stack, _list_outermost(stack, archive, budget), budget)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError, csv.Error) as error:
        # RuntimeError: a password or an unknown compression
        raise DataError(
            f"cannot read {archive}", received=error, expected='the .zip that Kaggle\'s "download all" gives'
        ) from None


def _list_members(stack: ExitStack, source: Mapping[str, Open], budget: Budget) -> Members:
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
                inside = _look_inside(stack, path, source[name](), budget, budget.limits.depth - 1)
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


def _look_inside(stack: ExitStack, path: str, packed: IO[bytes], budget: Budget, depth: int) -> dict[str, Open]:
    """The files of an archive inside, by the path that kit.data.archives.unpack gives them. Raises what its reader raises, and
    DataError for one whose listing is refused. depth: how many archives may lie in each other, this one included.
    """
    stack.enter_context(packed)
    archive, own, ending = PurePosixPath(path), PurePosixPath(path).with_suffix(""), PurePosixPath(path).suffix.lower()
    if ending == ".gz":
        listed = {own.name: cast(Open, partial(_Gzip, packed, budget))}
    else:
        listed = LISTERS[ending](stack, archive, packed, budget, depth)
    names = [name for name in listed if not (name.endswith("/") or is_hidden(name))]
    folder = own.parent if {name.partition("/")[0] for name in names} == {own.name} else own
    files: dict[str, Open] = {}
    for name in names:
        inner = (folder / name).as_posix()
        deeper = inner.lower().endswith(ARCHIVES)
        files |= _look_inside(stack, inner, listed[name](), budget, depth - 1) if deeper else {inner: listed[name]}
    return files


def _list_outermost(stack: ExitStack, archive: Path, budget: Budget) -> dict[str, Open]:
    if archive.is_dir():
        return {path.relative_to(archive).as_posix(): partial(_open, path) for path in _list_files(archive)}
    source = stack.enter_context(open_zip(archive, stack.enter_context(_open(archive)), budget))
    check(archive, [zip_member(info) for info in source.infolist()], budget, budget.limits.depth)
    return {name: partial(source.open, name) for name in source.namelist()}


def _list_files(folder: Path) -> list[Path]:
    return [Path(root) / name for root, _, names in os.walk(folder) for name in sorted(names)]


def _open(path: Path) -> IO[bytes]:
    return open(path, "rb")


def _list_zip(
    stack: ExitStack, archive: PurePosixPath, packed: IO[bytes], budget: Budget, depth: int
) -> dict[str, Open]:
    source = stack.enter_context(zipfile.ZipFile(packed))
    check(archive, [zip_member(info) for info in source.infolist()], budget, depth)
    return {name: partial(source.open, name) for name in source.namelist()}


def _list_tar(
    stack: ExitStack, archive: PurePosixPath, packed: IO[bytes], budget: Budget, depth: int
) -> dict[str, Open]:
    source = stack.enter_context(open_tar(archive, packed, budget))
    infos = [info for info in source if info.name != "."]
    check(archive, [tar_member(info) for info in infos], budget, depth)
    return {
        tar_member(info).name: partial(source.extractfile, info)  # type: ignore[misc]
        for info in infos
        if info.isreg()
    }


def _list_7z(
    stack: ExitStack, archive: PurePosixPath, packed: IO[bytes], budget: Budget, depth: int
) -> dict[str, Open]:
    from kit.data.archives.sevenzip import list_members, open_listed, read_member  # only here: few need py7zr

    source = stack.enter_context(open_listed(archive, packed))
    members = list_members(source)
    check(archive, members, budget, depth)
    return {
        member.name: partial(read_member, source, member.name, budget) for member in members if member.kind == "file"
    }


class _Gzip(gzip.GzipFile):
    """A file in a .gz, which says nowhere how large it is: read as far as the budget goes."""

    def __init__(self, packed: IO[bytes], budget: Budget) -> None:
        packed.seek(0)
        super().__init__(fileobj=packed)
        self._budget = budget

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0:
            return b"".join(iter(partial(self.read, CHUNK), b""))
        return self._count(super().read(size))

    def read1(self, size: int = -1) -> bytes:
        return self._count(super().read1(size))

    def seek(self, offset: int, whence: int = 0) -> int:
        self._budget.announce(offset)
        return super().seek(offset, whence)

    def _count(self, data: bytes) -> bytes:
        self._budget.announce(self.tell())
        return data


LISTERS: Mapping[str, Callable[[ExitStack, PurePosixPath, IO[bytes], Budget, int], dict[str, Open]]] = {
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
