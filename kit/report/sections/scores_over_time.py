"""Scores out of fold of a competition's runs, in the order of time, and the best so far."""

from datetime import UTC, datetime

import numpy as np

from kit.report.render import charts, html
from kit.report.render.charts import Axes, Dot, Line
from kit.report.season_runs import Season

LEAST_RANGE = 120  # seconds that the axis of time spans at least, so that its three ticks differ
FAR = 4  # times the median distance from the best score: what is further away is not drawn


def section(about: Season) -> str:
    """With standard errors."""
    if about.best is None:
        return html.empty_note("no run is finished yet: kit train")
    best = about.best.score or 0.0
    away = [abs((one.score or 0.0) - best) for one in about.finished]
    limit = FAR * float(np.median(away)) or float("inf")
    near = [one for one, far in zip(about.finished, away, strict=True) if far <= limit]
    kinds = list(dict.fromkeys(one.kind for one in near))  # each has its colour
    dots = [
        Dot(
            one.created,
            one.score or 0.0,
            f"{one.id}: {one.score:.5f} ± {one.error:.5f}",
            kinds.index(one.kind),
            y_error=one.error or 0.0,
        )
        for one in near
    ]
    left_out = len(away) - len(near)
    words = "Out of fold, with standard errors; the line is the best so far." + (
        f" Not drawn: {left_out} further than {limit:.2g} behind the best." if left_out else ""
    )
    keys = [(kind, number) for number, kind in enumerate(kinds)]
    return html.paragraph(words) + _draw_scores(dots, about) + charts.legend(keys)


def _draw_scores(dots: list[Dot], about: Season) -> str:
    first, last = dots[0].x, max(dots[-1].x, dots[0].x + LEAST_RANGE)
    margin = (last - first) * 0.03
    ends = [one.y + sign * one.y_error for one in dots for sign in (-1, 1)]
    better = max if about.greater else min
    steps: list[charts.Point] = []
    for one in dots:
        reached = better(one.y, steps[-1][1]) if steps else one.y
        steps += [(one.x, steps[-1][1])] if steps else []
        steps.append((one.x, reached))
    steps.append((last, steps[-1][1]))
    axes = Axes(
        (first - margin, last + margin),
        charts.span(ends),
        about.competition.metric,
        "UTC",
        x_text=lambda value: _clock(value, last - first),
        x_ticks=np.linspace(first, last, 3).tolist(),
        size=(460, 290),
    )
    inside = charts.path(axes, Line("", steps, 7, faint=True)) + "".join(charts.dot(axes, one) for one in dots)
    return f'<figure class="big">{charts.frame(axes, inside)}</figure>'


def _clock(value: float, range_s: float) -> str:
    stamp = datetime.fromtimestamp(value, tz=UTC).isoformat(" ")
    return stamp[5:10] if range_s > 4 * 86400 else stamp[5:16]
