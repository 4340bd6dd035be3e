"""One member to train: what a recipe gets."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kit.competition import Competition
from kit.config import Config
from kit.data.cache import Dataset
from kit.places import DataFolders


def member_seed(seed: int, fold: int) -> int:
    return seed * 1000 + fold


@dataclass(frozen=True)
class Task:
    """The fold in question: rows of data.train as int64 indices.

    learn_rows: what the member may learn from, in any way. judged_rows: the fold it is judged on, which it never sees.
    folder: runs/<id>/fold-<k>, the member's own place for checkpoints and weights.
    """

    competition: Competition
    config: Config
    data: Dataset
    places: DataFolders
    fold: int
    learn_rows: np.ndarray
    judged_rows: np.ndarray
    folder: Path

    @property
    def seed(self) -> int:
        """Differs from fold to fold, so that the members of a run differ."""
        return member_seed(self.config.seed, self.fold)


def stopping_split(task: Task) -> tuple[np.ndarray, np.ndarray]:
    """(rows to learn from, rows that decide when to stop), both out of task.learn_rows; the second is empty without patience.

    Stratified, exact duplicates together. Early stopping is a choice, so it must not look at the fold that is judged.
    """
    from sklearn.model_selection import train_test_split

    if task.config.patience == 0:
        return task.learn_rows, task.learn_rows[:0]
    groups, labels = task.data.train.groups[task.learn_rows], task.data.train.labels[task.learn_rows]
    first = np.unique(groups, return_index=True)[1]
    share = max(task.config.stopping_share, len(task.competition.classes) / len(first))
    _, stopping = train_test_split(groups[first], test_size=share, random_state=task.seed, stratify=labels[first])
    aside = np.isin(groups, stopping)
    return task.learn_rows[~aside], task.learn_rows[aside]
