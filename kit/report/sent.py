"""What was sent to Kaggle, and how its public score agrees with ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kit.report import charts, html
from kit.report.charts import Axes, Dot, Line
from kit.submission import records


@dataclass(frozen=True)
class Upload:
    """when: UTC, ISO 8601. run: its id, or the file's name. cv, cv_error: of the run, out of fold, if it is here."""

    when: str
    run: str
    status: str
    cv: float | None
    cv_error: float | None
    public: float | None
    private: float | None


def uploads(slug: str, judged: Mapping[str, tuple[float, float]]) -> list[Upload]:
    """All that is known here, oldest first, without a request. judged: score and standard error by run."""
    found = []
    for one in records.every(slug):
        cv, error = judged.get(one.run or "") or (None, None)
        scores = _number(one.public_score), _number(one.private_score)
        found.append(Upload(one.when, one.run or one.file, one.status or "pending", cv, error, *scores))
    return found


def _number(score: str | None) -> float | None:
    return float(score) if score else None


def section(sent: Sequence[Upload]) -> str:
    rows = [
        {
            "sent": html.when(one.when),
            "run": one.run,
            "out of fold": one.cv,
            "±": one.cv_error,
            "public": one.public,
            "private": one.private,
            "status": one.status,
        }
        for one in reversed(sent)
    ]
    return (
        _agreement(sent) + html.table(rows, tall=True) if rows else html.nothing("none yet: kit submit SLUG RUN --send")
    )


def _agreement(sent: Sequence[Upload]) -> str:
    """Public score by out-of-fold score, the line on which both are equal, and the rank correlation."""
    from scipy.stats import spearmanr

    dots = [
        Dot(one.cv, one.public, f"{one.run}: out of fold {one.cv:.5f}, public {one.public:.5f}", 0, one.cv_error or 0.0)
        for one in sent
        if one.cv is not None and one.public is not None
    ]
    if len(dots) < 2:
        return ""
    xs, ys = [one.x for one in dots], [one.y for one in dots]
    both = charts.span([*xs, *ys, *(one.x + sign * one.x_error for one in dots for sign in (-1, 1))])
    axes = Axes(both, both, "public score", "out of fold", size=(charts.WIDTH, 340))
    equal = charts.path(axes, Line("equal", [(both[0], both[0]), (both[1], both[1])], 7, dashed=True))
    words = "Dashed: where public and out-of-fold score are equal."
    if len(dots) > 2 and len(set(xs)) > 1 and len(set(ys)) > 1:
        words += f" Rank correlation {float(spearmanr(xs, ys).statistic):.2f} over {len(dots)} submissions."
    picture = charts.frame(axes, equal + "".join(charts.dot(axes, one) for one in dots))
    return html.paragraph(words) + html.pair([f"<figure>{picture}</figure>"])
