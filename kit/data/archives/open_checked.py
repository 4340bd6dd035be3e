"""An archive as the kit opens any: its listing checked before a member is copied, and whatever goes wrong told in one line."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kit.data.archives.budget import Budget, CountedFile, refusal
from kit.data.archives.formats import OPENERS
from kit.data.archives.limits import Opened, check
from kit.errors import DataError, KitError


@contextmanager
def open_checked(archive: Path, budget: Budget, depth: int, kind: str | None = None) -> Iterator[Opened]:
    """The checked listing of an archive, and what copies its files. Whatever goes wrong within the block is a DataError."""
    with _list(archive, budget, kind) as (members, copy_all):
        check(archive, members, budget, depth)
        yield members, copy_all


@contextmanager
def _list(archive: Path, budget: Budget, kind: str | None = None) -> Iterator[Opened]:
    try:
        with OPENERS[kind or archive.suffix.lower()](archive, budget) as opened:
            yield opened
    except KitError:
        raise
    except OSError as error:  # no space, no permission
        raise DataError(f"cannot extract {archive.name}", received=error) from error
    except ImportError as error:
        raise DataError(f"cannot open {archive.name}", received=error, do="install what it names") from error
    except Exception as error:  # a damaged listing can raise anything inside zipfile and py7zr
        raise refusal(archive, "it is damaged or not an archive", received=_explain(archive, error)) from error


def count_listed(archive: Path, budget: Budget) -> int:
    """The bytes that its listing declares."""
    with _list(archive, budget) as (members, _):
        return sum(member.size for member in members)


def _explain(archive: Path, error: Exception) -> str:
    with open(archive, "rb") as handle:
        start = handle.read(1)
    return "an empty file" if not start else "a web page" if start == b"<" else str(error) or type(error).__name__


def check_listing(archive: Path) -> None:
    """Raises DataError, before anything is inflated, for a .zip, whatever it is called, that must not be."""
    budget = Budget(archive)
    with open_checked(archive, budget, budget.limits.depth, ".zip"):
        pass


def read_through(archive: Path) -> int:
    """Reads every member of a .zip, whatever it is called, to its end, and keeps nothing. Returns how many there are. Raises
    DataError as `extract` does, but for what lies in archives inside.
    """
    budget = Budget(archive)
    with open_checked(archive, budget, budget.limits.depth, ".zip") as (members, copy_all):
        copy_all(lambda _: discard(budget))
    return len(members)


def discard(budget: Budget) -> CountedFile:
    """What receives the bytes of a member that is not kept."""
    return CountedFile(_Nowhere(), budget)


class _Nowhere(io.BytesIO):
    """Takes bytes and keeps none."""

    def write(self, data: Any, /) -> int:
        return len(data)
