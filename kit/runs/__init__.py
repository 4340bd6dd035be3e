"""A run is a folder of plain files: what was asked, in which environment, what came out. An ensemble is a run too.

runs/<id>/ run.json  config.json  environment.json  fold-0/ ...  oof.npz  test.npz  metrics.json (written last)

A training has a member per fold and seed: fold-0/, and of further seeds fold-0-seed-1/ ...
"""

import dataclasses
import datetime
import errno
import fcntl
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kit import paths
from kit.config import Config, resolve
from kit.errors import ConfigError, DataError, nearest
from kit.files import scratch_folder, write_json
from kit.progress import say
from kit.runs import environment
from kit.runs.check_records import read_records

FAILURE = "failed.json"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}")


@dataclass(frozen=True)
class Run:
    """kind: "train", "predict" (a finished run under other TTA views), "ensemble" or "import" (predictions made elsewhere);
    parents: ids of the runs it came from; of a training those that it is stacked on.

    created: UTC, ISO 8601. note: which settings of another version of the kit were left out of `config`, if any.
    """

    folder: Path
    id: str
    slug: str
    kind: str
    config: Config
    parents: tuple[str, ...] = ()
    created: str = ""
    note: str = ""

    @property
    def has_models(self) -> bool:
        """Whether models of one recipe predicted it; of an ensemble or an import the settings say nothing."""
        return self.kind in ("train", "predict")

    @property
    def oof(self) -> Path:
        return self.folder / "oof.npz"

    @property
    def test(self) -> Path:
        return self.folder / "test.npz"

    @property
    def metrics(self) -> Path:
        """Written last: a run that has it is finished."""
        return self.folder / "metrics.json"

    @property
    def lock(self) -> Path:
        return self.folder / ".lock"

    @property
    def archive_mark(self) -> Path:
        """An empty file, so that two who archive a run agree: hidden in the list, and no candidate for anything."""
        return self.folder / "archived"

    def members(self, fold: int | None = None) -> list[tuple[int, int]]:
        """(fold, number of the seed) of each member of a training, or of one fold's; the seeds of a fold in turn."""
        folds = range(self.config.folds) if fold is None else [fold]
        return [(fold, seed) for fold in folds for seed in range(self.config.seeds)]

    def member(self, fold: int, seed: int = 0) -> Path:
        """Its folder. seed: 0 to config.seeds - 1."""
        return self.folder / (f"fold-{fold}-seed-{seed}" if seed else f"fold-{fold}")

    def is_trained(self, fold: int, seed: int = 0) -> bool:
        """Whether that member is; its metrics.json is written last, too."""
        return (self.member(fold, seed) / "metrics.json").exists()

    def failure(self, fold: int, seed: int = 0) -> Path:
        """What that member failed with, if its training cannot go on: {"error": one line}."""
        return self.member(fold, seed) / FAILURE

    def member_lock(self, fold: int, seed: int = 0) -> Path:
        """Of its own, so that several machines can each train members of one run."""
        return self.folder / self.member(fold, seed).name.replace("fold", ".lock")

    def status(self) -> str:
        """finished | running | failed | interrupted, read off the files, so a killed run never says "running"."""
        if self.metrics.exists():
            return "finished"
        if any(_is_locked(lock) for lock in self.folder.glob(".lock*")):
            return "running"
        return "failed" if any(self.folder.glob(f"fold-*/{FAILURE}")) else "interrupted"


def _is_locked(lock: Path) -> bool:
    with open(lock) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def create(
    slug: str,
    kind: str,
    config: Config,
    origin: Mapping[str, str],
    *,
    name: str | None,
    fingerprints: Mapping[str, str | None],
    parents: tuple[str, ...] = (),
) -> Run:
    """A new run folder with its records. Its id is <slug>-<name>-<UTC time>, unique here.

    fingerprints: of the data, the folds and the corrections that it is trained on (kit.data.corrections.fingerprints).
    """
    label = name or (kind if kind in ("ensemble", "import") else f"{config.recipe}-{config.backbone}")
    if not NAME.fullmatch(label):
        raise ConfigError(
            "--name does not fit into a folder name", received=repr(label), expected="letters, digits, . _ -"
        )
    now = datetime.datetime.now(datetime.UTC)
    created = now.isoformat("T", "seconds")
    named = {"format": 1, "slug": slug, "kind": kind, "name": name, "parents": parents, "created": created}
    with scratch_folder(paths.runs()) as scratch:
        made = scratch / "run"
        write_json(made / "config.json", {"config": dataclasses.asdict(config), "origin": dict(origin)})
        write_json(made / "environment.json", environment.describe(config, fingerprints))
        folder = _move(made, named, f"{slug}-{label}-{now:%m%d-%H%M%S}")
    return Run(folder, folder.name, slug, kind, config, parents, created)


def _move(made: Path, record: Mapping[str, Any], stem: str) -> Path:
    """Makes a whole folder a run, of the first id that is free: a run appears with all its records, or not at all."""
    for suffix in ("", *(f"-{n}" for n in range(2, 100))):
        folder = paths.runs() / (stem + suffix)
        write_json(made / "run.json", {"id": folder.name, **record})
        try:
            made.rename(folder)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise
            continue
        return folder
    raise DataError(f"too many runs called {stem} in {paths.runs()}")


def open_run(folder: Path) -> Run:
    """Raises ConfigError for settings that this version of the kit does not know, DataError for damaged records."""
    return _make_run(folder, *read_records(folder))


def read_run(folder: Path) -> Run:
    """As `open_run`, to list or remove a run: what this kit does not know of its settings is left out, with a note."""
    record, stored = read_records(folder)
    try:
        return _make_run(folder, record, stored)
    except ConfigError:
        known = {key: value for key, value in stored.items() if _fits(key, value)}
        odd = ", ".join(key for key in stored if key not in known)
        return replace(_make_run(folder, record, known), note=f"of another version of the kit: {odd}")


def _make_run(folder: Path, record: Mapping[str, Any], stored: Mapping[str, Any]) -> Run:
    config, _ = resolve([(str(folder / "config.json"), stored)])
    created = _read_created(folder / "run.json", record)
    return Run(folder, record["id"], record["slug"], record["kind"], config, tuple(record["parents"]), created)


def _read_created(path: Path, record: Mapping[str, Any]) -> str:
    """UTC, ISO 8601: as recorded, or the time of the file."""
    try:
        when = datetime.datetime.fromisoformat(str(record.get("created")))
    except ValueError:
        when = datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC)
    return when.isoformat("T", "seconds")


def _fits(key: str, value: Any) -> bool:
    try:
        resolve([("", {key: value})])
    except ConfigError:
        return False
    return True


def list_runs(slug: str | None = None, *, archived: bool = False) -> list[Run]:
    """All runs here, oldest first; of one competition if asked. Those that are archived only if asked.

    Those of another version of the kit are among them (`read_run`); those with damaged records are named, and left out.
    """
    runs_here, left_out = [], 0
    for file in paths.runs().glob("*/run.json"):
        try:
            runs_here.append(read_run(file.parent))
        except DataError as error:
            left_out += 1
            say(f"left out: {error}")
    if left_out:
        say(f"{left_out} of {left_out + len(runs_here)} runs are left out")
    chosen = [run for run in runs_here if slug in (None, run.slug) and (archived or not run.archive_mark.exists())]
    return sorted(chosen, key=age)


def age(run: Run) -> tuple[str, int, str]:
    """To sort by, oldest first: the record, which is to the second, then its file: a run comes after those it was made of."""
    return run.created, (run.folder / "run.json").stat().st_mtime_ns, run.id


def find(reference: str, opened: Callable[[Path], Run] = open_run) -> Run:
    """A run by its id, by a unique beginning of it, or by its folder. Raises DataError with the nearest id.

    opened: `read_run` also takes a run of another version of the kit.
    """
    if "/" in reference and (Path(reference) / "run.json").is_file():
        return opened(Path(reference).resolve())
    ids = [file.parent.name for file in paths.runs().glob("*/run.json")]
    return opened(paths.runs() / one_of(reference, ids, str(paths.runs()), "`kit runs` lists them"))


def training_of(run: Run) -> Run:
    """The run of which `run`, if it is of kind "predict", holds the predictions under other TTA views; else itself."""
    while run.kind == "predict":
        run = find(run.parents[0])
    return run


def one_of(reference: str, ids: Sequence[str], where: str, remedy: str) -> str:
    """The id that `reference` is, or is a unique beginning of. Raises DataError with the nearest one."""
    matching = [name for name in ids if name == reference] or [name for name in ids if name.startswith(reference)]
    if len(matching) > 1:
        raise DataError(
            f"{reference!r} fits {len(matching)} runs", received=", ".join(sorted(matching)), do="give more of the id"
        )
    if not matching:
        raise DataError(f"no run {reference!r} in {where}", do=f"{nearest(reference, ids)} ({remedy})")
    return matching[0]
