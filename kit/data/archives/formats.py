"""What .zip, .7z, .tar and .gz files list, and how members are copied: a chunk at a time, never more than the listing declares
(of a .gz, which declares nothing, never more than the ratio to what is packed).
"""

import copy
import gzip
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO

from kit.data.archives.limits import DEFAULT_LIMITS, Create, Member, Opened, refusal
from kit.errors import KitError
from kit.files import CHUNK
from kit.progress import bar

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


def _open_7z(archive: Path) -> AbstractContextManager[Opened]:
    from kit.data.archives.sevenzip import open_7z  # only here: few competitions need it

    return open_7z(archive)


@contextmanager
def _open_tar(archive: Path) -> Iterator[Opened]:
    """A tar that is not compressed; names without the ./ that `tar -c .` begins them with."""
    with open(archive, "rb") as handle, tarfile.open(fileobj=handle, mode="r:") as source:
        infos = [(info.name.removeprefix("./"), info) for info in source if info.name != "."]
        handle.seek(source.offset)
        if handle.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):  # tarfile takes any bad header for the end
            raise refusal(archive, "it is damaged or cut off", received=f"{len(infos)} members without an end")

        def copy_all(create: Create) -> None:
            for name, info in bar(infos, label=f"extract {archive.name}", unit="file"):
                if packed := source.extractfile(info):  # None for a folder
                    with packed, create(name) as out:
                        shutil.copyfileobj(packed, out, CHUNK)

        yield [_tar_member(name, info) for name, info in infos], copy_all


def _tar_member(name: str, info: tarfile.TarInfo) -> Member:
    file = info.isreg() and not info.issparse()
    return Member(name, info.size, kind="file" if file else "folder" if info.isdir() else "special")


@contextmanager
def _open_gz(archive: Path) -> Iterator[Opened]:
    """A single file: train.tar of train.tar.gz."""
    name, packed = archive.with_suffix("").name, archive.stat().st_size
    if not packed:  # which gzip takes for a file of nothing
        raise refusal(archive, "it is damaged or cut off", received="no bytes")

    def copy_all(create: Create) -> None:
        most = max(DEFAULT_LIMITS.ratio_from, DEFAULT_LIMITS.ratio * packed)
        with gzip.open(archive) as source, create(name) as out:
            try:
                _copy_bounded(archive, source, out, most)
            except gzip.BadGzipFile as error:
                raise refusal(archive, "it is damaged or not an archive", received=error) from error

    yield [Member(name, packed)], copy_all


def _copy_bounded(archive: Path, source: gzip.GzipFile, out: BinaryIO, most: int) -> None:
    written = 0
    with bar(label=f"extract {archive.name}", unit="byte") as progress:
        while chunk := source.read(CHUNK):
            written += out.write(chunk)
            progress.update(len(chunk))
            if written > most:
                raise refusal(archive, "it looks like a decompression bomb", expected=f"at most {most} bytes")


OPENERS: dict[str, Callable[[Path], AbstractContextManager[Opened]]] = {
    ".zip": _open_zip,
    ".7z": _open_7z,
    ".tar": _open_tar,
    ".gz": _open_gz,
}
