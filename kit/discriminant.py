"""Linear discriminant analysis (Fisher 1936, Rao 1948): a linear layer of very many classes in closed form.

Each class is taken for a normal distribution around the mean of its rows, all with the covariance pooled within classes,
as Hayes and Kanan do on deep features ("Lifelong Machine Learning with Deep Streaming Linear Discriminant Analysis", 2020).
Two passes over the rows find it, where a logistic regression takes hundreds over rows times classes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kit.linear import Layer

STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)  # tried, the most regularised first
SHARPNESS = (0.01, 3.0)  # bounds: features are no normal distributions, which makes it too sure
UNSEEN = -1e6  # the logit of a class without a row
Block = tuple[np.ndarray, np.ndarray, np.ndarray | None]  # inputs (n, D), labels int (n,), weights of rows (n,)


@dataclass(frozen=True)
class Moments:
    """Sums over rows by their weights, float64. counts: (C,), of each class. sums: (C, D), of the inputs. products: (D, D), of
    the inputs with each other.
    """

    counts: np.ndarray
    sums: np.ndarray
    products: np.ndarray


def measure(blocks: Iterable[Block], classes: int, dimensions: int) -> Moments:
    """The moments of all rows, which come in blocks."""
    from scipy.sparse import csr_array

    counts, sums, products = np.zeros(classes), np.zeros((classes, dimensions)), np.zeros((dimensions, dimensions))
    for inputs, labels, weights in blocks:
        weighted = inputs if weights is None else inputs * weights[:, None]
        of_class = (np.ones(len(labels), inputs.dtype), (labels, np.arange(len(labels))))
        counts += np.bincount(labels, weights, minlength=classes)
        sums += csr_array(of_class, (classes, len(labels))) @ weighted
        products += weighted.T @ inputs
    return Moments(counts, sums, products)


def add(one: Moments, other: Moments) -> Moments:
    """Those of the rows of both."""
    return Moments(one.counts + other.counts, one.sums + other.sums, one.products + other.products)


def solve(moments: Moments, strength: float) -> Layer:
    """float32 kernel (D, C) and bias (C,). strength: inverse regularisation, in shares of the mean variance within classes,
    which is added to that of each input.
    """
    seen, rows = np.where(moments.counts > 0, moments.counts, 1), moments.counts.sum()
    means = moments.sums / seen[:, None]
    within = (moments.products - moments.sums.T @ means) / rows
    within[np.diag_indices_from(within)] += np.trace(within) / len(within) / strength
    kernel = np.linalg.solve(within, means.T)
    bias = np.log(seen / rows) - (means.T * kernel).sum(0) / 2
    bias[moments.counts == 0] = UNSEEN
    return kernel.astype(np.float32), bias.astype(np.float32)


def choose(
    moments: Moments, judged: tuple[np.ndarray, np.ndarray], strengths: Sequence[float] = STRENGTHS
) -> tuple[float, float]:
    """(strength, sharpness: by what to multiply the layer) of the least log loss of rows that `moments` do not hold, of classes
    that they do; of no such row the most regularised.
    """
    known = moments.counts[judged[1]] > 0
    if not known.any():
        return strengths[0], 1.0
    tried = [
        (*_sharpen(solve(moments, strength), judged[0][known], judged[1][known]), strength) for strength in strengths
    ]
    _, sharpness, strength = min(tried)
    return strength, sharpness


def _sharpen(layer: Layer, inputs: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """(log loss, sharpness), in which the loss is convex."""
    from scipy.optimize import minimize_scalar

    logits = inputs @ layer[0] + layer[1]
    logits -= logits.max(1, keepdims=True)
    own = logits[np.arange(len(labels)), labels].mean()

    def loss(sharpness: float) -> float:
        return float(np.log(np.exp(sharpness * logits).sum(1)).mean() - sharpness * own)

    found = minimize_scalar(loss, bounds=SHARPNESS, method="bounded", options={"xatol": 0.01})
    return float(found.fun), float(found.x)
