"""Safe extraction of .zip, .7z, .tar and .gz archives, and of those inside them, into a folder that appears whole or not.

How names land: a member `a/b.png` becomes `<into>/a/b.png`. An archive inside, `train.zip`, is opened into
`<into>/train/`, and is not kept. If all its members lie in a top folder that is itself called `train`, that folder is not
repeated: `1.png` and `train/1.png` both become `<into>/train/1.png` (and `train.csv` of `train.csv.zip` `<into>/train.csv`).
So does `train/1.png` of the `train.tar` in `train.tar.7z` or `train.tar.gz`.
Nor is a folder around all that the competition declares.

All of it keeps within one budget (budget.py), however it is nested.

What is hidden (`.DS_Store`, `._1.jpg`, all in `__MACOSX/`) is left out, and counted in manifest.json.
"""

import os
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from kit.data.archives.budget import Budget, CountedFile, Limits, refusal
from kit.data.archives.limits import ARCHIVES, Create, Member, is_hidden, strip_packed
from kit.data.archives.open_checked import count_listed, discard, open_checked
from kit.errors import DataError
from kit.files import replace_folder, sha256
from kit.json_files import read_json, write_json

MANIFEST = "manifest.json"


def extract(
    archive: Path,
    into: Path,
    *,
    digest: str | None = None,
    required: Collection[str] = (),
    limits: Limits | None = None,
) -> str:
    """Fills `into` with the files of `archive` (mode 0644) and its manifest.json, written last. Returns the sha256.

    A folder that already holds this archive (by sha256 `digest`, number of files and bytes) is left as it is.
    required: members that must be there, packed or unpacked whichever way they are named. limits: by default those of
    kit.data.archives.budget.allow. Raises DataError naming the member that is refused, damaged or missing, or the limit that
    is exceeded; then `into` is as it was before.
    """
    if digest is not None and _is_whole(into, digest):
        return digest
    actual = sha256(archive)
    if digest not in (None, actual):
        raise DataError(f"{archive} is not the file that was downloaded", received=actual, expected=f"sha256 {digest}")
    if not _is_whole(into, actual):
        with replace_folder(into) as folder:
            hidden: list[str] = []
            budget = Budget(archive, limits=limits)
            _unpack(archive, folder, folder, budget, budget.limits.depth, hidden, required)
            if (folder / MANIFEST).exists():
                raise refusal(archive, f"member {MANIFEST!r} has the name of the kit's own record")
            count, size = _extent(folder)
            write_json(
                folder / MANIFEST, {"archive_sha256": actual, "files": count, "bytes": size, "hidden": len(hidden)}
            )
    return actual


def gather(mounted: Path, into: Path, *, without: Collection[str] = ()) -> None:
    """Fills `into` with what `extract` would, from a folder that holds the members of the archive, as Kaggle mounts them.

    Archives in it are unpacked, but for those named in `without`; other files are linked, not copied.
    Raises DataError as `extract` does.
    """
    sources = [Path(root) / name for root, _, names in os.walk(mounted) for name in names]
    seen = [path for path in sources if not is_hidden(path.relative_to(mounted).as_posix())]
    packed = [path for path in seen if path.suffix.lower() in ARCHIVES]
    budget = Budget(mounted, sum(path.stat().st_size for path in packed))
    with replace_folder(into) as folder:
        for source in seen:
            here = folder / source.parent.relative_to(mounted)
            here.mkdir(parents=True, exist_ok=True)
            if source not in packed:
                (here / source.name).symlink_to(source)
            elif source.name not in without:
                _unpack(source, here, here / source.stem, budget, budget.limits.depth - 1, [])


def count_hidden(folder: Path) -> int:
    """How many hidden members `extract` left out when it filled `folder`; 0 for a folder that was filled otherwise."""
    manifest = folder / MANIFEST
    return int(read_json(manifest).get("hidden", 0)) if manifest.exists() else 0


def open_outermost(archive: Path, into: Path, *, kind: str | None = None, limits: Limits | None = None) -> None:
    """Writes the members of `archive` into `into` and leaves archives among them as they are, as Kaggle mounts them.

    kind: the ending of such archives, by default its own. limits: as for `extract`, and as there a DataError is raised.
    """
    budget = Budget(archive, limits=limits)
    with open_checked(archive, budget, budget.limits.depth, kind) as (_, copy_all):
        copy_all(_creator(archive, into, budget, []))


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
    archive: Path,
    parent: Path,
    own: Path,
    budget: Budget,
    depth: int,
    hidden: list[str],
    required: Collection[str] = (),
) -> None:
    """Writes all of `archive` into `own`, or into `parent` if all of it lies under the name of `own` already.

    depth: how many archives may lie in each other, this one included. Adds what it leaves out to `hidden`.
    """
    with open_checked(archive, budget, depth) as (members, copy_all):
        members = [member for member in members if not is_hidden(member.name)]
        wrapping = _wrapping_folder(members, required)
        if wrapping:
            members = [replace(member, name=member.name.removeprefix(wrapping)) for member in members]
        _check_required(archive, members, required)
        folder = parent if {member.name.partition("/")[0] for member in members} == {own.name} else own
        for member in members:
            if member.kind == "folder":
                (folder / member.name).mkdir(parents=True, exist_ok=True)
        create = _creator(archive, folder, budget, hidden)
        copy_all(lambda name: create(name.removeprefix(wrapping)))
    nested = [folder / member.name for member in members if member.archive]
    if len(nested) > 1:  # of a single one, its own check does the same
        budget.announce(sum(count_listed(inner, budget) for inner in nested))
    for inner in nested:
        _unpack(inner, inner.parent, inner.with_suffix(""), budget, depth - 1, hidden)
        inner.unlink()


def _creator(archive: Path, folder: Path, budget: Budget, hidden: list[str]) -> Create:
    def create(name: str) -> CountedFile:
        """A new file; never an existing one, so no archive writes over what another one brought."""
        if is_hidden(name):
            hidden.append(name)
            return discard(budget)
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
        return CountedFile(handle, budget)

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
    names = [member.name.rstrip("/") for member in members]
    for name in required:
        place = strip_packed(name)  # where it lands, be it an archive or what was in one
        if not any(other.startswith(f"{place}/") or strip_packed(other) == place for other in names):
            raise refusal(
                archive, f"it lacks {name}", received=", ".join(sorted(names)[:10]), expected=", ".join(required)
            )
