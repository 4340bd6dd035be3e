"""distill: a network that learns from what a teacher says of the training images as well as from their labels.

G. Hinton et al., "Distilling the Knowledge in a Neural Network" (2015): a large ensemble's probabilities tell a small network
which classes an image resembles. Honest out of fold: a member is taught by the teacher's members that never saw its fold.
"""

import numpy as np

from kit.ensemble.pool import logs
from kit.learn.fit.loop import TrainingSet
from kit.learn.input.samples import samples
from kit.learn.member import Member, split_early_stopping
from kit.learn.recipes import scratch, teacher
from kit.learn.recipes.teacher import Opener
from kit.predictions import softmax

predictor = scratch.predictor


def fit(member: Member, opened: Opener) -> list[dict[str, float]]:
    """Trains one member and leaves its weights in member.folder. Returns the history, one record per epoch.

    opened: (a member of the teacher) -> its predictor.
    """
    rows, stopping_rows = split_early_stopping(member)
    training_set = TrainingSet(samples("train", rows), targets(member, rows, opened), stopping_rows)
    return scratch.learn(member, training_set, [scratch.stage(member)])


def targets(member: Member, rows: np.ndarray, opened: Opener) -> np.ndarray:
    """float32 (len(rows), classes): the labels of `rows`, mixed with the teacher's softened word. The cross entropy with a
    mixture is the mixture of the cross entropies.
    """
    said = teacher.of_training(member, rows, opened)
    labels, share = scratch.one_hot(member, rows), member.config.teacher_share
    return np.asarray(
        share * softmax(logs(said) / member.config.teacher_temperature) + (1 - share) * labels, np.float32
    )
