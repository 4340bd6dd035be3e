"""How far predicted numbers are off: predicted against true, residuals, the largest errors."""

from collections.abc import Callable, Sequence

import numpy as np

from kit.metrics import METRICS
from kit.report.render import charts, html
from kit.report.render.charts import Axes, Dot, Line
from kit.report.render.html import Card
from kit.report.sections.mistakes import show_farthest
from kit.report.subject import Subject

MAX_DOTS, MAX_NUMBERS = 800, 6  # drawn at random; of more numbers the first have pictures
BINS = 20
FIGURES = {"mae": "mean absolute error", "rmse": "root mean squared error", "r2": "R²"}


def cards(subject: Subject) -> list[Card]:
    labels, told = subject.labels, subject.predicted
    rest = {name: title for name, title in FIGURES.items() if name != subject.metrics["metric"]}
    made = [(title, f"{METRICS[name].score(labels, told):.4g}", "") for name, title in rest.items()]
    return [*made, ("mean residual", f"{(told - labels).mean():+.4g}", "predicted - true")]


def number_table(subject: Subject) -> str:
    """A row per number; empty for a single one, which the summary speaks of."""
    names = subject.competition.target.columns
    if len(names) == 1:
        return ""
    rows = []
    for number, name in enumerate(names):
        true, told = (values[:, [number]] for values in (subject.labels, subject.predicted))
        figures = {title: f"{METRICS[key].score(true, told):.4g}" for key, title in FIGURES.items()}
        span = f"{true.min():.4g} to {true.max():.4g}"
        rows.append({"number": name, **figures, "mean residual": f"{(told - true).mean():+.4g}", "true": span})
    return html.table(rows, tall=len(rows) > 20)


def predicted(subject: Subject) -> str:
    """A point per row, predicted by true."""
    words = "On the dashed line a prediction is right."
    if len(subject.labels) > MAX_DOTS:
        words += f" {MAX_DOTS} of {len(subject.labels):,} {subject.competition.rows_name}, drawn at random."
    return html.paragraph(words) + _draw_each(subject, (_scatter,))


def residuals(subject: Subject) -> str:
    grouped = f"groups of {subject.competition.rows_name} by prediction"
    words = f"Predicted minus true. First the mean of {grouped}, with two standard errors."
    return html.paragraph(words) + _draw_each(subject, (_residuals_by_prediction, _histogram))


def _draw_each(subject: Subject, pictures: Sequence[Callable[[str, str, np.ndarray, np.ndarray], str]]) -> str:
    """Those pictures of each number. A picture: of its name, what is counted, its true values (N,) and the predicted ones."""
    counted = subject.competition.rows_name
    names = subject.competition.target.columns[:MAX_NUMBERS]
    pairs = zip(subject.labels.T.astype(float), subject.predicted.T.astype(float), strict=True)
    return html.pair(
        [draw(name, counted, *pair) for name, pair in zip(names, pairs, strict=False) for draw in pictures]
    )


def _scatter(name: str, _: str, true: np.ndarray, told: np.ndarray) -> str:
    rows = np.random.default_rng(0).permutation(len(true))[:MAX_DOTS]
    ends = charts.span([*true[rows], *told[rows]])
    axes = Axes(ends, ends, f"{name}, predicted", "true", size=(charts.WIDTH, 320))
    dots = [Dot(x, y, f"true {x:.4g}, predicted {y:.4g}") for x, y in zip(true[rows], told[rows], strict=True)]
    inside = charts.path(axes, Line("", [(ends[0], ends[0]), (ends[1], ends[1])], 7, dashed=True))
    return f"<figure>{charts.frame(axes, inside + ''.join(charts.dot(axes, one, 2.5) for one in dots))}</figure>"


def _residuals_by_prediction(name: str, counted: str, true: np.ndarray, told: np.ndarray) -> str:
    groups = np.array_split(np.argsort(told, kind="stable"), min(BINS // 2, max(1, len(told) // 5)))
    dots = []
    for rows in groups:
        off = told[rows] - true[rows]
        error = 2 * float(off.std() / np.sqrt(len(rows)))
        dots.append(Dot(float(told[rows].mean()), float(off.mean()), f"{len(rows)} {counted}", y_error=error))
    across = charts.span([one.x for one in dots])
    up = charts.span([0.0, *(one.y + sign * one.y_error for one in dots for sign in (-1, 1))])
    axes = Axes(across, up, f"{name}, mean residual", "predicted", size=(charts.WIDTH, 320))
    inside = charts.path(axes, Line("", [(across[0], 0.0), (across[1], 0.0)], 7, dashed=True))
    return f"<figure>{charts.frame(axes, inside + ''.join(charts.dot(axes, one) for one in dots))}</figure>"


def _histogram(name: str, counted: str, true: np.ndarray, told: np.ndarray) -> str:
    counts, edges = np.histogram(told - true, BINS)
    bars = list(zip(edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True))
    return charts.histogram(counted, f"{name}, residual", (edges[0], edges[-1]), bars)


def mistakes(subject: Subject) -> str:
    return show_farthest("The farthest off first: above the true number, in red the predicted one.", subject)


SECTIONS = (
    ("by_number", "Numbers by name", number_table),
    ("predicted", "Predicted and true", predicted),
    ("residuals", "Residuals", residuals),
    ("mistakes", "Largest errors", mistakes),
)
