"""The head of `features` for very many classes: linear discriminant analysis (kit.discriminant), in two passes."""

from collections.abc import Iterator, Sequence

import numpy as np

from kit import discriminant
from kit.discriminant import Block
from kit.learn.member import Member, weigh
from kit.progress import say

# rows x classes x features that a logistic regression is solved for: half as many take minutes
MAX_PRODUCTS = 2 * 10**9
ASIDE = 1000  # rows, at most, that choose the strength
ROWS = 8192  # that are read at once
Scaling = tuple[np.ndarray, np.ndarray]  # (mean, scale), (D,) each


def is_needed(member: Member, views: Sequence[np.ndarray]) -> bool:
    """views: features, (N, D) each, of all training images."""
    target = member.competition.target
    products = len(member.train_rows) * len(views) * len(target.columns) * views[0].shape[1]
    return target.kind == "classes" and products > MAX_PRODUCTS


def solve(member: Member, views: Sequence[np.ndarray], scaling: Scaling) -> tuple[np.ndarray, np.ndarray, float]:
    """(kernel (D, C), bias (C,), strength) of a linear layer on scaled features, from the rows that the member trains on.

    The strength, unless it is set, and by what all is multiplied are those of the least log loss of some rows set aside.
    """
    config, (classes, dimensions) = member.config, (len(member.competition.target.columns), views[0].shape[1])
    learn, aside = _set_aside(member)
    learned = discriminant.measure(_blocks(member, views, scaling, learn), classes, dimensions)
    judged = np.random.default_rng(member.seed).permutation(aside)[:ASIDE]
    sample = _scale(views[0][judged], scaling), member.data.train.labels[judged]
    given = (config.head_strength,) if config.head_strength else discriminant.STRENGTHS
    strength, sharpness = discriminant.choose(learned, sample, given)
    whole = discriminant.add(learned, discriminant.measure(_blocks(member, views, scaling, aside), classes, dimensions))
    kernel, bias = discriminant.solve(whole, strength)
    how = f"linear discriminant analysis of strength {strength:g}, since a logistic regression would take hours"
    say(f"{member.label}: the head of {classes:,} classes x {dimensions:,} features is a {how}")
    return kernel * sharpness, bias * sharpness, strength


def _set_aside(member: Member) -> tuple[np.ndarray, np.ndarray]:
    """(rows to learn from, rows that choose), groups whole."""
    groups = member.data.train.groups[member.train_rows]
    different = np.random.default_rng(member.seed).permutation(np.unique(groups))
    aside = np.isin(groups, different[: min(ASIDE, len(different) // 5)])
    return member.train_rows[~aside], member.train_rows[aside]


def _blocks(member: Member, views: Sequence[np.ndarray], scaling: Scaling, rows: np.ndarray) -> Iterator[Block]:
    for view in views:
        for start in range(0, len(rows), ROWS):
            block = rows[start : start + ROWS]
            yield _scale(view[block], scaling), member.data.train.labels[block], weigh(member, block)


def _scale(features: np.ndarray, scaling: Scaling) -> np.ndarray:
    return np.asarray((features - scaling[0]) / scaling[1])
