"""What a report is about: a finished run, with its out-of-fold predictions joined to images and labels."""

from dataclasses import dataclass

import numpy as np

from kit import paths, predictions, top_k
from kit.competition import Competition
from kit.data import cache, image_rows
from kit.errors import DataError
from kit.paths import DataFolders
from kit.runs import Run
from kit.runs.scores import Scores, read_scores


@dataclass(frozen=True, eq=False)
class Subject:
    """metrics: the run's metrics.json. rows: int64 (N,), which rows of data.train were judged, the first image of each where
    several answer for one row of the submission; labels: of these N rows; values: float32 (N, K), what was predicted of them
    out of fold (kit.targets); unfinished: the same of before a finish decided, which says how sure a run is. layer: which of
    the network's convolutions to look into, from 1.
    """

    run: Run
    competition: Competition
    folders: DataFolders
    data: cache.Dataset
    metrics: Scores
    rows: np.ndarray
    labels: np.ndarray
    values: np.ndarray
    unfinished: np.ndarray
    layer: int = 1

    @property
    def whole(self) -> bool:
        """Whether all probabilities of a row are known, not only those of its top k classes (kit.top_k)."""
        return not top_k.is_top_k(self.values)

    @property
    def predicted(self) -> np.ndarray:
        """What the values say, as labels."""
        return self.competition.target.decide(self.values)

    @property
    def wrong(self) -> np.ndarray:
        """Of one class per row: places among the judged rows, int64: mistakes, the least probable truth first."""
        missed = np.flatnonzero(self.predicted != self.labels)
        return missed[np.argsort(self.unfinished[missed, self.labels[missed]], kind="stable")]


def load(run: Run, competition: Competition, layer: int = 1) -> Subject:
    """A finished run joined, by id, with the images and labels that it was judged on. layer: the convolution, from 1, that a
    page looks into.

    Raises DataError for a run that is not finished, or whose data is not here.
    """
    if run.status() != "finished":
        raise DataError(f"{run.id} is not finished", received=run.status(), do=f"kit train --resume {run.id}")
    folders = paths.data(competition.slug)
    data, oof = cache.load(competition, folders), predictions.load(run.oof)
    rows = image_rows.first_images(data.train.rows, oof.ids)
    scores, labels = read_scores(run), data.train.labels[rows]
    return Subject(run, competition, folders, data, scores, rows, labels, oof.values, oof.before_finish().values, layer)
