"""What .zip, .7z, .tar and .gz files list, and how members are copied: a chunk at a time, never more than the listing declares
(a .gz declares nothing: what its budget leaves).
"""

import gzip
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path, PurePath
from typing import IO

from kit.data.archives.budget import Budget, refusal
from kit.data.archives.limits import Create, Member, Opened
from kit.data.archives.zip_layout import check_layout, find_data, list_entries
from kit.errors import KitError
from kit.files import CHUNK
from kit.progress import bar

MAX_HEADER = 1 << 20  # bytes of a name or of what else a tar says of one member
_DESCRIBING = (b"L", b"K", b"x", b"g", b"X")  # types of headers that say it
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # zipfile bounds the memory of no other


@contextmanager
def _open_zip(archive: Path, budget: Budget) -> Iterator[Opened]:
    with open(archive, "rb") as handle:
        entries = list_entries(archive, handle, budget)
        check_layout(archive, entries)

        def copy_all(create: Create) -> None:
            for info in bar(entries, label=f"extract {archive.name}", unit="file"):
                if not info.is_dir():
                    _copy_zipped(archive, handle, info, create)

        yield [zip_member(info) for info in entries], copy_all


def open_zip(archive: PurePath, handle: IO[bytes], budget: Budget) -> zipfile.ZipFile:
    """Raises DataError for entries that are too many, overlap, or are hidden from the list of members."""
    check_layout(archive, list_entries(archive, handle, budget))
    return zipfile.ZipFile(handle)


def zip_member(info: zipfile.ZipInfo) -> Member:
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


def _copy_zipped(archive: Path, handle: IO[bytes], info: zipfile.ZipInfo, create: Create) -> None:
    if info.compress_type not in _METHODS:
        raise refusal(
            archive, f"member {info.filename!r} is compressed in an unusual way", expected="stored or deflated"
        )
    # zipfile stops in silence at the declared size; asked for one byte more, it finds a longer member out.
    declared, size = info.file_size, 0
    info.file_size += 1
    try:
        handle.seek(find_data(archive, handle, info))
        with zipfile.ZipExtFile(handle, "r", info) as packed, create(info.filename) as out:
            while chunk := packed.read(CHUNK):
                size += out.write(chunk)
    except (KitError, OSError):
        raise
    except Exception as error:
        raise refusal(
            archive, f"member {info.filename!r} is damaged", received=error or type(error).__name__
        ) from error
    if size != declared:
        raise refusal(archive, f"member {info.filename!r} is not as large as declared", expected=f"{declared} bytes")


def _open_7z(archive: Path, budget: Budget) -> AbstractContextManager[Opened]:
    from kit.data.archives.sevenzip import open_7z  # only here: few competitions need it

    return open_7z(archive)


@contextmanager
def _open_tar(archive: Path, budget: Budget) -> Iterator[Opened]:
    with open(archive, "rb") as handle, open_tar(archive, handle, budget) as source:
        infos = [info for info in source.getmembers() if info.name != "."]

        def copy_all(create: Create) -> None:
            for info in bar(infos, label=f"extract {archive.name}", unit="file"):
                if packed := source.extractfile(info):  # None for a folder
                    with packed, create(tar_member(info).name) as out:
                        shutil.copyfileobj(packed, out, CHUNK)

        yield [tar_member(info) for info in infos], copy_all


def open_tar(archive: PurePath, handle: IO[bytes], budget: Budget) -> tarfile.TarFile:
    """A tar that is not compressed, listed to its end. Raises DataError for entries that are too many or overlap, and for one
    that is cut off.
    """
    source = tarfile.open(fileobj=handle, mode="r:", tarinfo=_Header)  # noqa: SIM115 - for whoever asks to close
    end = 0
    for count, _ in enumerate(source, 1):
        if count > budget.files_left:
            budget.list_files(count)
        if source.offset <= end:  # after a size below 0, which older tarfiles follow for ever (CVE-2025-8194)
            raise refusal(archive, "two of its members overlap")
        end = source.offset
    handle.seek(source.offset)
    if handle.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):  # tarfile takes any bad header for the end
        raise refusal(
            archive, "it is damaged or cut off", received=f"{len(source.getmembers())} members without an end"
        )
    return source


class _Header(tarfile.TarInfo):
    """A header; one that describes the next one, which tarfile reads at once, is of bounded size."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_Header":
        header = super().frombuf(buf, encoding, errors)
        if header.type in _DESCRIBING and header.size > MAX_HEADER:
            raise tarfile.ReadError(f"a header of {header.size} bytes")
        return header


def tar_member(info: tarfile.TarInfo) -> Member:
    """Named without the ./ that `tar -c .` begins names with."""
    file = info.isreg() and not info.issparse()
    return Member(
        info.name.removeprefix("./"), info.size, kind="file" if file else "folder" if info.isdir() else "special"
    )


@contextmanager
def _open_gz(archive: Path, budget: Budget) -> Iterator[Opened]:
    """A single file: train.tar of train.tar.gz."""
    name, packed = archive.with_suffix("").name, archive.stat().st_size
    if not packed:  # which gzip takes for a file of nothing
        raise refusal(archive, "it is damaged or cut off", received="no bytes")

    def copy_all(create: Create) -> None:
        label = f"extract {archive.name}"
        with gzip.open(archive) as source, create(name) as out, bar(label=label, unit="byte") as progress:
            try:
                while chunk := source.read(CHUNK):
                    progress.update(out.write(chunk))
            except gzip.BadGzipFile as error:
                raise refusal(archive, "it is damaged or not an archive", received=error) from error

    yield [Member(name, packed)], copy_all


OPENERS: dict[str, Callable[[Path, Budget], AbstractContextManager[Opened]]] = {
    ".zip": _open_zip,
    ".7z": _open_7z,
    ".tar": _open_tar,
    ".gz": _open_gz,
}
