"""What a command left on disk beside what it leaves undisturbed: bytes and rows that are lost, and files too many.

Moments are no part of what is compared: dates, seconds, the time in the id of a run, process ids in locks, and
how often a kernel was pushed.
"""

import contextlib
import re
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MOMENTS = re.compile(
    rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(\+00:00|Z)?"  # ISO 8601
    rb"|\d{8}T\d{6,12}Z"  # the name of a record
    rb"|(?<=-)\d{4}-\d{6}(-[0-9a-f]{4})?(-\d+)?(?![\d-])"  # the id of a run
    rb'|(?<=seconds": )[\d.e-]+'
    rb'|(?<="version": )\d+'  # of a kernel at Kaggle, which counts how often it was pushed
)
SEEN = "/kaggle/"  # Kaggle's list as it was last seen, which one more look at it brings
MANIFESTS = ("manifest.json", "plugin.json", "weights.json")  # of a run in a team's store
OF_FILES = re.compile(rb'"(sha256|bytes)": ("\w+"|\d+)')  # which hold moments, and are compared themselves
TEXTS = (".json", ".csv", ".html", ".py", ".md", ".txt", ".ipynb", ".jsonl")


@dataclass(frozen=True)
class Difference:
    """lost: names of files that are missing or differ, and their bytes; rows: of tables; strays: names of files too many."""

    lost: tuple[str, ...]
    bytes: int
    rows: int
    strays: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.lost or self.strays)

    def __str__(self) -> str:
        parts = [
            f"{what} {', '.join(names[:4])}" for what, names in (("lost", self.lost), ("stray", self.strays)) if names
        ]
        return "; ".join(parts)


def read(folder: Path) -> dict[str, bytes]:
    """The content of every file by its name, without moments. A run that was interrupted and says so is left out: it is the
    user's to resume or to delete. So is the copy of Kaggle's list, which is as new as the last command that looked into it.
    """
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        if (path.is_file() or path.is_symlink()) and not _is_left_out(path, folder):
            name = _forget_moments(path.relative_to(folder).as_posix().encode()).decode()
            found[name + "#" * (name in found)] = _read_file(path)
    return found


def _is_left_out(path: Path, folder: Path) -> bool:
    of_kaggle = path.parts[-3:-1] == ("kaggle", "submissions") and not path.name.startswith("tmp-")
    return of_kaggle or _is_of_interrupted_run(path, folder)


def _is_of_interrupted_run(path: Path, folder: Path) -> bool:
    parts = path.relative_to(folder).parts
    if "runs" not in parts[:-2]:
        return False
    run = folder.joinpath(*parts[: parts.index("runs") + 2])
    return (run / "run.json").exists() and not (run / "metrics.json").exists()


def _read_file(path: Path) -> bytes:
    if ".lock" in path.name:
        return b""
    if path.name == "tune.db":
        return _read_trials(path)
    data = path.read_bytes() if path.exists() else b""
    if path.name in MANIFESTS and (path.parent / "run.json").exists():
        data = OF_FILES.sub(b"", data)
    elif path.name == "history.csv":  # whose last column is seconds
        data = b"\n".join(line.rpartition(b",")[0] for line in data.splitlines())
    return _forget_moments(data) if path.suffix in TEXTS else data


def _read_trials(database: Path) -> bytes:
    """How many count, and the settings of the first. Where a killed one leaves off, others are drawn for the next."""
    counted = "FROM trials LEFT JOIN trial_params USING (trial_id) WHERE state IN ('COMPLETE', 'PRUNED')"
    with contextlib.closing(sqlite3.connect(database)) as opened:
        try:
            values = [value for (value,) in opened.execute(f"SELECT param_value {counted} ORDER BY number")]
        except sqlite3.OperationalError as error:  # it has no tables yet
            return str(error).encode()
    return f"{len(values)} {values[:1]}".encode()


def _forget_moments(data: bytes) -> bytes:
    return MOMENTS.sub(b"WHEN", data)


def compare(found: Mapping[str, bytes], undisturbed: Mapping[str, bytes]) -> Difference:
    lost = tuple(name for name, data in undisturbed.items() if found.get(name) != data)
    rows = sum(_count_lost_rows(found.get(name, b""), undisturbed[name]) for name in lost if name.endswith(".csv"))
    strays = tuple(name for name in found if name not in undisturbed and SEEN not in name)
    return Difference(lost, sum(len(undisturbed[name]) for name in lost), rows, strays)


def _count_lost_rows(found: bytes, undisturbed: bytes) -> int:
    return (Counter(undisturbed.splitlines()) - Counter(found.splitlines())).total()
