"""What of a run is shared, in two parts, and the manifest of each: it is written last, so a push that was cut off has none."""

import json
import re
from dataclasses import dataclass
from typing import Any

from kit.errors import DataError
from kit.fields import is_count, is_sha256, show
from kit.files import check_version, parse_json, sha256
from kit.runs import Run

FORMAT = 1
MAX_RECORD = 64 << 20  # bytes of a file of records, which is read whole
MEMBER = r"fold-\d{1,3}(-seed-\d{1,2})?"
NEEDED = ("run.json", "config.json", "environment.json", "metrics.json", "oof.npz", "test.npz")


@dataclass(frozen=True)
class Part:
    """name: of its manifest. files: what its files are called, below the run's folder; no other name is ever written."""

    name: str
    files: re.Pattern[str]
    needed: tuple[str, ...] = ()


PREDICTIONS = Part(
    "manifest.json",
    re.compile(
        r"(run|config|environment|metrics|rows)\.json|(oof|test)\.npz|"
        rf"{MEMBER}/((oof|test)\.npz|metrics\.json|history\.csv)"
    ),
    NEEDED,
)
WEIGHTS = Part("weights.json", re.compile(rf"{MEMBER}/model\.weights\.h5"))


@dataclass(frozen=True)
class Manifest:
    """files: name -> (sha256, bytes)."""

    run: str
    kind: str
    part: Part
    files: dict[str, tuple[str, int]]

    @property
    def size(self) -> int:
        return sum(size for _, size in self.files.values())

    @property
    def key(self) -> str:
        return f"{self.run}/{self.part.name}"

    def text(self) -> str:
        files = {name: {"sha256": digest, "bytes": size} for name, (digest, size) in self.files.items()}
        return json.dumps({"format": FORMAT, "run": self.run, "kind": self.kind, "files": files}, indent=2) + "\n"


def make(run: Run, part: Part) -> Manifest:
    """Of what lies in the run's folder."""
    paths_here = {path.relative_to(run.folder).as_posix(): path for path in run.folder.rglob("*") if path.is_file()}
    files = {
        name: (sha256(path), path.stat().st_size) for name, path in paths_here.items() if part.files.fullmatch(name)
    }
    return Manifest(run.id, run.kind, part, dict(sorted(files.items())))


def parse(data: bytes, run: str, part: Part) -> Manifest:
    """Raises DataError for one that is damaged, of another run, or names files that are no part of a run."""
    try:
        stored = parse_json(data)
        files = {str(name): _entry(name, entry) for name, entry in stored["files"].items()}
        check_version(stored, f"the manifest of {run}", FORMAT)
        if stored["run"] != run:
            raise ValueError(f"run {show(stored['run'])}")
        kind = str(stored["kind"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"the manifest of {run} is damaged, or not one", received=error, do="push it again") from None
    if odd := [name for name in files if not part.files.fullmatch(name)]:
        raise DataError(f"the manifest of {run} names what is no file of a run", received=ascii(odd[0]))
    if lacking := [name for name in part.needed if name not in files]:
        raise DataError(f"the manifest of {run} lacks {', '.join(lacking)}", do="push it again")
    return Manifest(run, kind, part, files)


def _entry(name: str, entry: dict[str, Any]) -> tuple[str, int]:
    if not is_sha256(entry["sha256"]) or not is_count(entry["bytes"]):
        raise ValueError(show(entry))
    if name.endswith((".json", ".csv")) and entry["bytes"] > MAX_RECORD:
        raise ValueError(f"{show(name)} of {entry['bytes']} bytes")
    return entry["sha256"], entry["bytes"]
