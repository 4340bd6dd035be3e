"""Linear layers that are solved for: logistic regressions before a softmax or sigmoids, and ridge regression.

inputs: (N, D). weights: (N,), how much each row counts; None: all alike. Each gives a kernel (D, K) and a bias (K,).
strength: inverse regularisation, scikit-learn's C.
"""

import numpy as np
from threadpoolctl import threadpool_limits

NEVER = -30.0  # the logit of a class that was not seen
Layer = tuple[np.ndarray, np.ndarray]


def fit_classes(
    inputs: np.ndarray,
    labels: np.ndarray,
    classes: int,
    strength: float,
    *,
    weights: np.ndarray | None = None,
    rounds: int = 2000,
    tolerance: float = 1e-4,
) -> Layer:
    """Multinomial logistic regression. labels: int (N,), below `classes`."""
    from sklearn.linear_model import LogisticRegression

    with one_thread():
        solved = LogisticRegression(C=strength, max_iter=rounds, tol=tolerance).fit(inputs, labels, weights)
    coefficients, intercepts = solved.coef_, solved.intercept_
    if len(solved.classes_) == 2:  # one sigmoid is a softmax over two opposite halves
        coefficients = np.concatenate([-coefficients, coefficients]) / 2
        intercepts = np.concatenate([-intercepts, intercepts]) / 2
    kernel, bias = np.zeros((inputs.shape[1], classes)), np.full(classes, NEVER)
    kernel[:, solved.classes_], bias[solved.classes_] = coefficients.T, intercepts
    return kernel, bias


def fit_votes(
    inputs: np.ndarray,
    shares: np.ndarray,
    strength: float,
    *,
    weights: np.ndarray | None = None,
    rounds: int,
    tolerance: float,
) -> Layer:
    """As `fit_classes`, of shares (N, C) that sum to 1: each row counts once for every class, by its share."""
    rows, classes = np.nonzero(shares)
    counted = shares[rows, classes] if weights is None else shares[rows, classes] * weights[rows]
    return fit_classes(
        inputs[rows], classes, shares.shape[1], strength, weights=counted, rounds=rounds, tolerance=tolerance
    )


def fit_labels(
    inputs: np.ndarray,
    labels: np.ndarray,
    strength: float,
    *,
    weights: np.ndarray | None = None,
    rounds: int,
    tolerance: float,
) -> Layer:
    """A logistic regression per label, labels being 0 or 1 (N, L); of one that all rows or none have, its share alone."""
    from sklearn.linear_model import LogisticRegression

    kernel = np.zeros((inputs.shape[1], labels.shape[1]))
    share = (labels.sum(0, dtype=np.float64) + 0.5) / (len(labels) + 1)
    bias = np.log(share / (1 - share))
    with one_thread():
        for label in np.flatnonzero(labels.any(0) & ~labels.all(0)):
            solver = LogisticRegression(C=strength, max_iter=rounds, tol=tolerance)
            solved = solver.fit(inputs, labels[:, label], weights)
            kernel[:, label], bias[label] = solved.coef_[0], solved.intercept_[0]
    return kernel, bias


def fit_numbers(inputs: np.ndarray, numbers: np.ndarray, strength: float, weights: np.ndarray | None = None) -> Layer:
    """Ridge regression of numbers (N, K), each in units of its own deviation, so that a strength means as much for all."""
    from sklearn.linear_model import Ridge

    mean, scale = numbers.mean(0, dtype=np.float64), np.maximum(numbers.std(0, dtype=np.float64), 1e-12)
    with one_thread():
        solved = Ridge(alpha=1 / strength).fit(inputs, (numbers - mean) / scale, weights)
    return solved.coef_.reshape(numbers.shape[1], -1).T * scale, solved.intercept_ * scale + mean


def one_thread() -> threadpool_limits:
    """Within the block linear algebra takes one thread. With two the solver's many small products took from 1.2 to 4 times as
    long on an idle machine of two cores, and up to 15 times as long beside other work: threads spin while they wait.
    """
    return threadpool_limits(1, user_api="blas")
