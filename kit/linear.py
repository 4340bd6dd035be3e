"""Multinomial logistic regression as a linear layer before a softmax."""

import numpy as np
from threadpoolctl import threadpool_limits


def fit(
    inputs: np.ndarray, labels: np.ndarray, classes: int, *, strength: float, rounds: int = 2000
) -> tuple[np.ndarray, np.ndarray]:
    """Kernel (D, classes) and bias (classes,) for inputs (N, D) and labels (N,). strength: inverse regularisation C."""
    from sklearn.linear_model import LogisticRegression

    with one_thread():
        solved = LogisticRegression(C=strength, max_iter=rounds).fit(inputs, labels)
    coefficients, intercepts = solved.coef_, solved.intercept_
    if len(solved.classes_) == 2:  # one sigmoid is a softmax over two opposite halves
        coefficients = np.concatenate([-coefficients, coefficients]) / 2
        intercepts = np.concatenate([-intercepts, intercepts]) / 2
    kernel, bias = np.zeros((inputs.shape[1], classes)), np.full(classes, -30.0)  # a class never seen: no chance
    kernel[:, solved.classes_], bias[solved.classes_] = coefficients.T, intercepts
    return kernel, bias


def one_thread() -> threadpool_limits:
    """Within the block linear algebra takes one thread. With two the solver's many small products took from 1.2 to 4 times as
    long on an idle machine of two cores, and up to 15 times as long beside other work: threads spin while they wait.
    """
    return threadpool_limits(1, user_api="blas")
