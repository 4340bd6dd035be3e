"""The ways to make one prediction of several, for each kind of target."""

from collections.abc import Mapping

import numpy as np

from kit import metrics, top_k
from kit.competition import Competition
from kit.ensemble import class_methods, label_methods, mixtures, number_methods
from kit.ensemble.method import Method
from kit.targets import Target

BY_KIND: dict[str, Mapping[str, Method]] = {
    "classes": class_methods.METHODS,
    "grades": class_methods.METHODS,
    "votes": class_methods.VOTES_METHODS,
    "labels": label_methods.METHODS,
    "numbers": number_methods.METHODS,
}


def available(target: Target, stack: np.ndarray) -> Mapping[str, Method]:
    """By name, those that have a meaning for its kind and for stack (R, N, K), or records (R, N, k) of kit.top_k."""
    return class_methods.TOP_K_METHODS if top_k.is_top_k(stack) else BY_KIND[target.kind]


def better(competition: Competition, labels: np.ndarray) -> mixtures.Better:
    """A function of values (N, K) for these labels: by the metric, then by the target's loss, the larger the better."""
    chosen, target = metrics.find(competition), competition.target
    sign = chosen.sign

    def value(values: np.ndarray) -> tuple[float, float]:
        submitted = metrics.prepare_for_scoring(competition, values)
        return sign * chosen.score(labels, submitted), -float(target.losses(labels, values).mean())

    return value
