"""Which Kaggle credentials would be used, and what is wrong with them: found without network, and never shown."""

import json
import os
import shlex
from dataclasses import dataclass
from pathlib import Path

WHERE_TO_GET = (
    "create a token at kaggle.com (Settings, API), put it at ~/.kaggle/access_token (a key: kaggle.json), chmod 600 it, "
    "or set KAGGLE_API_TOKEN; or fetch the archive in the browser and use `kit download SLUG --from ARCHIVE`"
)
# kinds of file systems, as of Windows, where every file has the same mode
WITHOUT_MODES = ("9p", "v9fs", "drvfs", "vfat", "exfat", "ntfs", "ntfs3", "fuseblk", "cifs", "smb3")
KEY_FIELDS = {"username": "KAGGLE_USERNAME", "key": "KAGGLE_KEY"}


@dataclass(frozen=True)
class Credentials:
    """source: where the credentials come from, None if there are none. problems: one line each, never with a value. exposed:
    whether they lie in a file that others can read, which is not used before its owner has closed it.
    """

    source: str | None
    problems: tuple[str, ...] = ()
    exposed: bool = False


def find() -> Credentials:
    """In the order of the client (kaggle 2.2.4): a token beats a key, also when the token is dead. None is used in place of one
    that is exposed, since the client would not do so.
    """
    sources = [source for source in (_notebook(), _token(), _key(), _oauth()) if source]
    problems = [problem for source in sources for problem in source.problems]
    usable = [source for source in sources if source.source]
    if len(usable) > 1:
        problems.append(f"{usable[0].source} is used, and {usable[1].source} is not: remove the one you do not mean")
    if os.environ.get("KAGGLE_TOKEN"):  # the client takes any KAGGLE_X for its setting x, and "token" overrules a key
        problems.append("the client sends KAGGLE_TOKEN in place of a key: unset it, or rename it to KAGGLE_API_TOKEN")
    if not usable or usable[0].exposed:
        return Credentials(None, tuple(problems), exposed=bool(usable))
    return Credentials(usable[0].source, tuple(problems))


def _home() -> Path:
    """As the client finds it; where the system knows none (a uid without an entry, HOME unset) nothing lies there."""
    return Path(os.path.expanduser("~"))


def _notebook() -> Credentials | None:
    """The token that Kaggle gives to its own notebooks."""
    if all(name in os.environ for name in ("KAGGLE_KERNEL_RUN_TYPE", "KAGGLE_DATA_PROXY_URL")):
        path = os.environ.get("KAGGLE_API_V1_TOKEN", "")
        if path and _holds_text(Path(path)):
            return Credentials("KAGGLE_API_V1_TOKEN")
    return None


def _token() -> Credentials | None:
    if value := os.environ.get("KAGGLE_API_TOKEN"):
        return _check_named_token(value)
    for name in ("access_token", "access_token.txt"):
        path = _home() / ".kaggle" / name
        if _holds_text(path):
            return _in_file(path, str(path))
    return None


def _check_named_token(value: str) -> Credentials:
    """KAGGLE_API_TOKEN holds the token, or the path of a file that holds it: the client tries it as a path first."""
    name = "KAGGLE_API_TOKEN"
    if len(value) > 255:
        return Credentials(name, (f"{name} is too long for the client: put it into ~/.kaggle/access_token",))
    path = Path(value)
    if path.is_file():
        empty = (f"{name} names an empty file",)
        return _in_file(path, f"{name} (a file)") if _holds_text(path) else Credentials(None, empty)
    if value.startswith(("/", "~", ".")):
        return Credentials(name, (f"{name} looks like a path, but there is no such file",))
    return Credentials(name)


def _holds_text(path: Path) -> bool:
    try:
        return path.is_file() and bool(path.read_text().strip())
    except (OSError, ValueError):
        return False


def _key() -> Credentials | None:
    """kaggle.json, overlaid by KAGGLE_USERNAME and KAGGLE_KEY."""
    path = _config_folder() / "kaggle.json"
    named = {field: name for field, name in KEY_FIELDS.items() if os.environ.get(name)}
    if len(named) == len(KEY_FIELDS):
        return Credentials("KAGGLE_USERNAME and KAGGLE_KEY")
    lone = tuple(f"{name} is set without the other of KAGGLE_USERNAME and KAGGLE_KEY" for name in named.values())
    if not path.is_file():
        return Credentials(None, lone) if lone else None
    faults = _faults(path, [field for field in KEY_FIELDS if field not in named])
    return Credentials(None, (*lone, *faults)) if faults else _in_file(path, str(path), lone)


def _config_folder() -> Path:
    if chosen := os.environ.get("KAGGLE_CONFIG_DIR"):
        return Path(chosen)
    own = _home() / ".kaggle"
    return own if own.is_dir() else Path(os.environ.get("XDG_CONFIG_HOME") or _home() / ".config") / "kaggle"


def _faults(path: Path, needed: list[str]) -> tuple[str, ...]:
    """The client treats a malformed file as absent and says nothing, so the kit says it."""
    try:
        stored = json.loads(path.read_text())
    except OSError as error:
        return (f"{path} cannot be read: {error.strerror}",)
    except ValueError:
        return (f"{path} is not JSON: download it again from kaggle.com",)
    if not isinstance(stored, dict):
        return (f'{path} is not {{"username": ..., "key": ...}}',)
    return tuple(f"{path} has no {field!r}" for field in needed if not stored.get(field))


def _in_file(path: Path, source: str, problems: tuple[str, ...] = ()) -> Credentials:
    """Credentials that lie at `path`: exposed if others can read it, and its owner, who is us, can change that by chmod."""
    if not path.stat().st_mode & 0o077:
        return Credentials(source, problems)
    problem = f"{path} can be read by others: chmod 600 {shlex.quote(str(path))}"
    return Credentials(source, (*problems, problem), exposed=path.stat().st_uid == os.geteuid() and _keeps_modes(path))


def _keeps_modes(path: Path) -> bool:
    """Whether chmod would do anything. Not where a container mounts a secret, which is read-only, nor on a disk of Windows."""
    if os.statvfs(path).f_flag & os.ST_RDONLY:
        return False
    place = os.path.realpath(path)
    try:
        mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    except OSError:  # another system than Linux
        return True
    around = [mount for mount in mounts if os.path.commonpath([place, mount[1]]) == mount[1]]
    return not around or max(around, key=lambda mount: len(mount[1]))[2] not in WITHOUT_MODES


def _oauth() -> Credentials | None:
    path = _home() / ".kaggle" / "credentials.json"
    return _in_file(path, str(path)) if path.is_file() else None
