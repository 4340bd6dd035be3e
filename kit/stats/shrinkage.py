"""A covariance of noisy rows, drawn towards what all runs have in common (empirical Bayes).

Of a log loss a few rows say nearly all. A run that was spared them looks good and sure at once, and differences between the
correlations of twenty such runs are mostly luck, though what is weighed by their inverse hangs on them. So what is known badly
is drawn to the mean of the runs, by how badly it is known: log variances (Smyth, "Linear models and empirical Bayes methods",
2004) and Fisher's z of the correlations, each with the sampling error that the rows show (Schäfer and Strimmer, "A shrinkage
approach to large-scale covariance matrix estimation", 2005). Where rows are many and alike, all stays as it is.
"""

import numpy as np

from kit.metrics.standard_errors import ROUNDING

SAME = 1 - 1e-6  # a correlation from which on runs say the same: known, whatever the rows


def shrink_covariance(rows: np.ndarray) -> np.ndarray:
    """float64 (R, R) from what rows are off their mean, (R, N); 0 for runs whose rows do not differ."""
    variances = (rows**2).mean(1)
    differ = variances > rows.shape[1] * ROUNDING**2
    standard = rows[differ] / np.sqrt(variances[differ])[:, None]
    deviations = np.sqrt(_shrink_variances(variances[differ], standard))
    found = np.zeros((len(rows),) * 2)
    found[np.ix_(differ, differ)] = _shrink_correlations(standard) * np.outer(deviations, deviations)
    return found


def _shrink_variances(variances: np.ndarray, standard: np.ndarray) -> np.ndarray:
    """(R,): what they are expected to be, the logarithm of a sample's variance being low by half its noise."""
    if len(variances) < 2:
        return variances
    noise = ((standard**4).mean(1) - 1) / standard.shape[1]
    drawn, left = _draw_together(np.log(variances) + noise / 2, noise)
    return np.exp(drawn + left / 2)


def _shrink_correlations(standard: np.ndarray) -> np.ndarray:
    """(R, R), with no eigenvalue below 0."""
    rows = standard.shape[1]
    found = standard @ standard.T / rows
    pairs = np.argwhere(np.triu(np.abs(found) < SAME, 1))
    noise = np.empty(len(pairs))
    for place, (one, other) in enumerate(pairs):
        a, b, r = standard[one], standard[other], found[one, other]
        noise[place] = ((a * b - r * (a**2 + b**2) / 2) ** 2).mean() / rows / (1 - r**2) ** 2
    one, other = pairs.T
    drawn, _ = _draw_together(np.arctanh(found[one, other]), noise)
    found[one, other] = found[other, one] = np.tanh(drawn)
    values, vectors = np.linalg.eigh(found)
    return (vectors * np.maximum(values, 0)) @ vectors.T


def _draw_together(values: np.ndarray, noise: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(values drawn to their mean, the variance left of each), by the variance of each one's noise: all the way where they do
    not differ by more than noise.
    """
    if len(values) < 2:
        return values, np.zeros(len(values))
    spread = max(0.0, values.var(ddof=1) - noise.mean())
    weights = spread / (spread + noise + 1e-300)
    return values.mean() + weights * (values - values.mean()), weights * noise
