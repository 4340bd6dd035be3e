"""distill: a network that learns from what a teacher says of the training images as well as from their labels.

G. Hinton et al., "Distilling the Knowledge in a Neural Network" (2015): a large ensemble's probabilities tell a small network
which classes an image resembles. Honest out of fold: a member is taught by the teacher's members that never saw its fold.
"""

from dataclasses import replace

import numpy as np

from kit.learn.fit.training_set import TrainingSet
from kit.learn.input.samples import samples
from kit.learn.member import Member, split_early_stopping
from kit.learn.recipe import History
from kit.learn.recipes import scratch, teacher


def fit(member: Member) -> History:
    rows, stopping_rows = split_early_stopping(member)
    training_set = TrainingSet(samples("train", rows), targets(member, rows), stopping_rows)
    return scratch.learn(member, training_set, [scratch.stage(member)])


def targets(member: Member, rows: np.ndarray) -> np.ndarray:
    """float32 (len(rows), K): the labels of `rows`, mixed with the teacher's softened probabilities, or with its numbers. The
    cross entropy with a mixture is the mixture of the cross entropies.
    """
    from kit.ensemble.pool import MIN_PROBABILITY

    target, share = member.competition.target, member.config.teacher_share
    said = teacher.predict_training(member, rows)
    if not target.has_units:
        logits = target.link(said.astype(np.float64), MIN_PROBABILITY)
        said = target.activate(logits / member.config.teacher_temperature)
    return np.asarray(share * said + (1 - share) * scratch.tell(member, rows), np.float32)


RECIPE = replace(
    scratch.RECIPE,
    fit=fit,
    settings=(*scratch.RECIPE.settings, "teacher", "teacher_temperature", "teacher_share"),
    resolve=teacher.resolve,
    taught_on="train",
    untaught="scratch",
)
