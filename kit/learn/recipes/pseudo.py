"""pseudo: a network that also learns from test images, of which a teacher is sure (Lee 2013, "Pseudo-Label").

Honest out of fold: what a member learns of test images comes from the teacher's members that never saw its fold, and so does
the way in which an ensemble's parts are weighted.
"""

from collections.abc import Callable

import numpy as np

from kit.config import Config
from kit.data import holdout
from kit.learn.fit.loop import TrainingSet
from kit.learn.input.samples import samples
from kit.learn.member import Member, split_early_stopping
from kit.learn.recipes import scratch, teacher
from kit.progress import say

predictor = scratch.predictor


def fit(member: Member, smoothed: Callable[[Config], bool]) -> list[dict[str, float]]:
    """Trains one member and leaves its weights in member.folder. Returns the history, one record per epoch.

    smoothed: whether what a configuration trains is told smoothed labels.
    """
    rows, stopping_rows = split_early_stopping(member)
    return scratch.learn(member, training_set(member, rows, stopping_rows, smoothed), [scratch.stage(member)])


def training_set(
    member: Member, rows: np.ndarray, stopping_rows: np.ndarray, smoothed: Callable[[Config], bool]
) -> TrainingSet:
    """The training rows with their labels, and the test images of which the teacher is sure, with what it says of them.

    Not among these: training images that were held out (kit.data.holdout), which nothing learns from in any way.
    """
    said, test = teacher.of_test(member), member.data.test
    own = ~holdout.among(test.ids)
    enough = member.config.pseudo_confidence * teacher.surest(member, smoothed)
    sure = np.flatnonzero((said.max(1) >= enough) & test.readable & own)
    say(f"{member.label}: {len(sure)} of {own.sum()} test images learned from, as the teacher labels them")
    return TrainingSet(
        np.concatenate([samples("train", rows), samples("test", sure)]),
        np.concatenate([scratch.one_hot(member, rows), said[sure]]),
        stopping_rows,
    )
