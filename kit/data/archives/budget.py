"""How much may come out of an archive together with all that is nested in it: known from the listings before anything is
inflated, and counted again as bytes are written, since listings lie.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

from kit.errors import DataError


@dataclass(frozen=True)
class Limits:
    """files: entries of the listings. bytes: unpacked. ratio: unpacked to packed bytes, judged above `ratio_from` bytes.
    depth: how many archives may lie in each other. any_case: whether names may differ in letter case or Unicode form alone.
    """

    files: int = 1_000_000
    bytes: int = 1 << 40
    ratio: int = 200
    ratio_from: int = 64 << 20
    depth: int = 3
    any_case: bool = False


DEFAULT_LIMITS = Limits()
_LIMITS = ContextVar("limits", default=DEFAULT_LIMITS)


@contextmanager
def allow(limits: Limits) -> Iterator[None]:
    """Within the block all archives are opened under these limits, but for submissions, which have their own."""
    before = _LIMITS.set(limits)
    try:
        yield
    finally:
        _LIMITS.reset(before)


class Budget:
    """What an archive, or a folder of archives that belong together, has spent of its limits.

    packed: its bytes, by default those of the file. limits: by default those of `allow`, which refusals then say how to raise.
    """

    def __init__(self, archive: Path, packed: int | None = None, *, limits: Limits | None = None) -> None:
        self.limits = limits or _LIMITS.get()
        self._adjustable = limits is None
        self._archive = archive
        self._packed = archive.stat().st_size if packed is None else packed
        self._files = self._bytes = 0

    @property
    def files_left(self) -> int:
        return self.limits.files - self._files

    def list_files(self, files: int) -> None:
        """Spends so many entries of a listing. Raises DataError if they are too many."""
        self._files += files
        if self._files > self.limits.files:
            raise self._refuse(self._archive, "has too many members", "files", self._files, self.limits.files)

    def announce(self, size: int) -> None:
        """Raises DataError if `size` bytes, which a listing declares, are too many beside those already written."""
        self._check(self._bytes + size)

    def write(self, size: int) -> None:
        """Spends so many bytes. Raises DataError if they are too many."""
        self._bytes += size
        self._check(self._bytes)

    def _check(self, size: int) -> None:
        if size > self.limits.bytes:
            raise self._refuse(self._archive, "is too large unpacked", "bytes", size, f"{self.limits.bytes} bytes")
        self.check_ratio(self._archive, "the whole archive", size, self._packed)

    def check_ratio(self, archive: PurePath, what: str, size: int, packed: int) -> None:
        """Raises DataError if `what` of an archive, of so many bytes packed, unpacks to far more."""
        if size > self.limits.ratio_from and size > self.limits.ratio * packed:
            expected = f"{self.limits.ratio}:1 above {self.limits.ratio_from} bytes"
            received, needed = f"{packed} bytes that unpack to {size}", -(-size // max(packed, 1))
            raise self._refuse(archive, f"{what} looks like a decompression bomb", "ratio", needed, expected, received)

    def check_alike(self, archive: PurePath, name: str, other: str) -> None:
        """Raises DataError for two names that are one on other systems, unless they are allowed."""
        if not self.limits.any_case:
            do = "nothing was extracted; if both are meant, give --any-case" if self._adjustable else None
            raise refusal(archive, f"holds {name!r} and {other!r}, which on other systems are one name", do=do)

    def _refuse(
        self, archive: PurePath, what: str, limit: str, needed: int, most: object, received: object = None
    ) -> DataError:
        do = f"nothing was extracted; if you trust it, give --max-{limit} {needed}" if self._adjustable else None
        return refusal(archive, what, received=received or needed, expected=f"at most {most}", do=do)


class CountedFile:
    """A file that a member is written to, its bytes counted before they reach the disk."""

    def __init__(self, out: BinaryIO, budget: Budget) -> None:
        self._out, self._budget = out, budget

    def write(self, data: bytes | bytearray) -> int:
        self._budget.write(len(data))
        return self._out.write(data)

    def flush(self) -> None:
        self._out.flush()

    def tell(self) -> int:
        return self._out.tell()

    def close(self) -> None:
        self._out.close()

    def __enter__(self) -> "CountedFile":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def refusal(
    archive: PurePath, what: str, *, received: object = None, expected: object = None, do: str | None = None
) -> DataError:
    """The error for an archive that is left alone."""
    return DataError(
        f"{archive.name} refused: {what}",
        received=received,
        expected=expected,
        do=do or "nothing was extracted; fetch the archive again, or pack it anew",
    )
