"""What the team sent to Kaggle, and how its public score agrees with ours."""

from kit.competition import Competition
from kit.leaderboard import agreement, overview
from kit.leaderboard.agreement import Fit
from kit.leaderboard.ledger import Entry
from kit.report.render import charts, html
from kit.report.render.charts import Axes, Dot, Line
from kit.stats.digits import write_error
from kit.submission import kaggle_list

SURPRISING = 3  # its colour


def section(competition: Competition, entries: list[Entry]) -> str:
    """entries: oldest first."""
    rows = [
        {
            "sent": html.when(one.when),
            "run": one.run or one.message,
            "by": one.by,
            "out of fold": one.cv,
            "±": None if one.cv_error is None else write_error(one.cv_error),
            "public": one.public,
            "private": one.private,
            "status": ": ".join(filter(None, (one.status, one.error))),
        }
        for one in reversed(entries)
    ]
    if not rows:
        return html.empty_note("none yet: kit submit SLUG RUN --send")
    age = html.paragraph(kaggle_list.describe_asked(competition.slug))
    return age + _agreement(competition, entries) + html.table(rows, tall=True)


def _agreement(competition: Competition, entries: list[Entry]) -> str:
    """Public score by out-of-fold score, with a line by least squares, the rank correlation, and in red what is surprising."""
    rows = overview.list_scored(competition, entries, overview.public_rows(competition, competition.public_share))
    pairs = overview.pairs(rows)
    if len(pairs) < 2:
        return ""
    fit, run = agreement.fit(pairs), {one.ref: one.run or "" for one in entries}
    dots = [
        Dot(
            pair.cv,
            pair.public,
            f"{run[pair.ref]}: out of fold {pair.cv:.5f}, public {pair.public:.5f}",
            SURPRISING if off is not None and abs(off) > agreement.FAR else 0,
            pair.cv_error or 0.0,
            pair.public_error or 0.0,
        )
        for pair, off in zip(pairs, fit.off if fit else [None] * len(pairs), strict=True)
    ]
    words = "Bars: a standard error each way, where it is known."
    if fit:
        words += f" Dashed: least squares; in red what is far off. Rank correlation {fit.spearman:.2f} over {len(dots)} files."
    return html.paragraph(words) + html.pair([_scatter(dots, fit)])


def _scatter(dots: list[Dot], fit: Fit | None) -> str:
    across = charts.span([one.x + sign * one.x_error for one in dots for sign in (-1, 1)])
    up = charts.span([one.y + sign * one.y_error for one in dots for sign in (-1, 1)])
    axes = Axes(across, up, "public score", "out of fold", size=(charts.WIDTH, 320))
    inside = "".join(charts.dot(axes, one) for one in dots)
    if fit:
        ends = [(x, float(fit.predict(x))) for x in (min(one.x for one in dots), max(one.x for one in dots))]
        inside = charts.path(axes, Line("fit", ends, 7, dashed=True)) + inside
    return f"<figure>{charts.frame(axes, inside)}</figure>"
