"""What of a run is shared, in two parts, and the manifest of each: it is written last, so a push that was cut off has none."""

import re
from dataclasses import dataclass, field
from typing import Any

from kit.errors import DataError
from kit.fields import check_fields, is_count, is_number, is_sha256, is_tag, is_text, list_of, or_null, show
from kit.files import sha256
from kit.json_files import check_version, parse_json, to_json
from kit.runs import Run, listing
from kit.runs.author import find_author
from kit.runs.notes import read_note

FORMAT = 1
FOLDS = "folds.csv"  # of a competition, under its name
CLAIM = "claim-"  # and a day: who means to send the run then
MAX_RECORD = 64 << 20  # bytes of a file of records, which is read whole
MEMBER = r"fold-\d{1,3}(-seed-\d{1,2})?"
NEEDED = ("run.json", "config.json", "environment.json", "metrics.json", "oof.npz", "test.npz")

ABOUT = {
    **dict.fromkeys(("slug", "author", "created", "recipe", "backbone", "metric", "note"), is_text),
    **dict.fromkeys(("score", "error"), or_null(is_number)),
    "rows": is_count,
    "tags": list_of(is_tag),
}


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
PLUGIN = Part(
    "plugin.json", re.compile(r"plugin(/(?!\.+/)[A-Za-z0-9._-]{1,100}){2,6}", re.ASCII)
)  # what it learned with
WEIGHTS = Part("weights.json", re.compile(rf"{MEMBER}/model\.weights\.h5"))


@dataclass(frozen=True)
class Manifest:
    """files: name -> (sha256, bytes). about: whose run it is and how it scores (ABOUT), to be looked at before it is pulled."""

    run: str
    kind: str
    part: Part
    files: dict[str, tuple[str, int]]
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(size for _, size in self.files.values())

    @property
    def key(self) -> str:
        return f"{self.run}/{self.part.name}"

    def text(self) -> str:
        files = {name: {"sha256": digest, "bytes": size} for name, (digest, size) in self.files.items()}
        record = {"format": FORMAT, "run": self.run, "kind": self.kind, "about": self.about, "files": files}
        return to_json(record) + "\n"


def make(run: Run, part: Part) -> Manifest:
    """Of what lies in the run's folder."""
    paths_here = {path.relative_to(run.folder).as_posix(): path for path in run.folder.rglob("*") if path.is_file()}
    files = {
        name: (sha256(path), path.stat().st_size) for name, path in paths_here.items() if part.files.fullmatch(name)
    }
    about = _describe(run) if part is PREDICTIONS and run.status() == "finished" else {}
    return Manifest(run.id, run.kind, part, dict(sorted(files.items())), about)


def _describe(run: Run) -> dict[str, Any]:
    row = listing.record(run)
    return {name: row[name] for name in ABOUT if name in row} | {
        "author": run.author or find_author()[0],
        "note": read_note(run),
    }


def parse(data: bytes, run: str, part: Part) -> Manifest:
    """Raises DataError for one that is damaged, of another run, or names files that are no part of a run."""
    try:
        stored = parse_json(data)
        files = {str(name): _entry(name, entry) for name, entry in stored["files"].items()}
        check_version(stored, f"the manifest of {run}", FORMAT)
        if stored["run"] != run:
            raise ValueError(f"run {show(stored['run'])}")
        kind = str(stored["kind"])
        about = check_fields(stored.get("about", {}), f"the manifest of {run}", {}, ABOUT)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"the manifest of {run} is damaged, or not one", received=error, do="push it again") from None
    if odd := [name for name in files if not part.files.fullmatch(name)]:
        raise DataError(f"the manifest of {run} names what is no file of a run", received=ascii(odd[0]))
    if lacking := [name for name in part.needed if name not in files]:
        raise DataError(f"the manifest of {run} lacks {', '.join(lacking)}", do="push it again")
    return Manifest(run, kind, part, files, {name: about[name] for name in ABOUT if name in about})


def _entry(name: str, entry: dict[str, Any]) -> tuple[str, int]:
    if not is_sha256(entry["sha256"]) or not is_count(entry["bytes"]):
        raise ValueError(show(entry))
    if name.endswith((".json", ".csv")) and entry["bytes"] > MAX_RECORD:
        raise ValueError(f"{show(name)} of {entry['bytes']} bytes")
    return entry["sha256"], entry["bytes"]
