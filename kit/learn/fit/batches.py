"""The rows of an epoch in batches, drawn from (seed, epoch) alone: an interrupted training that goes on draws the same."""

import numpy as np

from kit.learn import device
from kit.learn.fit.stages import Stage
from kit.learn.fit.training_set import TrainingSet
from kit.learn.member import Member


def draw(member: Member, training_set: TrainingSet, stage: Stage, epoch: int) -> list[np.ndarray]:
    """Places in the training set in the order of that epoch, int64, in batches of one size: what is left over waits for
    another epoch's order.
    """
    order = np.random.default_rng([member.seed, epoch]).permutation(len(training_set.samples))
    if most := member.config.max_imbalance:
        target = member.competition.target
        order = order[_first_of_each(target.strata(target.decide(training_set.targets))[order], most)]
    size = min(stage.batch_size, len(order) // device.replicas() * device.replicas())
    return [order[start : start + size] for start in range(0, len(order) - size + 1, size)]


def count_drawn(strata: np.ndarray, max_imbalance: int) -> int:
    """How many rows an epoch draws of rows of these strata, int64 (N,), but for what is left over of a batch."""
    counts = np.unique(strata, return_counts=True)[1]
    return int(np.minimum(counts, max_imbalance * counts.min()).sum()) if max_imbalance else len(strata)


def _first_of_each(strata: np.ndarray, most: int) -> np.ndarray:
    """bool (N,): of each stratum, int64 (N,), the first ones, `most` times as many as the rarest stratum has."""
    by_stratum = strata.argsort(kind="stable")
    counts = np.unique(strata, return_counts=True)[1]
    first = np.empty(len(strata), bool)
    first[by_stratum] = np.arange(len(strata)) - np.repeat(counts.cumsum() - counts, counts) < most * counts.min()
    return first
