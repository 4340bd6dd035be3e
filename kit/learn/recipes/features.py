"""features: a frozen pretrained backbone sees each image once per view; a linear head is then fitted in seconds.

The head is a Dense layer on pooled features, with the target's activation: softmax, sigmoids, or none. Its loss is convex, so
scikit-learn's solver finds the one optimum: there are no epochs, rates or luck to choose, only the regularisation.
Of very many classes the head comes in closed form (many_classes.py).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np

from kit.data import columns, groups
from kit.data.cache import CachedSplit
from kit.data.deal_groups import deal_groups
from kit.learn import finite
from kit.learn.member import Member, weigh
from kit.learn.networks import backbones
from kit.learn.predict import tta
from kit.learn.recipe import History, Opened, Predictor, Recipe
from kit.learn.recipes import many_classes
from kit.learn.recipes.many_classes import Scaling

FLOOR = 0.1  # of the mean standard deviation: the least that a feature is divided by
STRENGTHS = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
FIRST = 3  # of them, where the search begins: greater ones take longer to solve for
# (member, splits, views) -> features by (split, view), float32 (N, D) each
Compute = Callable[[Member, tuple[str, ...], tuple[str, ...]], Mapping[tuple[str, str], np.ndarray]]


def fit(member: Member, compute: Compute | None = None) -> History:
    """Solves for the head, on every view of the images. compute: gives the features, by default those of a backbone."""
    from kit.learn.networks import heads, weights
    from kit.learn.predict import extract_features

    started, views = time.monotonic(), member.config.tta
    features = (compute or extract_features.compute)(member, ("train", "test"), views)
    beside = _columns(member, member.data.train)
    kernel, bias, strength = solve(member, [_join(features["train", view], beside) for view in views], beside.shape[1])
    head = heads.head(kernel.shape[0], kernel.shape[1])
    head.set_weights([kernel, bias])
    weights.save_plain(head, member.folder / weights.WEIGHTS)
    return [{"epoch": 1, "head_strength": strength, "seconds": round(time.monotonic() - started, 2)}]


def _columns(member: Member, split: CachedSplit) -> np.ndarray:
    """float32 (N, D): what the table tells of each row, beside the features of its image; D is 0 without one."""
    return columns.spread(member.competition.table, member.data.levels, split.table)


def _join(features: np.ndarray, beside: np.ndarray) -> np.ndarray:
    return np.concatenate([features, beside], axis=1) if beside.shape[1] else features


def solve(member: Member, views: list[np.ndarray], beside: int = 0) -> tuple[np.ndarray, np.ndarray, float]:
    """(kernel (D, classes), bias (classes,), inverse regularisation) of a linear layer on features, from the rows it trains on.

    views: float32 (N, D) each, features of all training images; the last `beside` of them are columns of a table.
    """
    first = views[0][member.train_rows]
    mean, scale = first.mean(0), first.std(0)
    finite.check(member, "a feature of the training images", [view[member.train_rows].mean(0) for view in views])
    seen = scale[: len(scale) - beside]
    np.maximum(seen, FLOOR * seen.mean(), out=seen)  # a feature that slept here shouts when an augmented image wakes it
    scale[scale == 0] = 1
    find = many_classes.solve if many_classes.is_needed(member, views) else _solve
    kernel, bias, strength = find(member, views, (mean, scale))
    kernel = kernel / scale[:, None]  # the standardisation moves into the layer
    return kernel, bias - mean @ kernel, strength


def _solve(member: Member, views: Sequence[np.ndarray], scaling: Scaling) -> tuple[np.ndarray, np.ndarray, float]:
    """As many_classes.solve, by the target's own loss."""
    labels, weights = member.data.train.labels[member.train_rows], weigh(member, member.train_rows)
    scaled = [(view[member.train_rows] - scaling[0]) / scaling[1] for view in views]
    strength = member.config.head_strength or _strength(scaled[0], labels, weights, member)
    told = np.concatenate([labels] * len(views))
    counted = None if weights is None else np.concatenate([weights] * len(views))
    solve = member.competition.target.solve
    return *solve(np.concatenate(scaled), told, strength / len(views), weights=counted), strength


def _strength(features: np.ndarray, labels: np.ndarray, weights: np.ndarray | None, member: Member) -> float:
    """The one of least loss by cross-validation within the rows to learn from, groups whole; found by going up, or else down,
    as long as the loss falls. Of a single group, that where the search begins.
    """
    target, splits = member.competition.target, _split_groups(member)
    if not splits:
        return STRENGTHS[FIRST]

    @cache
    def loss(place: int) -> float:
        if not 0 <= place < len(STRENGTHS):
            return np.inf
        total = 0.0
        for learn, judge in splits:
            counted = None if weights is None else weights[learn]
            told = features[learn], labels[learn], STRENGTHS[place]
            kernel, bias = target.solve(*told, weights=counted, rounds=200, tolerance=1e-3)
            total += target.losses(labels[judge], target.activate(features[judge] @ kernel + bias)).mean()
        return total

    best = FIRST
    for step in (1, -1):
        while loss(best + step) < loss(best):
            best += step
    return STRENGTHS[best]


def _split_groups(member: Member) -> list[tuple[np.ndarray, np.ndarray]]:
    """(places to learn from, places to judge), among member.train_rows, of each of up to three parts of whole groups."""
    from sklearn.model_selection import GroupKFold

    train, rows = member.data.train, member.train_rows
    own, count = train.groups[rows], min(3, len(np.unique(train.groups[rows])))
    if count < 2:
        return []
    if groups.are_copies(own, train.same_pixels[rows]):
        return list(GroupKFold(count).split(rows, groups=own))
    part = deal_groups(own, member.competition.target, train.labels[rows], [1 / count] * count, member.config.seed)
    return [(np.flatnonzero(part != one), np.flatnonzero(part == one)) for one in range(count)]


def predictor(member: Member, compute: Compute | None = None) -> Predictor:
    """compute: as for `fit`."""
    from kit.learn.networks import heads, weights
    from kit.learn.predict import extract_features

    @cache
    def layer(dimensions: int) -> list[np.ndarray]:
        head = heads.head(dimensions, len(member.competition.target.columns))
        weights.load(head, member.folder / weights.WEIGHTS)
        return head.get_weights()

    def run(split: CachedSplit, rows: np.ndarray, views: tuple[str, ...], label: str) -> np.ndarray:
        features = (compute or extract_features.compute)(member, (split.split,), views)
        beside = _columns(member, split)[rows]
        inputs = (_join(features[split.split, view][rows], beside) for view in views)
        kernel, bias = layer(features[split.split, views[0]].shape[1] + beside.shape[1])
        target = member.competition.target
        values = np.stack([target.activate(each @ kernel + bias) for each in inputs])
        return tta.average(target, values, member.config.average)

    return run


def open_member(member: Member) -> Opened:
    from kit.learn.networks import heads, pretrained, weights

    config, size = member.config, backbones.size_of(member.config)
    sides = backbones.sides_of(config, member.competition.image_shape)
    model = pretrained.build(config.backbone, config.weights, sides, config.seed)
    inputs = model.output_shape[-1] + _columns(member, member.data.train).shape[1]
    head = heads.head(inputs, len(member.competition.target.columns))
    weights.load(head, member.folder / weights.WEIGHTS)
    kernel = head.get_weights()[0][: model.output_shape[-1]]
    return Opened(model, lambda pictures: pretrained.prepare(pictures, config.backbone, size), kernel)


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
