"""The folder of a run: what lies where in it, and how far it has come."""

import fcntl
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from kit.config import Config

FAILURE = "failed.json"
CHECKPOINTS = ("epoch-*.weights.h5", "best-*.npz")  # of a member; state.json names those that count


def list_checkpoints(member: Path) -> list[Path]:
    return [file for pattern in CHECKPOINTS for file in member.glob(pattern)]


def remove_checkpoints(member: Path, keep: Collection[str | None] = ()) -> None:
    """keep: names of those that stay."""
    for file in list_checkpoints(member):
        if file.name not in keep:
            file.unlink()


@dataclass(frozen=True)
class Run:
    """kind: "train", "predict" (a finished run under other TTA views), "ensemble" or "import" (predictions made elsewhere);
    parents: ids of the runs it came from; of a training those that it is stacked on.

    created: UTC, ISO 8601. note: what is odd of it, if anything: which settings of another version of the kit were left out of
    `config`, and a folder that is not called as its run. author: who made it (kit.runs.author), "" where that is not recorded.
    """

    folder: Path
    id: str
    slug: str
    kind: str
    config: Config
    parents: tuple[str, ...] = ()
    created: str = ""
    note: str = ""
    author: str = ""

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

    @property
    def plugin(self) -> Path:
        """The competition's folder as it was when a training began; below its parent, `--competitions` finds it."""
        return self.folder / "plugin" / self.slug

    @property
    def note_file(self) -> Path:
        """What somebody noted about it, if anything."""
        return self.folder / "note.txt"

    @property
    def tags_file(self) -> Path:
        """Words to find it by, if anybody gave it any."""
        return self.folder / "tags.txt"

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
