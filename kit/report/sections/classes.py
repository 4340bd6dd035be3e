"""What was said of which class, and how sure: confusions, a table by class, calibration, the worst mistakes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kit.report.render import charts, html, images
from kit.report.render.charts import Axes
from kit.report.subject import Subject

MAX_CLASSES = 30  # in the matrix; of more, those with the most mistakes
MAX_MISTAKES, FIRST = 70, 28
BINS = 12


@dataclass(frozen=True)
class Bin:
    """Of the rows whose confidence lies in a range: its ends, mean confidence, share that is right, number of rows."""

    low: float
    high: float
    confidence: float
    accuracy: float
    rows: int

    @property
    def error(self) -> float:
        """Standard error of the accuracy, never zero (Agresti and Coull 1998: two hits and two misses are added)."""
        share = (self.accuracy * self.rows + 2) / (self.rows + 4)
        return float(np.sqrt(share * (1 - share) / (self.rows + 4)))


def counts(labels: np.ndarray, predicted: np.ndarray, size: int) -> np.ndarray:
    """int64 (C, C): rows by true class, columns by predicted class."""
    table = np.zeros((size, size), np.int64)
    np.add.at(table, (labels, predicted), 1)
    return table


def confusion(subject: Subject) -> str:
    names = subject.competition.target.columns
    table = counts(subject.labels, subject.predicted, len(names))
    missed = table - np.diag(np.diag(table))
    shown = np.arange(len(names))
    words = "Rows: what it is; columns: what was said. Mistakes are coloured by their share of the row."
    if len(names) > MAX_CLASSES:
        shown = np.sort(np.argsort(-(missed.sum(0) + missed.sum(1)), kind="stable")[:MAX_CLASSES])
        words += f" The {MAX_CLASSES} classes with the most mistakes of {len(names)}."
    shares = missed / np.maximum(table.sum(1, keepdims=True), 1)
    top = float(shares.max()) or 1.0
    cells = [
        [
            html.cell(
                int(table[row, column]) or "",
                0.85 * shares[row, column] / top,
                hit=row == column,
                hint=f"{names[row]} called {names[column]}",
            )
            for column in shown
        ]
        for row in shown
    ]
    labels = [names[number] for number in shown]
    matrix = html.heat(labels, labels, cells)
    return html.paragraph(words) + html.lay_side_by_side([matrix, *_pairs(missed, table, names)])


def _pairs(missed: np.ndarray, table: np.ndarray, names: Sequence[str]) -> list[str]:
    """The most frequent confusions, as a table; with three classes or fewer the matrix says it all."""
    order = [divmod(int(cell), len(names)) for cell in np.argsort(-missed, axis=None, kind="stable")[:8]]
    rows = [
        {
            "is": names[a],
            "called": names[b],
            "times": int(missed[a, b]),
            "of its class": f"{missed[a, b] / table[a].sum():.1%}",
        }
        for a, b in order
        if missed[a, b]
    ]
    return [f"<h3>Most frequent</h3>{html.table(rows)}"] if rows and len(names) > 3 else []


def class_table(subject: Subject) -> str:
    names, probabilities = subject.competition.target.columns, subject.values
    table = counts(subject.labels, subject.predicted, len(names))
    confidence = probabilities.max(1)
    rows = []
    for number, name in enumerate(names):
        hits, called, there = table[number, number], table[:, number].sum(), table[number].sum()
        sure = confidence[subject.labels == number]
        rows.append(
            {
                "class": name,
                "precision": html.share(hits / called) if called else "",
                "recall": html.share(hits / there) if there else "",
                "F1": html.share(2 * hits / (called + there)) if called + there else "",
                "support": int(there),
                "predicted": int(called),
                "confidence": f"{sure.mean():.3f}" if len(sure) else "",
            }
        )
    return html.table(rows, tall=len(rows) > 20)


def calibration(labels: np.ndarray, probabilities: np.ndarray) -> tuple[list[Bin], float]:
    """(the bins of confidence that hold rows, the expected calibration error, 0 to 1).

    Guo et al. 2017, "On Calibration of Modern Neural Networks", with BINS bins of equal width.
    """
    confidence, hit = probabilities.max(1), probabilities.argmax(1) == labels
    row = np.minimum((confidence * BINS).astype(int), BINS - 1)
    bins = []
    for number in np.unique(row).tolist():
        inside = row == number
        bins.append(
            Bin(
                number / BINS,
                (number + 1) / BINS,
                float(confidence[inside].mean()),
                float(hit[inside].mean()),
                int(inside.sum()),
            )
        )
    return bins, sum(abs(one.confidence - one.accuracy) * one.rows / len(labels) for one in bins)


def reliability(subject: Subject) -> str:
    bins, error = calibration(subject.labels, subject.values)
    gap = float(subject.values.max(1).mean() - (subject.predicted == subject.labels).mean())
    tendency = "over-confident" if gap > 0 else "under-confident"
    words = (
        f"Expected calibration error {error:.4f}; on the whole {tendency} by {abs(gap):.4f}. On the diagonal a "
        "confidence means what it says; bars are two standard errors."
    )
    return html.paragraph(words) + html.pair([_diagram(bins), _histogram(bins)])


def _diagram(bins: list[Bin]) -> str:
    axes = Axes((0, 1), (0, 1.03), "accuracy", "confidence", size=(charts.WIDTH, 320))
    corner = charts.path(axes, charts.Line("", [(0, 0), (1, 1)], 7, dashed=True))
    dots = [
        charts.Dot(
            one.confidence,
            one.accuracy,
            f"{one.rows} images: said {one.confidence:.3f}, right {one.accuracy:.3f}",
            y_error=2 * one.error,
        )
        for one in bins
    ]
    line = charts.Line("", [(one.x, one.y) for one in dots], 0)
    inside = corner + charts.path(axes, line) + "".join(charts.dot(axes, one) for one in dots)
    return f"<figure>{charts.frame(axes, inside)}</figure>"


def _histogram(bins: list[Bin]) -> str:
    most = max(one.rows for one in bins)
    axes = Axes((0, 1), (0, most * 1.05), "images", "confidence", size=(charts.WIDTH, 320))
    bars = "".join(
        f'<rect x="{axes.across(one.low) + 1:.1f}" y="{axes.down(one.rows):.1f}" rx="2" '
        f'width="{axes.across(one.high) - axes.across(one.low) - 2:.1f}" '
        f'height="{axes.down(0) - axes.down(one.rows):.1f}" style="fill:var(--c0);opacity:.75">'
        f"<title>{one.rows} images from {one.low:.2f} to {one.high:.2f}</title></rect>"
        for one in bins
    )
    return f"<figure>{charts.frame(axes, bars)}</figure>"


def mistakes(subject: Subject) -> str:
    wrong, names = subject.wrong, subject.competition.target.columns
    if not len(wrong):
        return html.empty_note("not a single one")
    tiles = []
    for place in wrong[:MAX_MISTAKES]:
        truth, guess = names[subject.labels[place]], names[subject.predicted[place]]
        row, sure = subject.rows[place], float(subject.values[place].max())
        caption = images.verdict(subject.data.train.ids[row], truth, guess, sure)
        tiles.append(images.tile(subject.data.train.images[row], caption, f"{truth}, called {guess}"))
    words = f"{len(wrong):,} in all, first where the truth was given the least probability. In red what was said, and how sure."
    more = tiles[FIRST:]
    hidden = f"<details><summary>{len(more)} more</summary>{images.grid(more)}</details>" if more else ""
    return html.paragraph(words) + images.grid(tiles[:FIRST]) + hidden
