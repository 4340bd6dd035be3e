"""Where a team keeps its runs: a shared folder, any URL that fsspec can open, or a private dataset at Kaggle.

In each, files have keys such as <run id>/fold-0/oof.npz.
"""

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from kit.errors import ConfigError, DataError, KitError
from kit.files import MAX_SMALL, create_file, read_small, replace_file
from kit.progress import bar

EXCLUSIVE = {"s3", "gs", "abfs"}  # by these protocols a file is created once; by others it is asked for, then written


class Store(Protocol):
    """ids: of runs with a manifest called `name`. read: the bytes of a small file, None if there is none. fetch: brings files,
    key -> path, into folders that exist. put: writes them in the order given, so that a manifest comes last.

    create: writes a small file if there is none; whether it did. exclusive: that of several at the same moment only one does.
    remove: a file that is there, or none.
    """

    @property
    def exclusive(self) -> bool: ...

    def ids(self, name: str) -> list[str]: ...

    def read(self, key: str) -> bytes | None: ...

    def fetch(self, files: Mapping[str, Path]) -> None: ...

    def put(self, files: Mapping[str, Path]) -> None: ...

    def create(self, key: str, data: bytes) -> bool: ...

    def remove(self, key: str) -> None: ...


def open_store(where: str, *, timeout_s: float = 3600.0, poll_s: float = 15.0) -> Store:
    """The store at `where`: a folder, URL, or kaggle:owner/name. timeout_s, poll_s: how Kaggle is waited for, in seconds.

    Raises ConfigError or DataError for what cannot be opened.
    """
    if where.startswith("kaggle:"):
        from kit.sharing.dataset import Dataset

        return Dataset(where.removeprefix("kaggle:"), timeout_s, poll_s)
    if "://" in where:
        return _url(where)
    if not Path(where).is_dir():
        raise DataError(
            f"no folder {where}",
            expected="a shared folder, a URL such as s3://bucket/team, or kaggle:owner/name",
            do="make the folder first, if nobody has yet",
        )
    return Folder(Path(where).resolve())


def redact(where: str) -> str:
    """`where` without a password or token in it."""
    return re.sub(r"\?\S*", "", re.sub(r"//[^/@\s]*@", "//", where))


@dataclass(frozen=True)
class Folder:
    root: Path
    exclusive = True

    def ids(self, name: str) -> list[str]:
        return sorted(path.parent.name for path in self.root.glob(f"*/{name}"))

    def read(self, key: str) -> bytes | None:
        path = self.root / key
        return read_small(path) if path.is_file() else None

    def fetch(self, files: Mapping[str, Path]) -> None:
        for key, path in bar(files.items(), label="pulling", unit="file"):
            if not (self.root / key).is_file():
                raise DataError(f"{self.root} lacks {key}", do="push that run again")
            shutil.copyfile(self.root / key, path)

    def put(self, files: Mapping[str, Path]) -> None:
        for key, path in bar(files.items(), label="pushing", unit="file"):
            with replace_file(self.root / key) as copy:
                shutil.copyfile(path, copy)

    def create(self, key: str, data: bytes) -> bool:
        return create_file(self.root / key, data)

    def remove(self, key: str) -> None:
        (self.root / key).unlink(missing_ok=True)


@dataclass(frozen=True)
class Url:
    """files: an fsspec file system. root: the path in it."""

    files: Any
    root: str
    where: str

    @property
    def exclusive(self) -> bool:
        protocol = self.files.protocol
        return not EXCLUSIVE.isdisjoint([protocol] if isinstance(protocol, str) else protocol)

    def ids(self, name: str) -> list[str]:
        with _explain_errors(self.where):
            return sorted(str(path).split("/")[-2] for path in self.files.glob(f"{self.root}/*/{name}"))

    def read(self, key: str) -> bytes | None:
        with _explain_errors(self.where):
            try:
                return bytes(self.files.cat_file(f"{self.root}/{key}", start=0, end=MAX_SMALL))
            except FileNotFoundError:
                return None

    def fetch(self, files: Mapping[str, Path]) -> None:
        for key, path in bar(files.items(), label="pulling", unit="file"):
            with _explain_errors(self.where):
                self.files.get_file(f"{self.root}/{key}", str(path))

    def put(self, files: Mapping[str, Path]) -> None:
        for key, path in bar(files.items(), label="pushing", unit="file"):
            with _explain_errors(self.where):
                self.files.makedirs(f"{self.root}/{key}".rpartition("/")[0], exist_ok=True)
                self.files.put_file(str(path), f"{self.root}/{key}")

    def create(self, key: str, data: bytes) -> bool:
        with _explain_errors(self.where):
            self.files.makedirs(f"{self.root}/{key}".rpartition("/")[0], exist_ok=True)
            try:
                self.files.pipe_file(f"{self.root}/{key}", data, mode="create")
            except Exception:  # of some stores a refusal is no FileExistsError
                if self.read(key) is None:
                    raise
                return False
        return self.exclusive or self.read(key) == data

    def remove(self, key: str) -> None:
        with _explain_errors(self.where), suppress(FileNotFoundError):
            self.files.rm_file(f"{self.root}/{key}")


def _url(where: str) -> Url | Folder:
    if find_spec("fsspec") is None:
        raise ConfigError(
            f"{redact(where)} needs fsspec, which is not installed", do="pip install fsspec, or name a plain folder"
        )
    from fsspec.core import url_to_fs
    from fsspec.implementations.local import LocalFileSystem

    with _explain_errors(where):
        files, root = url_to_fs(where)
    if isinstance(files, LocalFileSystem):
        return Folder(Path(root))
    return Url(files, root.rstrip("/"), where)


@contextmanager
def _explain_errors(where: str) -> Iterator[None]:
    """Each file system of fsspec has errors of its own, whatever their type: one line, without what is secret in the URL."""
    try:
        yield
    except KitError:
        raise
    except Exception as error:
        cause = redact(str(error).replace(where, redact(where)))
        raise DataError(f"cannot use {redact(where)}", received=f"{type(error).__name__}: {cause}"[:300]) from None
