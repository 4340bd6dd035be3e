"""What was said of which class, and how sure: confusions, a table by class, calibration, the worst mistakes."""

from collections.abc import Sequence

import numpy as np

from kit import metrics
from kit.report.render import html, images
from kit.report.sections import calibration
from kit.report.sections.calibration import Bin
from kit.report.sections.mistakes import MAX_SHOWN, show
from kit.report.subject import Subject

MAX_CLASSES = 30  # in the matrix; of more, those with the most mistakes


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
    names, probabilities = subject.competition.target.columns, subject.unfinished
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


def measure_calibration(labels: np.ndarray, probabilities: np.ndarray) -> tuple[list[Bin], float]:
    """As kit.report.sections.calibration: how often the most probable class is right. labels: (N,), probabilities: (N, C)."""
    return calibration.measure(probabilities.max(1), probabilities.argmax(1) == labels)


def reliability(subject: Subject) -> str:
    labels, probabilities, named = subject.labels, subject.unfinished, subject.competition.rows_name
    bins, error = measure_calibration(labels, probabilities)
    gap = float(probabilities.max(1).mean() - (probabilities.argmax(1) == labels).mean())
    tendency = "over-confident" if gap > 0 else "under-confident"
    words = (
        f"Expected calibration error {error:.4f}; on the whole {tendency} by {abs(gap):.4f}. On the diagonal a "
        "confidence means what it says; bars are two standard errors."
    )
    return html.paragraph(words) + html.pair(
        [
            calibration.diagram(bins, named, "accuracy", "confidence"),
            calibration.histogram(bins, named, "confidence"),
        ]
    )


def mistakes(subject: Subject) -> str:
    return draw_mistakes(subject, subject.wrong, "first where the truth was given the least probability")


def draw_mistakes(subject: Subject, wrong: np.ndarray, order: str) -> str:
    """wrong: int64, places among the judged rows, the worst first. order: which that is, in words."""
    names = subject.competition.target.columns
    if not len(wrong):
        return html.empty_note("not a single one")
    tiles = []
    for place in wrong[:MAX_SHOWN]:
        truth, guess = names[subject.labels[place]], names[subject.predicted[place]]
        row, sure = subject.rows[place], float(subject.unfinished[place, subject.predicted[place]])
        caption = images.verdict(subject.data.train.ids[row], truth, guess, sure)
        tiles.append(images.tile(subject.data.train.images[row], caption, f"{truth}, called {guess}"))
    words = f"{len(wrong):,} in all, {order}. In red what was said, and how sure."
    return show(words, tiles)


def cards(subject: Subject) -> list[html.Card]:
    """Of the summary: figures beside the competition's own metric."""
    metric, labels, made = subject.metrics["metric"], subject.labels, []
    if metric != "accuracy":
        made.append(("accuracy", f"{(subject.predicted == labels).mean():.4f}", ""))
    if metric != "log_loss":
        made.append(("log loss", f"{metrics.log_loss(labels, subject.unfinished):.4f}", ""))
    _, error = measure_calibration(labels, subject.unfinished)
    return [
        *made,
        ("calibration error", f"{error:.4f}", "ECE"),
        ("mistakes", f"{len(subject.wrong):,}", f"of {len(labels):,} {subject.competition.rows_name}"),
    ]


SECTIONS = (
    ("confusions", "Confusions", confusion),
    ("classes", "Classes", class_table),
    ("calibration", "Calibration", reliability),
    ("mistakes", "Worst mistakes", mistakes),
)
