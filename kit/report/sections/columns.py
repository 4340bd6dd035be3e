"""The columns of a table: what they hold, and how far apart train and test are in each."""

import numpy as np

from kit.competition import Competition
from kit.data import holdout
from kit.data.cache import Dataset
from kit.report.render import html

KOLMOGOROV_MEAN = 0.8687  # of the distance of two samples' distributions by chance, times the root of n m / (n + m)


def section(competition: Competition, data: Dataset) -> str:
    """Empty without a table."""
    table, own = competition.table, ~holdout.is_held_out(data.test.ids)
    train, test = data.train.table, data.test.table[own]
    rows = []
    for place, name in enumerate(table.columns):
        ours, theirs = train[:, place], test[:, place]
        numbers = place < len(table.numbers)
        apart, chance = _compare_numbers(ours, theirs) if numbers else _compare_shares(ours, theirs)
        held = _span(ours) if numbers else f"{len(data.levels[place - len(table.numbers)])} categories"
        missing = [f"{np.isnan(values).mean():.1%}" for values in (ours, theirs)]
        rows.append((apart / max(chance, 1e-12), (name, held, *missing, f"{apart:.3f}", f"{chance:.3f}")))
    head = ("column", "holds", "missing in train", "missing in test", "apart", "by chance")
    rows.sort(key=lambda row: -row[0])
    words = (
        "The columns in which train and test differ most come first. Apart: of numbers the greatest distance between the two "
        "cumulative distributions (Kolmogorov and Smirnov), of categories half the sum of the differences of shares; or what "
        "is missing, where that differs more. By chance: what to expect of as many rows of one kind."
    )
    shown = html.table([dict(zip(head, cells, strict=True)) for _, cells in rows], tall=len(rows) > 20)
    return html.paragraph(words) + shown if rows else ""


def _span(values: np.ndarray) -> str:
    known = values[~np.isnan(values)]
    return f"{known.min():.4g} to {known.max():.4g}" if len(known) else "nothing"


def _compare_numbers(ours: np.ndarray, theirs: np.ndarray) -> tuple[float, float]:
    """(distance, what chance makes of it) of two columns, float32 (N,) and (M,)."""
    one, other = (np.sort(values[~np.isnan(values)]) for values in (ours, theirs))
    missing = abs(float(np.isnan(ours).mean() - np.isnan(theirs).mean()))
    if not len(one) or not len(other):
        return missing, 0.0
    ends = np.concatenate([one, other])
    below = [np.searchsorted(values, ends, side="right") / len(values) for values in (one, other)]
    chance = KOLMOGOROV_MEAN * np.sqrt(1 / len(one) + 1 / len(other))
    return max(missing, float(np.abs(below[0] - below[1]).max())), float(chance)


def _compare_shares(ours: np.ndarray, theirs: np.ndarray) -> tuple[float, float]:
    codes = np.unique(np.concatenate([ours, theirs]))  # nan is one of them
    counts = [np.unique(np.concatenate([codes, values]), return_counts=True)[1] - 1 for values in (ours, theirs)]
    one, other = (count / count.sum() for count in counts)
    both = (counts[0] + counts[1]) / (len(ours) + len(theirs))
    chance = np.sqrt(2 / np.pi * both * (1 - both) * (1 / len(ours) + 1 / len(theirs))).sum() / 2
    return float(np.abs(one - other).sum() / 2), float(chance)
