"""pseudo: a network that also learns from test images, of which a teacher is sure (Lee 2013, "Pseudo-Label").

Honest out of fold: what a member learns of test images comes from the teacher's members that never saw its fold, and so does
the way in which an ensemble's parts are weighted.
"""

import numpy as np

from kit.data import holdout
from kit.learn.fit.loop import Lesson
from kit.learn.member import Task, stopping_split
from kit.learn.recipes import scratch, teacher
from kit.progress import say

predictor = scratch.predictor


def fit(task: Task) -> list[dict[str, float]]:
    """Trains one member and leaves its weights in task.folder. Returns the history, one record per epoch."""
    rows, stopping_rows = stopping_split(task)
    return scratch.learn(task, lesson(task, rows, stopping_rows), [scratch.stage(task)], test_too=True)


def lesson(task: Task, rows: np.ndarray, stopping_rows: np.ndarray) -> Lesson:
    """The training rows with their labels, and the test images of which the teacher is sure, with what it says of them.

    Not among these: training images that were held out (kit.data.holdout), which nothing learns from in any way.
    """
    said, test = teacher.of_test(task), task.data.test
    own = ~holdout.among(test.ids)
    enough = task.config.pseudo_confidence * teacher.surest(task)
    sure = np.flatnonzero((said.max(1) >= enough) & test.readable & own)
    say(f"{task.label}: {len(sure)} of {own.sum()} test images learned from, as the teacher labels them")
    given = scratch.one_hot(task)
    return Lesson(np.concatenate([rows, len(given) + sure]), np.concatenate([given, said]), stopping_rows)
