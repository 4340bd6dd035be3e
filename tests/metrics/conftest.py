"""Made rows of every kind of target, and predictions that know something of them."""

from dataclasses import dataclass

import numpy as np
import pytest

from kit import metrics
from kit.competition import Metric


@dataclass(frozen=True)
class Rows:
    labels: np.ndarray
    ours: np.ndarray
    theirs: np.ndarray


def make(metric: Metric, count: int = 800) -> Rows:
    """For the first kind of target that the metric names: ours and theirs see the truth through different noise."""
    draw, kind = np.random.default_rng(0), metric.targets[0]
    if kind == "numbers":
        labels = draw.gamma(2, 3, (count, 2)).astype(np.float32)
        ours, theirs = (labels * draw.lognormal(0, spread, labels.shape) for spread in (0.3, 0.35))
    elif kind == "labels":
        labels = (draw.random((count, 4)) < (0.5, 0.3, 0.2, 0.1)).astype(np.uint8)
        ours, theirs = (1 / (1 + np.exp(1 - 2.0 * labels - noise)) for noise in draw.normal(size=(2, count, 4)))
    else:
        labels = draw.choice(4, count, p=(0.4, 0.3, 0.2, 0.1))
        ours, theirs = (
            np.exp(2 * np.eye(4)[labels] + noise - noise.max()) for noise in draw.normal(size=(2, count, 4))
        )
        ours, theirs = ours / ours.sum(1, keepdims=True), theirs / theirs.sum(1, keepdims=True)
    if metric.forms[0] == "labels":
        ours, theirs = ours > 0.5, theirs > 0.5
    return Rows(labels, np.asarray(ours, np.float32), np.asarray(theirs, np.float32))


@pytest.fixture(params=metrics.METRICS)
def metric(request) -> Metric:
    return metrics.METRICS[request.param]
