"""What is being written, beside what it will be. Its name says whose it is, so that the next process that writes there removes
what a killed one has left, and nothing of a live one.

Of a process on this machine that is known by its number and start. Of one elsewhere, as in a shared folder, or of an older kit,
it is not: what has lain there for a day is taken to be abandoned.
"""

import hashlib
import os
import re
import shutil
import socket
import time
import uuid
from contextlib import suppress
from functools import cache
from pathlib import Path

FORM = re.compile(
    r"tmp-(?P<machine>[0-9a-f]{8})-(?P<pid>\d+)-(?P<start>\d+)-[0-9a-f]{8}(-(?P<kind>new|old)-(?P<target>.+))?"
)
OF_OLDER_KITS = re.compile(
    r"tmp-\d+-[0-9a-f]{8}-.+|.+\.tmp-\d+-[0-9a-f]{8}|\.(pulled|fetched|tune|lr-find)-\w{8}", re.ASCII
)
ABANDONED_S = 86_400.0


def name_beside(target: Path, kind: str = "new", ending: str = "") -> Path:
    """A path that nobody else uses, with the target's suffixes. kind: "new", or "old" for what is being replaced."""
    return target.with_name(f"{_own()}-{kind}-{target.name}{ending}")


def name_within(parent: Path) -> Path:
    """A path in that folder that nobody else uses."""
    return parent / _own()


def _own() -> str:
    return f"tmp-{_machine()}-{os.getpid()}-{_read_start(os.getpid()) or 0}-{uuid.uuid4().hex[:8]}"


@cache
def _machine() -> str:
    """Of this boot of this machine, and this container of it: where process numbers mean the same."""
    words = [socket.gethostname()]
    with suppress(OSError):
        words.append(Path("/proc/sys/kernel/random/boot_id").read_text())
        words.append(os.readlink("/proc/self/ns/pid"))
    return hashlib.sha256("|".join(words).encode()).hexdigest()[:8]


def _read_start(pid: int) -> int | None:
    """When that process began, in ticks since the machine did; None if there is none, or if it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])


@cache  # once in a process: a folder may hold thousands of records, each of them written by itself
def sweep(folder: Path) -> None:
    """Removes what killed processes have left in `folder`; what they were replacing is put back if its place is empty."""
    with suppress(OSError), os.scandir(folder) as entries:
        strays = [entry for entry in entries if _is_abandoned(entry)]
    for entry in sorted(strays, key=lambda entry: entry.name):
        _remove(Path(entry.path))


def _is_abandoned(entry: os.DirEntry[str]) -> bool:
    parts = FORM.fullmatch(entry.name)
    if not parts and not OF_OLDER_KITS.fullmatch(entry.name):
        return False
    if parts and parts["machine"] == _machine():
        return (_read_start(int(parts["pid"])) or 0) != int(parts["start"])
    try:
        return time.time() - entry.stat(follow_symlinks=False).st_mtime > ABANDONED_S
    except OSError:
        return False


def _remove(stray: Path) -> None:
    parts = FORM.fullmatch(stray.name)
    with suppress(OSError):
        if parts and parts["kind"] == "old" and not (target := stray.with_name(parts["target"])).exists():
            stray.rename(target)
        elif stray.is_dir() and not stray.is_symlink():
            shutil.rmtree(stray, ignore_errors=True)
        else:
            stray.unlink()
