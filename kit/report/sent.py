"""What the team sent to Kaggle, and how its public score agrees with ours."""

from collections.abc import Sequence

from kit.leaderboard import agreement
from kit.leaderboard.agreement import Pair
from kit.leaderboard.ledger import Entry
from kit.report import charts, html
from kit.report.charts import Axes, Dot, Line


def section(entries: Sequence[Entry]) -> str:
    """entries: oldest first."""
    rows = [
        {
            "sent": html.when(one.when),
            "run": one.run or one.message,
            "by": one.by,
            "out of fold": one.cv,
            "±": one.cv_error,
            "public": one.public,
            "private": one.private,
            "status": ": ".join(filter(None, (one.status, one.error))),
        }
        for one in reversed(entries)
    ]
    return (
        _agreement(entries) + html.table(rows, tall=True)
        if rows
        else html.nothing("none yet: kit submit SLUG RUN --send")
    )


def _agreement(entries: Sequence[Entry]) -> str:
    """Public score by out-of-fold score, with a line by least squares, and the rank correlation."""
    known = [(one, Pair(one.ref, one.cv, one.public, one.cv_error, None)) for one in entries if one.cv and one.public]
    if len(known) < 2:
        return ""
    dots = [
        Dot(
            pair.cv,
            pair.public,
            f"{one.run}: out of fold {pair.cv:.5f}, public {pair.public:.5f}",
            0,
            pair.cv_error or 0,
        )
        for one, pair in known
    ]
    across = charts.span([one.x + sign * one.x_error for one in dots for sign in (-1, 1)])
    axes = Axes(across, charts.span([one.y for one in dots]), "public score", "out of fold", size=(charts.WIDTH, 320))
    inside, words = "".join(charts.dot(axes, one) for one in dots), "Across: the standard error of our score."
    if fit := agreement.fit([pair for _, pair in known]):
        ends = [(x, float(fit.at(x))) for x in (min(one.x for one in dots), max(one.x for one in dots))]
        inside = charts.path(axes, Line("fit", ends, 7, dashed=True)) + inside
        words += f" Dashed: least squares. Rank correlation {fit.spearman:.2f} over {len(dots)} submissions."
    words += " kit leaderboard says more."
    return html.paragraph(words) + html.pair([f"<figure>{charts.frame(axes, inside)}</figure>"])
