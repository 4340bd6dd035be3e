"""What an archive may contain, decided from its listing before a byte is written. Anything else is refused, not repaired."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal

from kit.errors import DataError

ARCHIVES = (".zip", ".7z", ".tar", ".gz")


@dataclass(frozen=True)
class Limits:
    """For an archive with all that is nested in it. ratio: unpacked to packed bytes, judged above `ratio_from` bytes."""

    members: int = 1_000_000
    bytes: int = 1 << 40
    ratio: int = 200
    ratio_from: int = 64 << 20
    depth: int = 3


@dataclass(frozen=True)
class Member:
    """One entry of a listing. size: declared bytes; packed: its compressed bytes, None in a solid archive."""

    name: str
    size: int
    packed: int | None = None
    kind: Literal["file", "folder", "special"] = "file"
    encrypted: bool = False

    @property
    def archive(self) -> bool:
        return self.kind == "file" and PurePosixPath(self.name).suffix.lower() in ARCHIVES


Create = Callable[[str], BinaryIO]  # name of a member -> the open file that receives it
Opened = tuple[list[Member], Callable[[Create], None]]  # the listing, and what copies all files of it

DEFAULT_LIMITS = Limits()


def check(archive: Path, members: Sequence[Member], limits: Limits) -> None:
    """Raises DataError naming the first member that must not be written, or the limit that the listing breaks."""
    if len(members) > limits.members:
        raise refusal(archive, "has too many members", received=len(members), expected=f"at most {limits.members}")
    files: set[str] = set()
    folders: set[str] = set()
    for member in members:
        _check_member(archive, member, limits)
        name = member.name.rstrip("/")
        if name in files or (member.kind == "file" and name in folders):
            raise refusal(archive, f"holds {name!r} twice")
        (files if member.kind == "file" else folders).add(name)
        while "/" in name:
            name = name.rpartition("/")[0]
            if name in folders:
                break
            folders.add(name)
    if both := files & folders:
        raise refusal(archive, f"holds {min(both)!r} twice, as a file and as a folder")
    total = sum(member.size for member in members)
    if total > limits.bytes:
        raise refusal(archive, "is too large unpacked", received=f"{total} bytes", expected=f"at most {limits.bytes}")
    _check_ratio(archive, "the whole archive", total, archive.stat().st_size, limits)


def _check_member(archive: Path, member: Member, limits: Limits) -> None:
    if fault := _bad_name(member.name.removesuffix("/") if member.kind == "folder" else member.name):
        raise refusal(archive, f"member {member.name!r} {fault}")
    if member.kind == "special":
        raise refusal(archive, f"member {member.name!r} is a link or a device", expected="files and folders only")
    if member.encrypted:
        raise refusal(archive, f"member {member.name!r} is protected by a password")
    if member.archive and limits.depth <= 1:
        raise refusal(
            archive, f"member {member.name!r} is nested too deep", expected="at most three archives in each other"
        )
    if member.packed is not None:
        _check_ratio(archive, f"member {member.name!r}", member.size, member.packed, limits)


def _bad_name(name: str) -> str | None:
    parts = name.split("/")
    if re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", name):
        return "has control characters in its name"
    if "\\" in name:
        return "has a backslash in its name"
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return "has an absolute name"
    if ".." in parts:
        return "points out of its folder"
    if not all(parts) or "." in parts:
        return "has an empty part in its name"
    if any(len(part.encode()) > 255 for part in parts) or len(name.encode()) > 2048:
        return "has too long a name"
    return None


def _check_ratio(archive: Path, what: str, size: int, packed: int, limits: Limits) -> None:
    if size > limits.ratio_from and size > limits.ratio * packed:
        raise refusal(
            archive,
            f"{what} looks like a decompression bomb",
            received=f"{packed} bytes that unpack to {size}",
            expected=f"at most {limits.ratio}:1 above {limits.ratio_from} bytes",
        )


def strip_packed(path: str) -> str:
    """The path without what says that it is an archive: train-jpg of train-jpg.tar.7z."""
    while path.lower().endswith(ARCHIVES):
        path = path.rpartition(".")[0]
    return path


def is_hidden(name: str) -> bool:
    """Whether a member is what a desktop leaves behind and no data: `.DS_Store`, `._1.jpg`, anything in `__MACOSX/`."""
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def refusal(archive: Path, what: str, *, received: object = None, expected: object = None) -> DataError:
    """The error for an archive that is left alone."""
    return DataError(
        f"{archive.name} refused: {what}",
        received=received,
        expected=expected,
        do="nothing was extracted; fetch the archive again from Kaggle",
    )
