"""Which Kaggle credentials would be used, and what is wrong with them: found without network, and never shown."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

WHERE_TO_GET = (
    "create a token at kaggle.com (Settings, API), put it at ~/.kaggle/kaggle.json and chmod 600 it; "
    "or fetch the archive in the browser and use `kit download SLUG --from ARCHIVE`"
)


@dataclass(frozen=True)
class Found:
    """source: where the credentials come from, None if there are none. problems: one line each, never with a value."""

    source: str | None
    problems: tuple[str, ...] = ()


def found() -> Found:
    """In the order of the client (kaggle 2.2.4): a token beats a key, also when the token is dead."""
    sources = [source for source in (_token(), _key(), _oauth()) if source]
    problems = [problem for source in sources for problem in source.problems]
    usable = [source.source for source in sources if source.source]
    if len(usable) > 1:
        problems.append(f"{usable[0]} is used, and {usable[1]} is not: remove the one you do not mean")
    return Found(usable[0] if usable else None, tuple(problems))


def _token() -> Found | None:
    if value := os.environ.get("KAGGLE_API_TOKEN"):
        if len(value) > 255:  # the client first tries it as a path, and a path may not be so long
            return Found(
                "KAGGLE_API_TOKEN", ("KAGGLE_API_TOKEN is too long for the client: put it into ~/.kaggle/access_token",)
            )
        return Found("KAGGLE_API_TOKEN")
    for name in ("access_token", "access_token.txt"):
        path = Path.home() / ".kaggle" / name
        if path.is_file():
            return Found(str(path), _permissions(path))
    return None


def _key() -> Found | None:
    path = _config_folder() / "kaggle.json"
    names = [name for name in ("KAGGLE_USERNAME", "KAGGLE_KEY") if os.environ.get(name)]
    if len(names) == 2:
        return Found("KAGGLE_USERNAME and KAGGLE_KEY")
    problems = (f"{names[0]} is set without the other of KAGGLE_USERNAME and KAGGLE_KEY",) if names else ()
    if not path.is_file():
        return Found(None, problems) if problems else None
    faults = _faults(path)
    return Found(None if faults else str(path), (*problems, *faults, *_permissions(path)))


def _config_folder() -> Path:
    if chosen := os.environ.get("KAGGLE_CONFIG_DIR"):
        return Path(chosen)
    own = Path.home() / ".kaggle"
    return own if own.is_dir() else Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config")) / "kaggle"


def _faults(path: Path) -> tuple[str, ...]:
    """The client treats a malformed file as absent and says nothing, so the kit says it."""
    try:
        stored = json.loads(path.read_text())
    except OSError as error:
        return (f"{path} cannot be read: {error.strerror}",)
    except ValueError:
        return (f"{path} is not JSON: download it again from kaggle.com",)
    if not isinstance(stored, dict):
        return (f'{path} is not {{"username": ..., "key": ...}}',)
    return tuple(f"{path} has no {field!r}" for field in ("username", "key") if not stored.get(field))


def _permissions(path: Path) -> tuple[str, ...]:
    if path.stat().st_mode & 0o077:
        return (f"{path} can be read by others: chmod 600 {path}",)
    return ()


def _oauth() -> Found | None:
    path = Path.home() / ".kaggle" / "credentials.json"
    return Found(str(path), _permissions(path)) if path.is_file() else None
