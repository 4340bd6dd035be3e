"""Competition folders: found by slug, loaded by path, and checked before anything is done with them."""

import importlib.util
import re
import sys
import traceback
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from kit import check_plugin
from kit.competition import Competition
from kit.errors import DataError, nearest

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_BESIDE = Path(__file__).resolve().parent.parent
# So called in a wheel: "competitions" could be anybody's among what is installed.
_INSTALLED = _BESIDE / "kit_competitions"
BUILT_IN = _INSTALLED if _INSTALLED.is_dir() else _BESIDE / "competitions"


def folders(extra: Iterable[Path] = ()) -> dict[str, Path]:
    """Competition folders by slug; a folder from `--competitions` wins over a built-in one of the same name."""
    found: dict[str, Path] = {}
    for root in (BUILT_IN, *extra):
        if not root.is_dir():
            what = f"no folder of competitions at {root}"
            raise DataError(what, do="--competitions or KIT_COMPETITIONS names it, `kit new SLUG --in DIR` makes one")
        for file in sorted(root.glob("*/competition.py")):
            found[file.parent.name] = file.parent
    return found


def files(folder: Path) -> list[Path]:
    """All that belongs to a competition's folder, sorted: not what is hidden, compiled, or Kaggle's token."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.name != "kaggle.json"
        and not any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(folder).parts)
    ]


def load(slug: str, extra: Iterable[Path] = ()) -> Competition:
    """The competition of that slug. Raises DataError naming file and line for anything that is not a sound plug-in."""
    if not SLUG.fullmatch(slug):
        raise DataError(
            f"{slug!r} is not a competition's slug", expected="lower-case letters, digits and single dashes"
        )
    known = folders(extra)
    if slug not in known:
        where = "`--competitions DIR` before the verb adds a folder of them, `kit new SLUG` starts a new one"
        raise DataError(f"no competition {slug!r} here", do=f"{nearest(slug, known)} ({where})")
    return load_folder(known[slug])


def load_folder(folder: Path) -> Competition:
    """Loads `folder`/competition.py by path, so it works for any folder, installed or not, and checks what it declares."""
    competition = import_folder(folder)
    check_plugin.check(competition, folder / "competition.py")
    return competition


def import_folder(folder: Path) -> Competition:
    """As `load_folder`, unchecked: for a process whose parent has checked it."""
    file = folder / "competition.py"
    name = "kit_competition_" + re.sub(r"\W", "_", folder.name)
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise DataError(f"cannot load {file}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # before executing it: dataclasses and pickling look modules up by name
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise DataError(
            f"{file}{_line(error, file)} does not load", received=f"{type(error).__name__}: {error}"
        ) from error
    competition = getattr(module, "COMPETITION", None)
    if not isinstance(competition, Competition):
        raise DataError(
            f"{file} lacks COMPETITION", expected="COMPETITION = Competition(...)", received=repr(competition)
        )
    return replace(competition, folder=folder.resolve())


def _line(error: Exception, file: Path) -> str:
    if isinstance(error, SyntaxError):
        return f", line {error.lineno},"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
    return f", line {lines[-1]}," if lines else ""
