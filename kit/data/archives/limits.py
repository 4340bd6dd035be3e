"""What an archive may contain, decided from its listing before a byte is written. Anything else is refused, not repaired."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath
from typing import Literal

from kit.data.archives.budget import Budget, CountedFile, refusal

ARCHIVES = (".zip", ".7z", ".tar", ".gz")


@dataclass(frozen=True, slots=True)
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


Create = Callable[[str], CountedFile]  # name of a member -> the open file that receives it
Opened = tuple[list[Member], Callable[[Create], None]]  # the listing, and what copies all files of it


def check(archive: PurePath, members: Sequence[Member], budget: Budget, depth: int) -> None:
    """Raises DataError naming the first member that must not be written, or the limit that the listing breaks.

    depth: how many archives may lie in each other from here on, this one included.
    """
    budget.list_files(len(members))
    for member in members:
        _check_member(archive, member, budget, depth)
    _check_names(archive, members, budget)
    budget.announce(sum(member.size for member in members))


def _check_member(archive: PurePath, member: Member, budget: Budget, depth: int) -> None:
    if fault := _bad_name(member.name.removesuffix("/") if member.kind == "folder" else member.name):
        raise refusal(archive, f"member {member.name!r} {fault}")
    if member.kind == "special":
        raise refusal(archive, f"member {member.name!r} is a link or a device", expected="files and folders only")
    if member.encrypted:
        raise refusal(archive, f"member {member.name!r} is protected by a password")
    if member.archive and depth <= 1:
        raise refusal(
            archive, f"member {member.name!r} is nested too deep", expected="at most three archives in each other"
        )
    if member.packed is not None:
        budget.check_ratio(archive, f"member {member.name!r}", member.size, member.packed)


def _check_names(archive: PurePath, members: Sequence[Member], budget: Budget) -> None:
    """Raises DataError for a name that comes twice, and for one that differs from another in case or Unicode form alone."""
    places: dict[str, bool] = {}  # path -> whether it is a file
    folded: dict[str, str] = {}  # as on systems that do not tell them apart -> path
    for member in members:
        path, is_file = member.name.rstrip("/"), member.kind == "file"
        while path:
            if path in places:
                if is_file or places[path]:
                    raise refusal(archive, f"holds {path!r} twice")
                break  # a folder that is known, as are those that it lies in
            places[path] = is_file
            if (before := folded.setdefault(_fold(path), path)) != path:
                budget.check_alike(archive, before, path)
            path, is_file = path.rpartition("/")[0], False


def _fold(path: str) -> str:
    """Equal for names that differ in letter case or Unicode form alone (Unicode 15, 3.13, canonical caseless matching)."""
    if path.isascii():
        return path if path.islower() else path.lower()
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())


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


def strip_packed(path: str) -> str:
    """The path without what says that it is an archive: train-jpg of train-jpg.tar.7z."""
    while path.lower().endswith(ARCHIVES):
        path = path.rpartition(".")[0]
    return path


def is_hidden(name: str) -> bool:
    """Whether a member is what a desktop leaves behind and no data: `.DS_Store`, `._1.jpg`, anything in `__MACOSX/`."""
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))
