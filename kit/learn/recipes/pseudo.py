"""pseudo: a network that also learns from test images, of which a teacher is sure (Lee 2013, "Pseudo-Label").

Honest out of fold: what a member learns of test images comes from the teacher's members that never saw its fold, and so does
the way in which an ensemble's parts are weighted.
"""

from dataclasses import replace

import numpy as np

from kit.data import holdout
from kit.learn.fit.training_set import TrainingSet
from kit.learn.input.samples import samples
from kit.learn.member import Member
from kit.learn.recipe import History
from kit.learn.recipes import scratch, teacher
from kit.progress import say


def fit(member: Member) -> History:
    return scratch.learn(member, training_set(member), [scratch.stage(member)])


def training_set(member: Member) -> TrainingSet:
    """The training rows with their labels, and the test images of which the teacher is sure, with what it says of them.

    Not among these: training images that were held out (kit.data.holdout), which nothing learns from in any way.
    """
    said, test = teacher.predict_test(member), member.data.test
    own = ~holdout.is_held_out(test.ids)
    enough = member.config.pseudo_confidence * teacher.find_surest(member)
    sure = np.flatnonzero((member.competition.target.confidence(said) >= enough) & test.readable & own)
    say(f"{member.label}: {len(sure)} of {own.sum()} test images learned from, as the teacher labels them")
    train = scratch.training_set(member)
    return replace(
        train,
        samples=np.concatenate([train.samples, samples("test", sure)]),
        targets=np.concatenate([train.targets, said[sure]]),
    )


RECIPE = replace(
    scratch.RECIPE,
    fit=fit,
    settings=(*scratch.RECIPE.settings, "teacher", "pseudo_confidence"),
    resolve=teacher.resolve,
    taught_on="test",
    untaught="scratch",
)
