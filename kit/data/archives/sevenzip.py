"""What a .7z file lists, and how its members are copied. Alone here, since Kaggle's own image lacks py7zr."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO

import py7zr
from py7zr.io import Py7zIO, WriterFactory

from kit.data.archives.budget import Budget, CountedFile, refusal
from kit.data.archives.limits import Create, Member, Opened
from kit.errors import KitError
from kit.progress import bar


@contextmanager
def open_7z(archive: Path) -> Iterator[Opened]:
    # An open file rather than its name: py7zr would decompress its blocks in parallel, each with its own dictionary.
    with open(archive, "rb") as handle, open_listed(archive, handle) as source:
        listing = list_members(source)

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


def read_member(source: py7zr.SevenZipFile, name: str, budget: Budget) -> BinaryIO:
    """One member of an open archive, as a temporary file. Unpacks all that was packed before it."""
    out = TemporaryFile()  # noqa: SIM115 - for whoever asks to close
    source.reset()
    with bar(total=1, label=f"extract {name}", unit="file") as progress:
        files = _Files(lambda _: CountedFile(open(os.dup(out.fileno()), "wb"), budget), progress)  # noqa: SIM115 - py7zr closes it
        source.extract(targets=[name], factory=files)
        files.close()
    out.seek(0)
    return out


def open_listed(archive: PurePath, handle: IO[bytes]) -> py7zr.SevenZipFile:
    """An open archive that unpacks to no more than it lists. Raises DataError for one with a password."""
    try:
        source = py7zr.SevenZipFile(handle)
    except py7zr.PasswordRequired:
        raise refusal(archive, "it is protected by a password") from None
    source.max_extract_size = sum(member.size for member in list_members(source))
    return source


def list_members(source: py7zr.SevenZipFile) -> list[Member]:
    return [_7z_member(entry, source.needs_password()) for entry in source.files]


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

    def __init__(self, out: CountedFile) -> None:
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
