"""Safe extraction of .zip, .7z, .tar and .gz archives, and of those inside them, into a folder that appears whole or not.

How names land: a member `a/b.png` becomes `<into>/a/b.png`. An archive inside, `train.zip`, is opened into
`<into>/train/`, and is not kept. If all its members lie in a top folder that is itself called `train`, that folder is not
repeated: `1.png` and `train/1.png` both become `<into>/train/1.png` (and `train.csv` of `train.csv.zip` `<into>/train.csv`).
So does `train/1.png` of the `train.tar` in `train.tar.7z` or `train.tar.gz`.
Nor is a folder around all that the competition declares.

What is hidden (`.DS_Store`, `._1.jpg`, all in `__MACOSX/`) is left out, and counted in manifest.json.
"""

import os
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from kit.data.archives.formats import OPENERS
from kit.data.archives.limits import ARCHIVES, DEFAULT_LIMITS, Limits, Member, check, is_hidden, refusal, strip_packed
from kit.errors import DataError, KitError
from kit.files import read_json, replace_folder, sha256, write_json

MANIFEST = "manifest.json"


def extract(
    archive: Path,
    into: Path,
    *,
    digest: str | None = None,
    required: Collection[str] = (),
    limits: Limits = DEFAULT_LIMITS,
) -> str:
    """Fills `into` with the files of `archive` (mode 0644) and its manifest.json, written last. Returns the sha256.

    A folder that already holds this archive (by sha256 `digest`, number of files and bytes) is left as it is.
    required: members that must be there, packed or unpacked whichever way they are named. Raises DataError naming the member
    that is refused, damaged or missing; then `into` is as it was before.
    """
    if digest is not None and _is_whole(into, digest):
        return digest
    actual = sha256(archive)
    if digest not in (None, actual):
        raise DataError(f"{archive} is not the file that was downloaded", received=actual, expected=f"sha256 {digest}")
    if not _is_whole(into, actual):
        with replace_folder(into) as folder:
            hidden: list[str] = []
            _unpack(archive, folder, folder, limits, hidden, required)
            if (folder / MANIFEST).exists():
                raise refusal(archive, f"member {MANIFEST!r} has the name of the kit's own record")
            count, size = _extent(folder)
            write_json(
                folder / MANIFEST, {"archive_sha256": actual, "files": count, "bytes": size, "hidden": len(hidden)}
            )
    return actual


def gather(mounted: Path, into: Path, *, without: Collection[str] = (), limits: Limits = DEFAULT_LIMITS) -> None:
    """Fills `into` with what `extract` would, from a folder that holds the members of the archive, as Kaggle mounts them.

    Archives in it are unpacked, but for those named in `without`; other files are linked, not copied.
    Raises DataError as `extract` does.
    """
    limits = replace(limits, depth=limits.depth - 1)
    with replace_folder(into) as folder:
        for root, _, names in os.walk(mounted):
            here = folder / Path(root).relative_to(mounted)
            here.mkdir(exist_ok=True)
            for name in names:
                source = Path(root) / name
                if is_hidden(source.relative_to(mounted).as_posix()):
                    continue
                if source.suffix.lower() not in ARCHIVES:
                    (here / name).symlink_to(source)
                elif name not in without:
                    left = _unpack(source, here, here / source.stem, limits, [])
                    limits = replace(left, depth=limits.depth)


def count_hidden(folder: Path) -> int:
    """How many hidden members `extract` left out when it filled `folder`; 0 for a folder that was filled otherwise."""
    manifest = folder / MANIFEST
    return int(read_json(manifest).get("hidden", 0)) if manifest.exists() else 0


def open_outermost(archive: Path, into: Path) -> None:
    """Writes the members of `archive` into `into` and leaves archives among them as they are, as Kaggle mounts them."""
    with OPENERS[archive.suffix.lower()](archive) as (members, copy_all):
        check(archive, members, DEFAULT_LIMITS)
        copy_all(_creator(archive, into, []))


def _is_whole(folder: Path, digest: str) -> bool:
    try:
        manifest = read_json(folder / MANIFEST)
    except DataError:
        return False
    count, size = _extent(folder)
    own = (folder / MANIFEST).stat().st_size
    whole = {"archive_sha256": digest, "files": count - 1, "bytes": size - own}
    return bool(whole.items() <= manifest.items())


def _extent(folder: Path) -> tuple[int, int]:
    """Number and bytes of all files below `folder`."""
    sizes = [os.stat(os.path.join(root, name)).st_size for root, _, names in os.walk(folder) for name in names]
    return len(sizes), sum(sizes)


def _unpack(
    archive: Path, parent: Path, own: Path, limits: Limits, hidden: list[str], required: Collection[str] = ()
) -> Limits:
    """Writes all of `archive` into `own`, or into `parent` if all of it lies under the name of `own` already.

    Returns the limits that remain for the archives that follow, and adds what it leaves out to `hidden`.
    """
    try:
        with OPENERS[archive.suffix.lower()](archive) as (members, copy_all):
            check(archive, members, limits)
            listed, members = len(members), [member for member in members if not is_hidden(member.name)]
            wrapping = _wrapping_folder(members, required)
            members = [replace(member, name=member.name.removeprefix(wrapping)) for member in members]
            _check_required(archive, members, required)
            folder = parent if {member.name.partition("/")[0] for member in members} == {own.name} else own
            for member in members:
                if member.kind == "folder":
                    (folder / member.name).mkdir(parents=True, exist_ok=True)
            create = _creator(archive, folder, hidden)
            copy_all(lambda name: create(name.removeprefix(wrapping)))
    except KitError:
        raise
    except OSError as error:  # no space, no permission
        raise DataError(f"cannot extract {archive.name}", received=error) from error
    except ImportError as error:
        raise DataError(f"cannot open {archive.name}", received=error, do="install what it names") from error
    except Exception as error:  # a damaged listing can raise anything inside zipfile and py7zr
        raise refusal(archive, "it is damaged or not an archive", received=error or type(error).__name__) from error
    spent = sum(member.size for member in members)
    left = replace(limits, members=limits.members - listed, bytes=limits.bytes - spent)
    return _unpack_nested([folder / member.name for member in members if member.archive], left, hidden)


def _unpack_nested(archives: list[Path], limits: Limits, hidden: list[str]) -> Limits:
    for archive in archives:
        left = _unpack(
            archive, archive.parent, archive.with_suffix(""), replace(limits, depth=limits.depth - 1), hidden
        )
        limits = replace(left, depth=limits.depth)
        archive.unlink()
    return limits


def _creator(archive: Path, folder: Path, hidden: list[str]) -> Callable[[str], BinaryIO]:
    def create(name: str) -> BinaryIO:
        """A new file; never an existing one, so no archive writes over what another one brought."""
        if is_hidden(name):
            hidden.append(name)
            return open(os.devnull, "wb")
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = open(target, "xb")  # noqa: SIM115
        except FileExistsError:
            raise refusal(archive, f"{name!r} is there already, from another archive") from None
        try:
            os.fchmod(handle.fileno(), 0o644)
        except OSError:
            handle.close()
            raise
        return handle

    return create


def _wrapping_folder(members: list[Member], required: Collection[str]) -> str:
    """The folder, with its slash, that all members lie in and none of the required ones names: as where an archive was
    unpacked and packed again. Empty for any other archive.
    """
    tops = {member.name.partition("/")[0] for member in members}
    if len(tops) != 1 or not required or any(member.kind == "file" and "/" not in member.name for member in members):
        return ""
    top = tops.pop()
    return "" if top in {name.partition("/")[0] for name in required} else f"{top}/"


def _check_required(archive: Path, members: list[Member], required: Collection[str]) -> None:
    names = {member.name.rstrip("/") for member in members}
    places = {strip_packed(name) for name in names}  # where they land, be they archives or what was in them
    for name in required:
        place = strip_packed(name)
        if place not in places and not any(other.startswith(f"{place}/") for other in places):
            raise refusal(
                archive, f"it lacks {name}", received=", ".join(sorted(names)[:10]), expected=", ".join(required)
            )
