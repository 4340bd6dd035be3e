"""What .zip and .7z files list, and how their members are copied: a chunk at a time, never more than the listing declares."""

import copy
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import py7zr
from py7zr.io import Py7zIO, WriterFactory

from kit.data.members import Member, refusal
from kit.errors import KitError
from kit.files import CHUNK
from kit.progress import bar

Create = Callable[[str], BinaryIO]  # name of a member -> the open file that receives it
Opened = tuple[list[Member], Callable[[Create], None]]  # the listing, and what copies all files of it

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # zipfile bounds the memory of no other


@contextmanager
def _open_zip(archive: Path) -> Iterator[Opened]:
    with zipfile.ZipFile(archive) as source:
        infos = source.infolist()

        def copy_all(create: Create) -> None:
            for info in bar(infos, label=f"extract {archive.name}", unit="file"):
                if not info.is_dir():
                    _copy_zipped(archive, source, info, create)

        yield [_zip_member(info) for info in infos], copy_all


def _zip_member(info: zipfile.ZipInfo) -> Member:
    kind = stat.S_IFMT(info.external_attr >> 16)
    plain = kind in (0, stat.S_IFDIR if info.is_dir() else stat.S_IFREG)
    return Member(
        # zipfile cuts a name at NUL: what was cut is in orig_filename alone
        info.orig_filename if "\0" in info.orig_filename else info.filename,
        info.file_size,
        info.compress_size,
        "special" if not plain else "folder" if info.is_dir() else "file",
        encrypted=bool(info.flag_bits & 0x1),
    )


def _copy_zipped(archive: Path, source: zipfile.ZipFile, info: zipfile.ZipInfo, create: Create) -> None:
    if info.compress_type not in _METHODS:
        raise refusal(
            archive, f"member {info.filename!r} is compressed in an unusual way", expected="stored or deflated"
        )
    # zipfile stops in silence at the declared size; asked for one byte more, it finds a longer member out.
    longer = copy.copy(info)
    longer.file_size += 1
    size = 0
    try:
        with source.open(longer) as packed, create(info.filename) as out:
            while chunk := packed.read(CHUNK):
                size += out.write(chunk)
    except (KitError, OSError):
        raise
    except Exception as error:
        raise refusal(
            archive, f"member {info.filename!r} is damaged", received=error or type(error).__name__
        ) from error
    if size != info.file_size:
        raise refusal(
            archive, f"member {info.filename!r} is not as large as declared", expected=f"{info.file_size} bytes"
        )


@contextmanager
def _open_7z(archive: Path) -> Iterator[Opened]:
    # An open file rather than its name: py7zr would decompress its blocks in parallel, each with its own dictionary.
    with open(archive, "rb") as handle, _sevenzip(archive, handle) as source:
        listing = [_7z_member(entry, source.needs_password()) for entry in source.files]
        source.max_extract_size = sum(member.size for member in listing)

        def copy_all(create: Create) -> None:
            total = sum(member.kind == "file" for member in listing)
            with bar(total=total, label=f"extract {archive.name}", unit="file") as progress:
                files = _Files(create, progress)
                try:
                    source.extractall(factory=files)
                except (KitError, OSError):
                    raise
                except Exception as error:
                    raise refusal(archive, f"member {files.current!r} is damaged", received=repr(error)) from error
                finally:
                    files.close()

        yield listing, copy_all


def _sevenzip(archive: Path, handle: BinaryIO) -> py7zr.SevenZipFile:
    try:
        return py7zr.SevenZipFile(handle)
    except py7zr.PasswordRequired:
        raise refusal(archive, "it is protected by a password") from None


def _7z_member(entry: "py7zr.py7zr.ArchiveFile", encrypted: bool) -> Member:
    special = entry.is_symlink or entry.is_junction or entry.is_socket or not (entry.is_file or entry.is_directory)
    return Member(
        entry.filename,
        0 if entry.emptystream else entry.uncompressed,
        kind="special" if special else "folder" if entry.is_directory else "file",
        encrypted=encrypted,
    )


class _Files(WriterFactory):
    """Opens the file of each member when py7zr reaches it, and knows which one that is."""

    def __init__(self, create: Create, progress: Any) -> None:
        self._create, self._progress = create, progress
        self._sink: _Sink | None = None
        self.current = ""

    def create(self, filename: str) -> Py7zIO:
        self.close()
        self.current = filename
        self._progress.update(1)
        self._sink = _Sink(self._create(filename))
        return self._sink

    def close(self) -> None:
        if self._sink is not None:
            self._sink.close()


class _Sink(Py7zIO):
    """A file as py7zr wants it: written once from its beginning to its end."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def write(self, s: bytes | bytearray) -> int:
        return self._out.write(s)

    def read(self, size: int | None = None) -> bytes:
        return b""

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def flush(self) -> None:
        self._out.flush()

    def size(self) -> int:
        return self._out.tell()

    def close(self) -> None:
        self._out.close()


OPENERS: dict[str, Callable[[Path], AbstractContextManager[Opened]]] = {".zip": _open_zip, ".7z": _open_7z}
