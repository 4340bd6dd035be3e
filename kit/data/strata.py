"""Rows to deal out evenly, where some kinds of them are too few to be dealt out each for itself."""

import numpy as np

from kit.errors import DataError
from kit.progress import say
from kit.targets import Target

NAMED = 5  # strata that a message names


def combine_small(strata: np.ndarray, least: int) -> np.ndarray:
    """int64 (N,): strata with those of fewer than `least` rows as one, and that one, if it is still too small, with the
    smallest of the others. Raises DataError for fewer than `least` rows.

    strata: int64 (N,), as kit.targets gives them, one row per group of identical images.
    """
    if len(strata) < least:
        raise DataError("too few different rows", received=len(strata), expected=f"at least {least}")
    out, sizes = strata.copy(), np.bincount(strata)
    out[sizes[strata] < least] = len(sizes)
    together, others = (out == len(sizes)).sum(), np.flatnonzero(sizes >= least)
    if 0 < together < least:
        out[out == others[sizes[others].argmin()]] = len(sizes)
    return out


def mention_small(
    target: Target, labels: np.ndarray, strata: np.ndarray, least: int, units: str, consequence: str
) -> None:
    """Names the strata of fewer than `least` rows on stderr, each by what is known of one of its rows. units: what a row
    stands for.
    """
    sizes = np.bincount(strata)
    small = sorted(np.flatnonzero((sizes > 0) & (sizes < least)).tolist(), key=lambda one: int(sizes[one]))
    if small:
        first = [int((strata == one).argmax()) for one in small[:NAMED]]
        texts = zip(target.write(labels[first]), small, strict=False)
        named = ", ".join(f"{text} ({sizes[one]})" for text, one in texts)
        more = ", ..." if len(small) > NAMED else ""
        what = "classes or kinds of rows have" if len(small) > 1 else "class or kind of rows has"
        say(f"{len(small)} {what} fewer than {least} {units}: {named}{more}; {consequence}")
