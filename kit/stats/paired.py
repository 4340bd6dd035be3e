"""Two sets of predictions judged on the rows that both judged: paired, so that what is hard for both does not blur it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from kit import metrics
from kit.competition import Competition
from kit.predictions import Predictions, match_ids, order_columns
from kit.stats.known import Known


@dataclass(frozen=True, eq=False)
class Paired:
    """Of the shared rows, N at least 1. labels, groups: as in Known. ours, theirs: float32 (N, C).

    gain: how much better ours scores, positive for better whatever the metric. error: its standard error.
    """

    labels: np.ndarray
    ours: np.ndarray
    theirs: np.ndarray
    gain: float
    error: float
    groups: np.ndarray | None = None

    @property
    def record(self) -> dict[str, Any]:
        """For JSON. noise: whether the gain is no more than twice its error, as that of two equal runs is."""
        noise = is_noise(self.gain, self.error)
        return {"rows": len(self.labels), "gain": self.gain, "error": self.error, "noise": noise}


def is_noise(gain: float, error: float) -> bool:
    """Whether a gain, or a loss, is no more than twice its standard error, or that is not known (nan)."""
    return not abs(gain) > 2 * error


def compare(competition: Competition, ours: Predictions, theirs: Predictions, known: Known) -> Paired | None:
    """None without a row that both judged out of fold and that is known.

    known: as kit.data.corrections.read_clean_labels gives it.
    """
    ours, theirs = order_columns(competition, ours), order_columns(competition, theirs)
    left, right = match_ids(ours.ids, theirs.ids)
    rows, at = match_ids(ours.ids[left], known.ids)
    if not len(at):
        return None
    shared, a, b = known.take(at), ours.values[left[rows]], theirs.values[right[rows]]
    gain, error = metrics.gain(competition, shared.labels, a, b, shared.groups)
    return Paired(shared.labels, a, b, gain, error, shared.groups)
