"""Whole groups dealt out, so that each part gets its share of each kind of row.

Greedy, as the iterative stratification of Sechidis et al. ("On the Stratification of Multi-Label Data", ECML PKDD 2011): the
groups that hold most of what is rare go first, each to the part that lacks its rows most.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from kit.targets import Target


def deal_groups(
    groups: np.ndarray, target: Target, labels: np.ndarray, shares: Sequence[float], seed: int
) -> np.ndarray:
    """int64 (N,): the part of each row, of parts that get about these shares of the rows of each kind, and of all rows.

    groups: (N,), equal for rows of one part. shares: positive, their sum 1; with equal ones no part is empty as long as there
    are as many groups. seed: decides between groups that hold about as much.
    """
    units = np.unique(groups, return_inverse=True)[1]
    counts = _count_kinds(units, target, labels)
    sizes = np.asarray((counts * counts).sum(1)).ravel()
    order = np.random.default_rng(seed).permutation(len(sizes))
    order = order[np.argsort(-np.floor(np.log2(sizes[order])), kind="stable")]
    share = np.asarray(shares, np.float64)
    filled, part = np.zeros((len(share), counts.shape[1])), np.empty(len(sizes), np.int64)
    for unit in order.tolist():
        stored = slice(counts.indptr[unit], counts.indptr[unit + 1])
        kinds, held = counts.indices[stored], counts.data[stored]
        # by how much the squared distance from what a part should hold grows, in units of that
        growth = (2 * filled[:, kinds] @ held + sizes[unit]) / share
        part[unit] = growth.argmin()
        filled[part[unit], kinds] += held
    return part[units]


def set_aside(groups: np.ndarray, target: Target, labels: np.ndarray, share: float, seed: int) -> np.ndarray:
    """bool (N,): rows of whole groups, at least one of them and together about `share` of all rows, of each kind about as much.
    A group that alone has rows of a class is not among them, so that what is left knows of it; none is where each has one.
    """
    units = np.unique(groups, return_inverse=True)[1]
    aside, free = np.zeros(len(units), bool), np.flatnonzero(~_holds_a_class_alone(units, target, labels))
    if len(free):
        part = min(share * len(units) / len(free), 0.9)
        dealt = deal_groups(units[free], target, labels[free], [part, 1 - part], seed) == 0
        each, sizes = np.unique(units[free], return_counts=True)
        aside[free] = dealt if dealt.any() else units[free] == each[sizes.argmin()]
    return aside


def _holds_a_class_alone(units: np.ndarray, target: Target, labels: np.ndarray) -> np.ndarray:
    """bool (N,): rows of groups that alone have rows of some stratum; no ranges of numbers, which know of each other."""
    if target.has_units:
        return np.zeros(len(units), bool)
    unit, stratum = np.unique(np.stack([units, target.strata(labels)]), axis=1)
    return np.isin(units, unit[np.bincount(stratum)[stratum] == 1])


def _count_kinds(units: np.ndarray, target: Target, labels: np.ndarray) -> Any:
    """SciPy's csr_array, float64 (groups, K + 1): what share of all rows of a kind a group holds, last of all rows. A kind is
    a label where rows have several, else a stratum.
    """
    from scipy import sparse

    rows = np.arange(len(units))
    if target.independent and not target.has_units:
        kinds = sparse.csr_array(labels, dtype=np.float64)
    else:
        kinds = sparse.csr_array((np.ones(len(units)), (rows, target.strata(labels))))
    kinds = sparse.hstack([kinds, np.ones((len(units), 1))])
    counts = (sparse.csr_array((np.ones(len(units)), (units, rows))) @ kinds).tocsr()
    counts.data /= np.asarray(kinds.sum(0)).ravel()[counts.indices]
    return counts
