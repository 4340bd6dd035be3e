"""features: a frozen pretrained backbone sees each image once per view; a linear head is then fitted in seconds.

The head is a Dense layer with softmax on pooled features. Its loss is convex, so scikit-learn's solver finds the one
optimum: there are no epochs, rates or luck to choose, only the regularisation.
"""

import time

import numpy as np

from kit import linear
from kit.data.cache import CachedSplit
from kit.learn.member import Member
from kit.learn.networks import backbones
from kit.learn.predict import tta
from kit.learn.recipe import History, Opened, Predictor, Recipe
from kit.predictions import softmax

FLOOR = 0.1  # of the mean standard deviation: the least that a feature is divided by
STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3)


def fit(member: Member) -> History:
    """Solves for the head, on every view of the images."""
    from kit.learn.networks import heads, weights
    from kit.learn.predict.extract_features import compute

    started, views = time.monotonic(), member.config.tta
    features = compute(member, ("train", "test"), views)
    kernel, bias, strength = solve(member, [features["train", view] for view in views])
    head = heads.head(kernel.shape[0], kernel.shape[1])
    head.set_weights([kernel, bias])
    weights.save(head, member.folder / weights.WEIGHTS)
    return [{"epoch": 1, "head_strength": strength, "seconds": round(time.monotonic() - started, 2)}]


def solve(member: Member, views: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, float]:
    """(kernel (D, classes), bias (classes,), inverse regularisation) of a linear layer on features, from the rows it trains on.

    views: float32 (N, D) each, features of all training images.
    """
    labels = member.data.train.labels[member.train_rows]
    first = views[0][member.train_rows]
    mean, scale = first.mean(0), first.std(0)
    scale = np.maximum(scale, FLOOR * scale.mean())  # a feature that slept here shouts when an augmented image wakes it
    scale[scale == 0] = 1
    strength = member.config.head_strength or _strength((first - mean) / scale, labels, member)
    stacked = np.concatenate([(view[member.train_rows] - mean) / scale for view in views])
    classes = len(member.competition.classes)
    kernel, bias = linear.fit(stacked, np.tile(labels, len(views)), classes, strength=strength / len(views))
    kernel = kernel / scale[:, None]  # the standardisation moves into the layer
    return kernel, bias - mean @ kernel, strength


def _strength(features: np.ndarray, labels: np.ndarray, member: Member) -> float:
    """C with the lowest log loss by cross-validation within the rows to learn from, exact duplicates together."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss
    from sklearn.model_selection import GroupKFold

    groups, classes = member.data.train.groups[member.train_rows], len(member.competition.classes)
    splits = list(GroupKFold(3).split(features, labels, groups))

    def loss(strength: float) -> float:
        total = 0.0
        for learn, judge in splits:
            with linear.one_thread():
                solved = LogisticRegression(C=strength, max_iter=200, tol=1e-3).fit(features[learn], labels[learn])
            probabilities = np.zeros((len(judge), classes))  # a class of too few images may not be among those learned
            probabilities[:, solved.classes_] = solved.predict_proba(features[judge])
            probabilities /= probabilities.sum(
                1, keepdims=True
            )  # float32 adds up to 1 less nearly than float64 is held to
            total += log_loss(labels[judge], probabilities, labels=np.arange(classes))
        return total

    return min(STRENGTHS, key=loss)


def predictor(member: Member) -> Predictor:
    from kit.learn.networks import heads, weights
    from kit.learn.predict.extract_features import compute

    def run(split: CachedSplit, rows: np.ndarray, views: tuple[str, ...], label: str) -> np.ndarray:
        features = compute(member, (split.split,), views)
        head = heads.head(features[split.split, views[0]].shape[1], len(member.competition.classes))
        weights.load(head, member.folder / weights.WEIGHTS)
        kernel, bias = head.get_weights()
        probabilities = np.stack([softmax(features[split.split, view][rows] @ kernel + bias) for view in views])
        return tta.average(probabilities, member.config.average)

    return run


def open_member(member: Member) -> Opened:
    from kit.learn.networks import heads, pretrained, weights

    config, size = member.config, backbones.size_of(member.config)
    model = pretrained.build(config.backbone, config.weights, size, config.seed)
    head = heads.head(model.output_shape[-1], len(member.competition.classes))
    weights.load(head, member.folder / weights.WEIGHTS)
    return Opened(model, lambda pictures: pretrained.prepare(pictures, config.backbone, size), head.get_weights()[0])


RECIPE = Recipe(
    fit,
    predictor,
    open_member,
    networks=lambda competition: backbones.BACKBONES,
    settings=("weights", "image_size", "head_strength"),
    epochs=lambda config: (),
    pretrained=True,
    frozen=True,
    seeded=False,
)
