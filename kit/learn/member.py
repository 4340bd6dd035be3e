"""One member to train: what a recipe gets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from kit.competition import Competition
from kit.config import Config
from kit.data import groups
from kit.data.cache import Dataset
from kit.data.deal_groups import set_aside
from kit.errors import DataError
from kit.paths import DataFolders

WEIGHTS = "model.weights.h5"  # of a finished member


def member_seed(seed: int, fold: int, number: int = 0) -> int:
    """Below 2**32, as NumPy wants it. Differs over fold (below 100), number (below 10) and seed (below 4,294,967; of two
    greater ones the members may share a seed).
    """
    return (seed * 1000 + number * 100 + fold) % 2**32


@dataclass(frozen=True)
class Member:
    """The fold in question: rows of data.train as int64 indices.

    train_rows: what the member may learn from, in any way. validation_rows: the fold it is judged on, which it never sees,
    without the rows that a correction touches.
    folder: runs/<id>/fold-<k>, the member's own place for checkpoints and weights. number: which of the config's seeds.
    report: gets each epoch's number and record, and may raise to end the training. train_fn: is called, and returns a history,
    in place of kit.learn.fit.loop.train, with what that gets. recipes: all that are known here, by name (kit.learn.recipes),
    since one that learns from another run opens it by that run's own.
    """

    competition: Competition
    config: Config
    data: Dataset
    data_folders: DataFolders
    fold: int
    train_rows: np.ndarray
    validation_rows: np.ndarray
    folder: Path
    number: int = 0
    report: Callable[[int, dict[str, float]], None] | None = None
    train_fn: Callable[..., list[dict[str, float]]] | None = None
    recipes: Mapping[str, Any] = field(kw_only=True)

    @property
    def recipe(self) -> Any:
        """The kit.learn.recipe.Recipe that its configuration names, as it is with its backbone."""
        return self.recipes[self.config.recipe].on(self.competition, self.config.backbone)

    @property
    def seed(self) -> int:
        """Differs from member to member of a run, so that they differ."""
        return member_seed(self.config.seed, self.fold, self.number)

    @property
    def weights(self) -> Path:
        """The file of what it has learned, once it is finished."""
        return self.folder / WEIGHTS

    @property
    def label(self) -> str:
        """What to call the member when speaking to people: fold 0, or fold 0 seed 1."""
        return self.folder.name.replace("-", " ")


def weigh(member: Member, rows: np.ndarray) -> np.ndarray | None:
    """float32 (len(rows),): how much training rows count, 1 in the mean of those that the member learns from; None where all
    count alike. Raises DataError where those count nothing.
    """
    weights = member.data.train.weights
    if not len(weights):
        return None
    mean = weights[member.train_rows].mean(dtype=np.float64)
    if not mean:
        raise DataError(f"{member.label}: all rows to learn from have weight 0", expected="one above 0 at least")
    return np.asarray(weights[rows] / mean, np.float32)


def split_early_stopping(member: Member) -> tuple[np.ndarray, np.ndarray]:
    """(rows to learn from, rows that decide when to stop), both out of member.train_rows; the second is empty without patience.

    Stratified, groups whole; a class with a single image, or in a single group, is learned. Early stopping is a choice, so it
    must not look at the fold that is judged. Raises DataError where nothing may be set aside.
    """
    rows, train, target = member.train_rows, member.data.train, member.competition.target
    if member.config.patience == 0:
        return rows, rows[:0]
    if groups.are_copies(train.groups[rows], train.same_pixels[rows]):
        aside = _set_images_aside(member)
    else:
        aside = set_aside(train.groups[rows], target, train.labels[rows], member.config.stopping_share, member.seed)
    if not aside.any():
        raise DataError(
            "no class has two rows, or groups, one to learn from and one to decide when to stop",
            do="--set patience=0",
        )
    return rows[~aside], rows[aside]


def _set_images_aside(member: Member) -> np.ndarray:
    """bool, of each of member.train_rows."""
    from sklearn.model_selection import train_test_split

    images = member.data.train.groups[member.train_rows]
    strata = member.competition.target.strata(member.data.train.labels[member.train_rows])
    first = np.unique(images, return_index=True)[1]
    first = first[np.bincount(strata[first])[strata[first]] > 1]
    if not len(first):
        return np.zeros(len(images), bool)
    share = max(member.config.stopping_share, len(np.unique(strata[first])) / len(first))
    _, stopping = train_test_split(images[first], test_size=share, random_state=member.seed, stratify=strata[first])
    return np.isin(images, stopping)
