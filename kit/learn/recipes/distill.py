"""distill: a network that learns from what a teacher says of the training images as well as from their labels.

G. Hinton et al., "Distilling the Knowledge in a Neural Network" (2015): a large ensemble's probabilities tell a small network
which classes an image resembles. Honest out of fold: a member is taught by the teacher's members that never saw its fold.
"""

import numpy as np

from kit.ensemble.pool import logs
from kit.learn.fit.loop import Lesson
from kit.learn.member import Task, stopping_split
from kit.learn.predict.forward import Predictor
from kit.learn.recipes import scratch, teacher
from kit.predictions import softmax

predictor = scratch.predictor


def fit(task: Task) -> list[dict[str, float]]:
    """Trains one member and leaves its weights in task.folder. Returns the history, one record per epoch."""
    rows, stopping_rows = stopping_split(task)
    return scratch.learn(task, Lesson(rows, targets(task, rows), stopping_rows), [scratch.stage(task)])


def targets(task: Task, rows: np.ndarray) -> np.ndarray:
    """float32 (N, classes): the labels of all training rows, those of `rows` mixed with the teacher's softened word. The cross
    entropy with a mixture is the mixture of the cross entropies.
    """
    said = teacher.of_training(task, rows, opened)
    mixed, share = scratch.one_hot(task), task.config.teacher_share
    mixed[rows] = share * softmax(logs(said) / task.config.teacher_temperature) + (1 - share) * mixed[rows]
    return mixed


def opened(member: Task) -> Predictor:
    from kit.learn.recipes import recipe  # it lists this module

    return recipe(member.config.recipe).predictor(member)
