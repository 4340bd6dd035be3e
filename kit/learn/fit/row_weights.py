"""How much each row counts in the loss, where the competition says so (Split.weights): one more column behind what is told."""

import keras
import numpy as np

from kit.learn.fit.loss import Loss
from kit.learn.member import Member, weigh


def tell(member: Member, samples: np.ndarray) -> np.ndarray:
    """float32 (N, 1): the weight of each sample (kit.learn.input.samples), 1 of test images; (N, 0) where all count alike."""
    weights = weigh(member, np.arange(len(member.data.train.ids)))
    if weights is None:
        return np.empty((len(samples), 0), np.float32)
    told, train = np.ones((len(samples), 1), np.float32), samples["split"] == member.data.train.split
    told[train, 0] = weights[samples["row"][train]]
    return told


def add_weight(loss: keras.losses.Loss) -> keras.losses.Loss:
    """The loss times the last column of what is told; of mixed images that is the mixture of their weights."""
    return Loss(lambda told, outputs: loss.call(told[:, :-1], outputs) * told[:, -1])
